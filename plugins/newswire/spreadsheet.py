"""Articles as CSV for spreadsheets: UTF-8 with a byte order mark, CRLF, nothing in it that runs or breaks.

It is made for eyes: lists are joined, times are wall time in Kyiv, columns that only programs need are left out, and a cell that
a program of spreadsheets would cut or calculate is cut or marked here. Programs read Parquet or JSON Lines, where all is whole.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from newswire.window import KYIV

FILE = "articles.csv"

LONGEST = 32_767
"""Characters of a cell in Excel, as UTF-16 counts them: it loses what is beyond, or lets it run into the next row."""

CUT = " … [cut here; whole in the other formats]"

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
"""How a cell begins that is calculated when the file is opened (OWASP: CSV injection), in full-width letters too. White space
before it does not help everywhere."""

_POST = re.compile(r"\w+/\d+", re.ASCII)

_MOMENTS = ("published_at", "modified_at", "first_seen_at", "updated_at", "removed_at")
_MADE: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "authors": lambda row: "; ".join(row["authors"]),
    "tags": lambda row: "; ".join(row["tags"]),
    "media": lambda row: "; ".join(" ".join(filter(None, (one["kind"], one["title"], one["url"]))) for one in row["media"]),
    "links": lambda row: "; ".join(one["url"] for one in row["links"]),
    "editions": lambda row: "; ".join(f"{code} {url}" for code, url in row["editions"].items()),
    "reactions": lambda row: "; ".join(f"{name} {count}" for name, count in row["reactions"].items()),
    "forwarded_from": lambda row: _address(row["forwarded_from"]),
    "reply_to": lambda row: _address(row["reply_to"]),
    **{f"{name}_kyiv": lambda row, name=name: _wall_time(row[name]) for name in _MOMENTS},  # type: ignore[misc]
}
COLUMNS = (
    "article_id", "published_at_kyiv", "source", "feed", "language", "title", "lead", "body", "url", "authors", "section", "tags",
    "word_count", "cited_source", "original_id", "duplicate_kind", "duplicate_similarity", "views", "reactions",
    "forwarded_from", "reply_to", "edited", "links", "media", "image_url", "editions", "dateline", "time_origin",
    "modified_at_kyiv", "language_confidence", "is_mixed", "quality", "revision", "first_seen_at_kyiv", "updated_at_kyiv",
    "removed_at_kyiv",
)  # fmt: skip
"""What a reader looks for first stands first. `external_id` is left out: some of them are dates to a spreadsheet."""


@contextmanager
def writer(folder: Path) -> Iterator[Callable[[Sequence[Mapping[str, Any]]], None]]:
    """Yield a function that adds articles to the file in `folder`."""
    with (folder / FILE).open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, lineterminator="\r\n")
        table.writerow(COLUMNS)

        def write(rows: Sequence[Mapping[str, Any]]) -> None:
            table.writerows([cell(_value(row, name)) for name in COLUMNS] for row in rows)

        yield write


def _value(row: Mapping[str, Any], name: str) -> Any:
    return _MADE[name](row) if name in _MADE else row[name]


def cell(value: Any) -> Any:
    """Return what stands in a cell: numbers as they are; text that is not calculated and not too long; nothing for None."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return value
    guarded = f"'{value}" if _FORMULA.match(value) else value
    return guarded if len(guarded) <= LONGEST // 2 else _cut(guarded)


def _cut(text: str) -> str:
    wide = text.encode("utf-16-le")
    if len(wide) <= 2 * LONGEST:
        return text
    # half a character at the end is dropped
    return wide[: 2 * (LONGEST - len(CUT))].decode("utf-16-le", errors="ignore") + CUT


def _wall_time(value: datetime | None) -> str | None:
    """Return a time as spreadsheets know one."""
    return value.astimezone(KYIV).strftime("%Y-%m-%d %H:%M:%S") if value else None


def _address(post: str | None) -> str | None:
    """Return the address of a post: `march/5` would be a date. The name of a hidden origin stays."""
    return f"https://t.me/{post}" if post and _POST.fullmatch(post) else post
