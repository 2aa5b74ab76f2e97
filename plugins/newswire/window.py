"""Windows of publication time as people write them: days of Kyiv, or moments."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newswire.model import Window

KYIV = ZoneInfo("Europe/Kyiv")
"""The wall clock of the publishers; days are its days."""

YEARS = range(1900, 2200)
"""Years that a person can mean; at the ends of the calendar a day earlier or another zone is no date any more."""


def moment(text: str) -> datetime:
    """Return the moment that a person wrote: `2026-02-20` is its midnight in Kyiv, a time without a zone is Kyiv's.

    Raises:
        ValueError: it is no date; the message says how one is written.
    """
    try:
        value = datetime.fromisoformat(text.strip())
    except ValueError:
        value = None
    if value is None or value.year not in YEARS:
        raise ValueError(f"{text!r} is no date: write 2026-02-20, or 2026-02-20T18:30")
    return value if value.tzinfo else value.replace(tzinfo=KYIV)


def window(start: str | None, end: str | None, now: datetime) -> Window:
    """Return the window from `start` to `end`; by default from yesterday's midnight in Kyiv until now.

    Raises:
        ValueError: one is no date, or the end is not after the start.
    """
    until = moment(end) if end else now
    since = moment(start) if start else midnight(min(until, now)) - timedelta(days=1)
    return Window(since, until)


def midnight(value: datetime) -> datetime:
    """Return the beginning of a moment's day in Kyiv."""
    return value.astimezone(KYIV).replace(hour=0, minute=0, second=0, microsecond=0)


def kyiv_day(value: datetime) -> str:
    """Return a moment's day in Kyiv, as `2026-02-20`."""
    return value.astimezone(KYIV).date().isoformat()
