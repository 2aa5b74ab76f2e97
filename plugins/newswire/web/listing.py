"""The lists of the page: articles, what belongs to one of them, and what was rejected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from newswire import db
from newswire.web.filters import LAST_PAGE, After, Filters

PAGE = 50
"""Rows of a page of a list."""

MOST_RELATED = 200
"""Copies of an article, or articles of a story, that are shown."""

BEGIN, END = "\ue000", "\ue001"
"""Stand around what a search found, in the database's answer; no text has reason to hold them, and one that does gains a mark."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list."""

    rows: list[Row]
    after: After | None = None
    """Where the next page begins; None behind the last one, and in a search."""
    next_page: int | None = None
    """Of a search: the number of the next page; None on the last one."""


@dataclass(frozen=True, slots=True)
class Related:
    """What belongs to an article."""

    copies: list[Row]
    """Its original and all copies of that, itself included; empty when there is none."""
    story: Row | None
    story_articles: list[Row]


def articles(connection: db.Connection, asked: Filters) -> Listing:
    """Return the articles that are asked for, newest first; those that a search finds, best first."""
    if asked.search:
        return _search(connection, asked)
    since, until = asked.span()
    rows = db.rows(
        connection, "web_articles", source=asked.source, language=asked.language, since=since, until=until, copies=asked.copies,
        **_after(asked), most=PAGE + 1,
    )  # fmt: skip
    return _page(rows, "published_at", "article_id")


def _search(connection: db.Connection, asked: Filters) -> Listing:
    rows = db.rows(
        connection, "web_search", search=asked.search, from_day=asked.day, to_day=asked.day and asked.day + timedelta(days=1),
        languages=asked.language and [asked.language], sources=asked.source and [asked.source], originals=not asked.copies,
        skip=(asked.page - 1) * PAGE, most=PAGE + 1, marks=[BEGIN, END],
    )  # fmt: skip
    shown = [{**row, "snippet": marked(row["snippet"])} for row in rows[:PAGE]]
    return Listing(shown, next_page=asked.page + 1 if len(rows) > PAGE and asked.page < LAST_PAGE else None)


def marked(snippet: str) -> list[tuple[bool, str]]:
    """Return the pieces of a snippet, each with whether it is what was searched for."""
    pieces = re.split(f"{BEGIN}([^{END}]*){END}", snippet)
    return [(bool(place % 2), piece) for place, piece in enumerate(pieces) if piece]


def rejected(connection: db.Connection, asked: Filters) -> Listing:
    """Return the announcements that became no article, visited last first."""
    rows = db.rows(connection, "web_rejected", source=asked.source, outcome=asked.outcome, **_after(asked), most=PAGE + 1)
    return _page(rows, "visited_at", "announcement_id")


def related(connection: db.Connection, article: Mapping[str, Any]) -> Related:
    """Return the copies of an article and its story."""
    copies = db.rows(connection, "web_copies", original_id=article["original_id"] or article["article_id"], most=MOST_RELATED)
    story_id = article["story_id"]
    told = db.rows(connection, "web_story_articles", story_id=story_id, most=MOST_RELATED) if story_id else []
    story = db.row(connection, "web_story", story_id=story_id) if story_id else None
    return Related(copies if len(copies) > 1 else [], story, told)


def _after(asked: Filters) -> dict[str, Any]:
    return {"after_at": asked.after and asked.after.at, "after_id": asked.after and asked.after.key}


def _page(rows: list[Row], time: str, key: str) -> Listing:
    shown = rows[:PAGE]
    return Listing(shown, After(shown[-1][time], shown[-1][key]) if len(rows) > PAGE else None)
