"""What the address of a view asks for: filters, and the row behind which a list goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from newswire.window import KYIV, YEARS

LONGEST = 200
"""Characters of a filter's value: no name is longer, and no person searches for more."""

LARGEST_KEY = 2**63 - 1
"""Keys are PostgreSQL's bigint."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

LAST_PAGE = 10
"""Of a search: what it found is made anew for each page, and nobody reads beyond five hundred."""


class RefusedError(Exception):
    """What an address asks for is not to be had, and why."""

    def __init__(self, status: int, key: str, value: str = "", at: datetime | None = None) -> None:
        super().__init__(f"{key}: {value!r}")
        self.status = status
        """Of HTTP."""
        self.key = key
        """The sentence in the catalogue that says it."""
        self.value, self.at = value, at
        """What the sentence names."""


@dataclass(frozen=True, slots=True)
class After:
    """The last row of a page of a list, newest first: the next page begins behind it, whatever came in meanwhile."""

    at: datetime
    key: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}-{self.key}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Return what `str` wrote.

        Raises:
            RefusedError: it did not write that.
        """
        microseconds, _, key = text.rpartition("-")
        try:
            found = cls(EPOCH + timedelta(microseconds=int(microseconds)), int(key))
        except (ValueError, OverflowError):
            raise RefusedError(400, "wrong_place", text) from None
        if not 0 < found.key <= LARGEST_KEY:
            raise RefusedError(400, "wrong_place", text)
        return found


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list shows; None: all."""

    search: str | None = None
    source: str | None = None
    language: str | None = None
    outcome: str | None = None
    day: date | None = None
    """In Kyiv."""
    copies: bool = True
    """False leaves out the articles that are copies of another."""
    after: After | None = None
    page: int = 1
    """Of a search, which has no place behind which it could go on: it is ranked."""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Return the filters that an address names; what is empty filters nothing.

        Raises:
            RefusedError: a value cannot be meant.
        """
        texts = {name: _text(query.get(name, ""), name) for name in ("source", "language", "outcome")}
        return cls(
            search=_text(query.get("q", ""), "q"),
            day=_day(query["day"]) if query.get("day") else None,
            copies=query.get("copies") != "hide",
            after=After.read(query["after"]) if query.get("after") else None,
            page=_page(query.get("page") or "1"),
            **texts,
        )

    def address(self, **changes: Any) -> str:
        """Return the query of an address that asks for the same but for `changes`; a list begins anew."""
        asked = replace(self, **{"after": None, "page": 1, **changes})
        values = {
            "q": asked.search, "source": asked.source, "language": asked.language, "outcome": asked.outcome, "day": asked.day,
            "copies": None if asked.copies else "hide", "after": asked.after,
            "page": None if asked.page == 1 else asked.page,
        }  # fmt: skip
        query = urlencode({name: str(value) for name, value in values.items() if value})
        return f"?{query}" if query else "?"

    def span(self) -> tuple[datetime | None, datetime | None]:
        """Return the beginning and the end of the day, or Nones when all days are asked for."""
        if self.day is None:
            return None, None
        return midnight(self.day), midnight(self.day + timedelta(days=1))


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins in Kyiv."""
    return datetime.combine(day, time(), KYIV)


def _text(value: str, name: str) -> str | None:
    stripped = value.strip()
    if len(stripped) > LONGEST or "\0" in stripped:
        raise RefusedError(400, "wrong_text", name)
    return stripped or None


def _day(value: str) -> date:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise RefusedError(400, "wrong_day", value)
    return day


def _page(value: str) -> int:
    if not re.fullmatch("[0-9]{1,3}", value) or not 0 < int(value) <= LAST_PAGE:
        raise RefusedError(400, "wrong_page", value)
    return int(value)
