"""What is kept for a time only: the bytes of pages, dropped by whole months. As WARC files they may be kept elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from newswire import db, delivery, warc
from newswire.model import Window
from newswire.window import midnight

PAGES_KEPT = timedelta(days=90)
"""Usual time; a month is dropped when all of it is older, so a page is kept for up to a month longer."""

LEAST = timedelta(days=30)
"""For so long a row must be traceable to its bytes (sql/checks/untraceable_articles.sql)."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How long pages are kept, and where they go then.

    Raises:
        ValueError: the time is shorter than `LEAST`.
    """

    pages: timedelta = PAGES_KEPT
    archive: Path | delivery.StorePath | None = None
    """Folder for WARC files (`warc/DAY/…` below it); None: what is dropped is gone."""

    def __post_init__(self) -> None:
        if self.pages < LEAST:
            raise ValueError(f"pages are kept for {LEAST.days} days at least, not {self.pages.days}")


def drop_pages(connection: db.Connection, keep: Keep, now: datetime, *, caller: str = "shell") -> dict[str, int]:
    """Drop the months of pages whose time is over; return counts of months and pages.

    A month stays for another day when one of its pages still waits to be read, or when pages came while it was exported. One
    that was dropped before and came back out of an archive is not exported again: it would replace the whole month's files
    by what came back.
    """
    counts = {"dropped_months": 0, "dropped_pages": 0}
    with db.transaction(connection):
        months = db.rows(connection, "old_months", before=now - keep.pages)
    for month in months:
        export = keep.archive is not None and month["newest"] is not None and not month["dropped_before"]
        if keep.archive is not None and export:
            warc.export(connection, _days(month), keep.archive, caller=caller)
        dropped = _drop(connection, month, str(keep.archive) if export else None)
        counts["dropped_months"] += dropped is not None
        counts["dropped_pages"] += dropped or 0
    return counts


def _drop(connection: db.Connection, month: Mapping[str, Any], place: str | None) -> int | None:
    with db.transaction(connection):
        (row,) = db.rows(connection, "drop_pages", month=month["month"], newest=month["newest"], place=place)
    return None if row["pages"] is None else int(row["pages"])


def _days(month: Mapping[str, Any]) -> Window:
    """Return the days to export: those of Kyiv that the month (UTC) has a part in.

    The first of them began in the month before. Where that one has been exported, the day went with it, as a whole.
    """
    first: date = month["month"]
    start = datetime(first.year, first.month, 1, tzinfo=UTC)
    end = datetime(first.year + first.month // 12, first.month % 12 + 1, 1, tzinfo=UTC)
    return Window(midnight(start) + timedelta(days=1) if month["day_before_exported"] else start, end)
