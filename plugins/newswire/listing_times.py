"""Times as listings show them: without zone, without year, often without a day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, tzinfo

from newswire.window import KYIV

_CLOCK_AHEAD = timedelta(minutes=10)
"""How far a bare clock time may lie in front of the server's own: pages come from caches, clocks differ."""

_DAY_AHEAD = timedelta(days=1)
"""The same for a time with a day: an item announced for this evening is not a year old."""

_OLDEST_GUESS = 9
"""Years that are tried for a day without a year; 29 February needs up to eight."""

_CENTURY = 2000
"""Of a year in two digits (`18:41, 25.11.24`)."""

_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "січня січень січ января январь янв january jan",
            "лютого лютий лют февраля февраль фев february feb",
            "березня березень бер марта март мар march mar",
            "квітня квітень квіт кві апреля апрель апр april apr",
            "травня травень трав тра мая май may",
            "червня червень черв чер июня июнь июн june jun",
            "липня липень лип июля июль июл july jul",
            "серпня серпень серп сер августа август авг august aug",
            "вересня вересень вер сентября сентябрь сен сент september sep sept",
            "жовтня жовтень жовт жов октября октябрь окт october oct",
            "листопада листопад лист лис ноября ноябрь ноя november nov",
            "грудня грудень груд гру декабря декабрь дек december dec",
        ),
        start=1,
    )
    for name in names.split()
}
"""Whole names and abbreviations in Ukrainian, Russian and English → the month's number."""

_DAYS_BACK = {"сьогодні": 0, "сегодня": 0, "today": 0, "вчора": 1, "вчера": 1, "yesterday": 1}

_CLOCK = r"(?<![\d:.])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?(?![\d:])(?:\s*(?P<half>[ap])\.?m\b\.?)?"
_YEAR = r"(?:\s*,?\s+(?P<year>\d{4})(?!\d)(?:\s*(?:року|р|года|г)\b\.?)?)?"
_DATES = (
    rf"(?<![\d.:])(?P<day>\d{{1,2}})\s+(?P<month>[^\W\d_]{{3,}})\.?{_YEAR}",
    rf"(?<!\w)(?P<month>[^\W\d_]{{3,}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]){_YEAR}",
    r"(?<![\d.])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d{2})(?!\d)",
    rf"(?<!\w)(?P<word>{'|'.join(_DAYS_BACK)})(?!\w)",
)
_BEFORE_CLOCK = r"\s*[,•|]?\s*(?:(?:о|об|в|у|at)\s+)?"
_BEFORE_DATE = r"\s*[,•|]?\s*"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        *(day + _BEFORE_CLOCK + _CLOCK for day in _DATES),
        *(_CLOCK + _BEFORE_DATE + day for day in _DATES),
        _CLOCK,
    )
)
"""From the fullest to the barest: `5 лютого, 10:18` is not to be read as 10:18 of today."""

_COUNTER_BEHIND = r"\s*[•|·][\s\d]*[^\W\d_]*\s*"
_AT_THE_END = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        *(day + _BEFORE_CLOCK + _CLOCK + f"(?:{_COUNTER_BEHIND})?$" for day in _DATES),
        _CLOCK + f"{_COUNTER_BEHIND}$",
    )
)

_HEADINGS = tuple(re.compile(rf"(?:[^\W\d_]+,\s*)?{day}", re.IGNORECASE) for day in _DATES)
"""A line that is nothing but a day, with or without the day of the week in front."""


def listing_time(text: str, now: datetime, day: date | None = None, zone: tzinfo = KYIV) -> datetime | None:
    """Return the point in time that a short text of a listing shows, None where it shows none.

    `15:05 • 13680 перегляди`, `19 лютого, 10:18`, `March 2, 04:30 AM`, `Nov 11 2024, 03:57 PM`, `вчора, 10:18`.
    It is wall time in `zone`. What is left out comes from `now`, when the page was made: a day without a year is the last
    such day that is past; a bare clock time is of `day` (the heading that it stands under), else the last such time.
    """
    local = now.astimezone(zone)
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            found = _resolved(parts, local, day)
            if found or _names_day(parts):
                return found
    return None


def heading_day(text: str, now: datetime, zone: tzinfo = KYIV) -> date | None:
    """Return the day that a line names and is nothing else (`Четвер, 19 лютого`), None where it is another line."""
    for pattern in _HEADINGS:
        match = pattern.fullmatch(text)
        if match:
            found = _resolved({**match.groupdict(), "hour": "0", "minute": "0"}, now.astimezone(zone), None)
            return found.date() if found else None
    return None


def is_time(text: str) -> bool:
    """Tell whether a text is a time and nothing else, as it stands in front of a title: `15:05`, `18:41, 25.11.24`."""
    return any(pattern.fullmatch(text) for pattern in _PATTERNS)


def without_time(text: str) -> str:
    """Return a text without the time, and the counter behind it, that were put at its end: the title itself.

    A bare clock time goes only with a counter behind it: a title may end with `о 15:00`.
    """
    for pattern in _AT_THE_END:
        match = pattern.search(text)
        if match and (_names_day(parts := match.groupdict()) or "day" not in parts):
            return text[: match.start()].rstrip(" •,|")
    return text


def _names_day(parts: Mapping[str, str | None]) -> bool:
    """Say whether a day was written: then it is that day or none, `31 лютого, 10:18` is not 10:18 of today."""
    return bool(parts.get("word") or (parts.get("month") and _month(str(parts["month"]))))


def _resolved(parts: Mapping[str, str | None], now: datetime, day: date | None) -> datetime | None:
    """Return the last of the possible times that is not ahead of `now`; None where none of them exists."""
    latest = now + (_DAY_AHEAD if parts.get("day") else _CLOCK_AHEAD)
    for candidate in _days(parts, now.date(), day):
        try:
            found = datetime(
                candidate.year,
                candidate.month,
                candidate.day,
                _hour(parts),
                int(parts["minute"] or 0),
                tzinfo=now.tzinfo,
            )
        except ValueError:
            return None
        if parts.get("year") or found <= latest:
            return found
    return None


def _days(parts: Mapping[str, str | None], today: date, day: date | None) -> Iterator[date]:
    """Yield the days that may be meant, the latest first."""
    if parts.get("word"):
        yield today - timedelta(days=_DAYS_BACK[str(parts["word"]).casefold()])
    elif parts.get("day"):
        yield from _dates(parts, today)
    else:
        yield from (day,) if day else (today, today - timedelta(days=1))


def _dates(parts: Mapping[str, str | None], today: date) -> Iterator[date]:
    month = _month(str(parts["month"]))
    written = parts.get("year")
    for year in [_year(written)] if written else range(today.year, today.year - _OLDEST_GUESS, -1):
        try:
            yield date(year, month, int(parts["day"] or 0))
        except ValueError:
            continue


def _year(written: str) -> int:
    return int(written) + (_CENTURY if len(written) == len("24") else 0)


def _month(written: str) -> int:
    """Return the month's number; 0 for what is no month, so that no date comes of it."""
    return int(written) if written.isdecimal() else _MONTHS.get(written.casefold(), 0)


def _hour(parts: Mapping[str, str | None]) -> int:
    hour = int(parts["hour"] or 0)
    half = parts.get("half")
    if half and hour <= 12:  # noqa: PLR2004 - hours on a dial
        return hour % 12 + (12 if half in "pP" else 0)
    return hour
