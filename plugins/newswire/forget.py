"""The verb forget: an article is taken down. Its text, revisions, readings, entities, verdicts and bytes go; a tombstone stays.

One transaction does it, so that a killed run has done nothing. The bytes go of every kept page that shows the article: its own
under any address, and those of feeds, listings and channels that name its address. A channel's page cannot be written without one
of its posts: the others keep their rows, and their page says that it is withheld. A headline in the margin of another article's
page is not looked for; it goes with that page's month.

Beyond the database nothing is changed: exported days and WARC files, backups, and PostgreSQL's own files until its next vacuum.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import unquote, urlsplit

from psycopg2.extras import RealDictCursor

from newswire import db, ledger, story_ledger, tombstones
from newswire.urls import canonical_or_none
from newswire.window import kyiv_day

PAGES_AT_ONCE = 20
"""Pages that the server hands over at a time while it is looked which of them show the article."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was taken down."""

    articles: tuple[int, ...]
    """Its number; several where one address had led to several articles. Empty when it had been taken down before."""
    withheld: int
    """Pages whose bytes were deleted."""
    days: tuple[str, ...]
    """Days of Kyiv whose exports may hold it still."""
    forgotten_at: datetime | None = None
    """When it had been taken down before; None when it was now."""


class UnknownError(KeyError):
    """There is no such article, and none was taken down by this name."""


def forget(connection: db.Connection, name: str, *, reason: str = "", caller: str = "shell") -> Forgotten:
    """Take an article down by its number, its URL or its publisher's identifier. Verdicts on its copies become due.

    Raises:
        UnknownError: there is none.
    """
    url = canonical_or_none(name)
    with db.transaction(connection):
        found = db.row(connection, "show_article", key=name, url=url)
        buried = found or db.row(connection, "forget_tombstone", names=[name, url or name])
    if buried is None:
        raise UnknownError(f"no article {name!r}: give its number, its URL or its publisher's identifier")
    if found is None:
        return Forgotten((), 0, (), buried["forgotten_at"])
    with ledger.run(connection, "forget", source=found["source"], caller=caller) as run:
        with db.transaction(connection):
            db.run(connection, "lock_source", source=found["source"])
            db.run(connection, "lock_verdicts")
            db.run(connection, "lock_search")
            rows = db.rows(connection, "forget_rows", article_id=found["article_id"])
            pages = _showing(connection, rows)
            _bury(connection, rows, pages, reason)
            db.run(connection, "visit_again", pages=sorted(pages))
            run.counts["withheld"] = tombstones.withhold(connection, pages)
            _delete(connection, rows)
            db.rows(connection, "refresh_mart")
        run.counts["forgotten"] = len(rows)
        days = {kyiv_day(row["published_at"]) for row in rows}
        return Forgotten(tuple(row["article_id"] for row in rows), run.counts["withheld"], tuple(sorted(days)))


def _showing(connection: db.Connection, rows: Sequence[Mapping[str, Any]]) -> set[int]:
    """Return the kept pages that show one of these articles."""
    urls = sorted({row[name] for row in rows for name in ("url", "announced_url")})
    shown = _address(urls)
    conditions = {
        "source": rows[0]["source"],
        "channel": rows[0]["feed"] if rows[0]["is_post"] else None,
        "urls": urls,
        "pages": sorted({number for row in rows for number in row["pages"] if number is not None}),
    }
    with connection.cursor(name="forget", cursor_factory=RealDictCursor) as cursor:
        cursor.itersize = PAGES_AT_ONCE
        cursor.execute(db.query("forget_candidates"), conditions)
        return {row["page_id"] for row in cursor if row["is_own"] or shown.search(row["body"])}


def _address(urls: Sequence[str]) -> re.Pattern[bytes]:
    """Return what finds one of these addresses in a page, however the page writes it."""
    parts = [urlsplit(url) for url in urls]
    names = {part.path.lstrip("/") + (f"?{part.query}" if part.query else "") for part in parts} - {""}
    written = {form for name in names for form in (name, unquote(name), escape(name), escape(unquote(name)))}
    found = b"|".join(re.escape(form.encode()) for form in sorted(written)) or rb"(?!)"
    return re.compile(rb"(?<![\w-])(?:" + found + rb")(?![\w-])", re.IGNORECASE)


def _bury(connection: db.Connection, rows: Sequence[Mapping[str, Any]], pages: set[int], reason: str) -> None:
    """Leave tombstones of the articles, and of the addresses that led to them."""
    source = rows[0]["source"]
    table = {
        tombstones.key(source, row[name]): (tombstones.key(source, row[name]), row["article_id"], source, reason)
        for row in rows
        for name in ("url", "announced_url", "external_id")
    }
    db.run_values(connection, "save_tombstones", list(table.values()))
    others = db.rows(connection, "redirected_from", source=source, pages=sorted(pages))
    leading = {row["url"]: rows[0]["url"] for row in others}
    tombstones.follow(connection, source, leading, [row["announcement_id"] for row in others])


def _delete(connection: db.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Delete the articles and all that stands of them elsewhere; what hung together with them becomes due."""
    numbers = [row["article_id"] for row in rows]
    stories = [row["story_id"] for row in db.rows(connection, "stories_of", articles=numbers)]
    db.run(connection, "judge_again", articles=numbers)
    db.run(connection, "forget_words", articles=numbers)
    db.run(connection, "forget_traces", articles=numbers, urls=[row["url"] for row in rows])
    db.run(connection, "drop_articles", articles=numbers)
    db.run(connection, "drop_announcements", announcements=[row["announcement_id"] for row in rows])
    db.run(connection, "drop_stories", stories=stories)
    db.run(connection, "refresh_stories", stories=stories, letters=story_ledger.HEADLINE_LETTERS)
