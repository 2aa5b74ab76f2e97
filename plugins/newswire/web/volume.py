"""The figures of the view Volume."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from newswire import db
from newswire.web.chart import Chart, chart

DAYS = 30


@dataclass(frozen=True, slots=True)
class Volume:
    """Articles of some days in a row."""

    days: tuple[date, ...]
    by_source: Chart
    by_language: Chart

    @property
    def earlier(self) -> date:
        """The last of the days before."""
        return self.days[0] - timedelta(days=1)

    @property
    def later(self) -> date:
        """The last of the days behind."""
        return self.days[-1] + timedelta(days=DAYS)


def read(connection: db.Connection, last: date) -> Volume:
    """Return the volume of the days that end with this one."""
    days = tuple(last - timedelta(days=back) for back in range(DAYS - 1, -1, -1))
    sources: Counter[tuple[date, str]] = Counter()
    languages: Counter[tuple[date, str]] = Counter()
    for row in db.rows(connection, "web_volume", first=days[0], last=last):
        sources[row["day"], row["source"]] += row["articles"]
        languages[row["day"], row["language"]] += row["articles"]
    return Volume(days, chart(days, sources), chart(days, languages))
