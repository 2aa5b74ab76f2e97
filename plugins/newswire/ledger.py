"""The ledger of runs: who asked for what, how it ended, what it counted. A run whose process died is found out."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from psycopg2.extras import Json

from newswire import db
from newswire.model import Window
from newswire.text import clean


@dataclass(slots=True)
class Run:
    """One line of the ledger while it is open."""

    run_id: int
    counts: Counter[str] = field(default_factory=Counter)
    """Outcomes and rows by code; goes into the ledger when the run ends."""


@contextmanager
def run(
    connection: db.Connection,
    verb: str,
    *,
    caller: str,
    source: str | None = None,
    feed: str | None = None,
    window: Window | None = None,
) -> Iterator[Run]:
    """Keep a line in core.run around what happens inside: `done` at its end, `failed` with the reason when it raises."""
    with db.transaction(connection):
        db.run(connection, "bury_runs")
        begun = db.row(
            connection,
            "begin_run",
            verb=verb,
            source=source,
            feed=feed,
            caller=caller,
            asked_from=window and window.start,
            asked_to=window and window.end,
        )
        assert begun is not None  # the statement returns the row that it inserts
        opened = Run(begun["run_id"])
        db.run(connection, "lock_run", run_id=opened.run_id)
    done = False
    try:
        yield opened
        done = True
    finally:
        # asked for only when it did not end well: the caller may be handling an exception of its own
        _close(connection, opened, None if done else sys.exception())


def _close(connection: db.Connection, opened: Run, failure: BaseException | None) -> None:
    if connection.closed:
        return  # the database went away: the next run finds this one dead
    # one line, and nothing that no column takes: a message may quote what made the trouble
    reason = clean(f"{type(failure).__name__}: {failure}".encode(errors="replace").decode())
    error = reason if isinstance(failure, Exception) else "interrupted"
    state = "failed" if failure else "done"
    connection.rollback()
    with db.transaction(connection):
        counts = Json(dict(sorted(opened.counts.items())))
        db.run(connection, "end_run", run_id=opened.run_id, state=state, counts=counts, error=error if failure else None)
