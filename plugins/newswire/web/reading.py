"""Reading for the page: one transaction a request, with the reading role's rights alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from newswire import db

ROLE = "newswire_reader"
"""Whose rights the page has: it sees the views of `mart` and nothing else. The login of the page must be a member of it."""

TIMEOUT_SECONDS = 5
"""A view that takes longer is given up: the slowest one takes a twentieth of it on 100,000 articles."""


@contextmanager
def reader(url: str) -> Iterator[db.Connection]:
    """Open a connection that can read the views and change nothing, for one request.

    It is not kept: a connection costs some five milliseconds, and one that is kept must be told from one that broke.

    Raises:
        DatabaseError: no database answers.
        psycopg2.Error: the login is no member of the role, or the views are not there.
    """
    connection = db.connect(url)
    try:
        with db.transaction(connection):
            db.row(connection, "web_begin", role=ROLE, timeout=f"{TIMEOUT_SECONDS}s")
            yield connection
    finally:
        connection.close()
