"""The database that the verbs work on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from newswire import db, deduplication, pipeline, search, settings, urls
from newswire.local import postgres
from newswire.shell.console import WrongCallError

DATABASE = "newswire"
"""Name of the database in the embedded PostgreSQL."""


def address() -> str:
    """Return the address of the configured database, or of the embedded one, which runs then."""
    url = settings.database_url()
    if url is not None:
        return url
    cluster = postgres.Cluster(settings.home() / "postgres")
    cluster.start()
    return cluster.ensure_database(DATABASE)


@contextmanager
def opened() -> Iterator[db.Connection]:
    """Open the configured database, or the embedded one; it is brought to this version where it is not."""
    connection = db.connect(address())
    try:
        if not db.is_migrated(connection):
            db.migrate(connection)
        yield connection
    finally:
        connection.close()


def article(connection: db.Connection, key: str) -> dict[str, Any]:
    """Return the row of the article that a person names."""
    found = db.row(connection, "show_article", key=key, url=urls.canonical_or_none(key))
    if found is None:
        raise WrongCallError(f"no article {key!r}: give its number, its URL or its publisher's identifier")
    return found


def follow_up(connection: db.Connection) -> None:
    """Do what is due behind new, changed or missing articles: verdicts, the full-text index, the materialised views."""
    deduplication.deduplicate(connection)
    search.index(connection)
    pipeline.refresh(connection)
