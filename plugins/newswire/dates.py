"""Points in time as publishers write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_MONTHS: dict[str, int] = {
    stem: number
    for number, stems in enumerate(
        (
            "jan янв січ",
            "feb фев лют",
            "mar мар бер",
            "apr апр кві",
            "may мая май тра",
            "jun июн чер",
            "jul июл лип",
            "aug авг сер",
            "sep сен вер",
            "oct окт жов",
            "nov ноя лис",
            "dec дек гру",
        ),
        start=1,
    )
    for stem in stems.split()
}
"""The first three letters of a month's name, in English, Russian and Ukrainian → its number."""

_MONTH_WORD = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
    r"|янв(?:аря)?|фев(?:раля)?|марта?|апр(?:еля)?|ма[яй]|июн[яь]?|июл[яь]?|авг(?:уста)?|сен(?:тября)?|окт(?:ября)?|ноя(?:бря)?|дек(?:абря)?"
    r"|січ(?:ня)?|лют(?:ого)?|бер(?:езня)?|кві(?:тня)?|трав(?:ня)?|чер(?:вня)?|лип(?:ня)?|сер(?:пня)?|вер(?:есня)?|жов(?:тня)?|лис(?:топада)?|груд?(?:ня)?)"
    r"\.?(?!\w)"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_CLOCK = (
    r"(?:\D{0,12}?(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?![\d.])(?::?(?P<second>[0-5]\d)(?:[.,:]\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\b\.?)?\s*(?P<zone>z\b|(?:utc|gmt)?\s*[+-]\d\d(?::?\d\d)?(?!\d)|[a-z]{2,4}\b)?)?"
)
_NUMERIC = r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)"

_ISO = re.compile(
    rf"(?<!\d){_YEAR}[-/.]{_NUMERIC}(?:(?:t|\s|,|at)*(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\b\.?)?\s*(?P<zone>z\b|(?:utc|gmt)?\s*[+-]\d\d(?::?\d\d)?(?!\d)|[a-z]{2,4}\b)?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    rf"(?<!\d){_YEAR}(?P<month>\d\d)(?P<day>\d\d)(?:t?(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?"
    r"(?P<zone>z|[+-]\d\d:?\d\d)?)?(?!\d)",
    re.IGNORECASE,
)
_DAY_FIRST_WORDS = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s.,-]*(?:of\s+)?(?P<word>{_MONTH_WORD})[\s.,-]*{_YEAR}(?!\d){_CLOCK}",
    re.IGNORECASE,
)
_MONTH_FIRST_WORDS = re.compile(
    rf"(?<!\w)(?P<word>{_MONTH_WORD})\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s,.]+{_YEAR}(?!\d){_CLOCK}",
    re.IGNORECASE,
)
_BROWSER = re.compile(
    rf"(?P<word>{_MONTH_WORD})\s+(?P<day>\d{{1,2}})\s+(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)\s+(?P<zone>[a-z]{{2,4}})?\s*{_YEAR}",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    rf"(?<![\d.])(?P<day>\d{{1,2}})(?P<mark>[./-])(?P<month>\d{{1,2}})(?P=mark)(?:{_YEAR}|(?P<short>\d\d))(?![\d./-]){_CLOCK}",
    re.IGNORECASE,
)
_CLOCK_BEFORE = re.compile(r"(?<![\d:.])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?![\d:])\D{0,10}$")
_EPOCH = re.compile(r"\s*(\d{10})(?:\d{3})?(?:\.\d+)?\s*")

_ZONES = {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_ZONES |= {"z": 0, "utc": 0, "gmt": 0, "ut": 0, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3}
"""Names of zones with one meaning among news sites → hours east of UTC; any other name counts as no zone."""

_HINT = re.compile(r"(?:19|20)\d\d|\d[./-]\d\d?[./-]\d\d|\d{10}")
"""What every date has: most lines that are looked at have none."""

_LONGEST = 200
"""A longer text is no date: what is looked for stands in an attribute or in one short line."""


_FURTHEST = 14 * 60
"""Minutes: no place is further from UTC than the Line Islands."""


def parse_time(text: str, zone: tzinfo = UTC) -> datetime | None:
    """Return the point in time that a short text names, aware; None where it names none, or one that cannot be (31 February).

    Reads ISO 8601 and its variants, RFC 2822, seconds and milliseconds since 1970, and dates in words (English, Ukrainian,
    Russian). A time without a zone is wall time in `zone`; a day without a time is its midnight there. A written zone is
    kept, so that the day stays the day that was written. Of 03/04/2025, which is two days, none is chosen;
    a year of two digits counts only as in 25.04.24.
    """
    if len(text) > _LONGEST or not _HINT.search(text):
        return None
    epoch = _EPOCH.fullmatch(text)
    if epoch:
        return datetime.fromtimestamp(int(epoch[1]), UTC)
    for pattern in (_ISO, _COMPACT, _BROWSER, _MONTH_FIRST_WORDS, _DAY_FIRST_WORDS, _DAY_FIRST):
        match = pattern.search(text)
        if match:
            return _from_match(match, zone)
    return None


def _from_match(match: re.Match[str], zone: tzinfo) -> datetime | None:
    parts = match.groupdict()
    if not parts.get("hour"):
        before = _CLOCK_BEFORE.search(match.string[: match.start()])
        parts |= before.groupdict() if before else {}
    month = _month(parts)
    day = int(parts["day"])
    if parts.get("mark") == "/":
        month, day = _decided(month, day)
    if parts.get("short") and parts["mark"] != ".":
        return None
    try:
        return datetime(
            int(parts["year"] or f"20{parts['short']}"),
            month,
            day,
            _hour(parts),
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
            tzinfo=_offset(parts.get("zone")) or zone,
        )
    except ValueError:
        return None


def _month(parts: dict[str, str | None]) -> int:
    word = parts.get("word")
    return _MONTHS[word[:3].casefold()] if word else int(parts.get("month") or 0)


def _decided(month: int, day: int) -> tuple[int, int]:
    """Order the two numbers of a date with slashes: written day first in Europe, month first in America."""
    if month > 12:  # noqa: PLR2004 - months in a year
        return day, month
    return (month, day) if day > 12 or day == month else (0, 0)  # noqa: PLR2004 - months in a year


def _hour(parts: dict[str, str | None]) -> int:
    hour = int(parts.get("hour") or 0)
    half = (parts.get("half") or "").casefold()
    if half and hour <= 12:  # noqa: PLR2004 - hours on a dial
        return hour % 12 + (12 if half.startswith("p") else 0)
    return hour


def _offset(written: str | None) -> tzinfo | None:
    """Return the zone that stands behind a time, None where none stands there or its name has several meanings."""
    if not written:
        return None
    name = re.sub(r"\s", "", written.casefold())
    if name in _ZONES:
        return _fixed(_ZONES[name] * 60)
    digits = re.fullmatch(r"(?:utc|gmt)?([+-])(\d\d):?(\d\d)?", name)
    if not digits:
        return None
    minutes = int(digits[2]) * 60 + int(digits[3] or 0)
    return _fixed(-minutes if digits[1] == "-" else minutes)


def _fixed(minutes: int) -> tzinfo:
    if abs(minutes) > _FURTHEST:
        raise ValueError(f"no place is {minutes} minutes from UTC")
    return timezone(timedelta(minutes=minutes)) if minutes else UTC


_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""The oldest news sites are no older: an earlier time is a default of somebody's database."""

_AHEAD = timedelta(days=1)
"""A publisher's clock may be wrong, or in another zone, by as much; a time further ahead cannot be."""


def is_possible(moment: datetime, now: datetime) -> bool:
    """Say whether an article can have been published then: on the web at all, and not more than a day after `now`."""
    return _EARLIEST <= moment <= now + _AHEAD
