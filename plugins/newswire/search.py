"""Full-text search: the verb index, which keeps the index up with the articles, and the same search that analysts have in SQL.

All of it is SQL (`sql/migrations/0008_search.sql`, `sql/functions/search.sql`): an analyst asks from any client, so a query must
be read inside PostgreSQL; and what reads the articles is the same functions, so that both sides always agree on a word's keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from newswire import db, ledger
from newswire.pipeline import Report

ARTICLES_A_BATCH = 500
"""Articles indexed in one transaction: about a second of work, which is what a killed run loses."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that a search found."""

    article_id: int
    rank: float
    """How well it matches; 0 where the query says only what must not be there. Comparable within one search."""
    published_at: datetime
    outlet: str
    """@channel for a post, otherwise the source."""
    language: str
    title: str | None
    """As printed; None in a post."""
    snippet: str
    """The text around the first word found, each such word between ‹ and ›."""
    url: str
    original_id: int | None
    """The article that it is a copy of; None for an original."""


def index(connection: db.Connection, *, caller: str = "shell") -> Report:
    """Index the articles that are new or have changed since they were indexed; counts how many were."""
    with ledger.run(connection, "index", caller=caller) as run:
        while indexed := _batch(connection):
            run.counts["indexed"] += indexed
        with db.transaction(connection):
            db.rows(connection, "flush_search")
        return Report(run.run_id, dict(run.counts))


def _batch(connection: db.Connection) -> int:
    with db.transaction(connection):
        (row,) = db.rows(connection, "index_due", most=ARTICLES_A_BATCH)
    return int(row["indexed"])


def search(
    connection: db.Connection,
    query: str,
    *,
    from_day: date | None = None,
    to_day: date | None = None,
    languages: Sequence[str] | None = None,
    sources: Sequence[str] | None = None,
    originals: bool = False,
    most: int = 50,
) -> list[Hit]:
    """Return the articles that a query asks for, the best first; `mart.search` says what a query may hold.

    `from_day` is the first day (Kyiv), `to_day` the first one left out.

    Raises:
        ValueError: the query has more than 100 words, or a NUL.
    """
    with db.transaction(connection):
        try:
            rows = db.rows(
                connection,
                "search",
                query=query,
                from_day=from_day,
                to_day=to_day,
                languages=languages and list(languages),
                sources=sources and list(sources),
                originals=originals,
                most=most,
            )
        except db.INVALID as error:
            raise ValueError(error.diag.message_primary) from error
    return [Hit(**row) for row in rows]
