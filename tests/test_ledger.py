"""The ledger of runs: each run has its end, also the one whose process has none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest

from newswire import db, ledger
from newswire.model import Window
from tests.killing import Job, Nursery

Opens = Callable[[], db.Connection]


@pytest.fixture
def another(database_url: str) -> Iterator[Opens]:
    """Opens further sessions in the test's database."""
    opened: list[db.Connection] = []

    def opens() -> db.Connection:
        opened.append(db.connect(database_url))
        return opened[-1]

    yield opens
    for connection in opened:
        connection.close()


def runs(connection: db.Connection) -> list[dict[str, Any]]:
    with db.transaction(connection):
        return db.select(connection, "select * from core.run order by run_id")


def test_a_run_that_ends_is_done_with_what_it_counted(connection: db.Connection, another: Opens) -> None:
    window = Window(datetime(2026, 2, 16, tzinfo=UTC), datetime(2026, 2, 17, tzinfo=UTC))
    reader = another()
    with ledger.run(connection, "discover", caller="test", source="town", feed="main", window=window) as run:
        run.counts["ok"] += 3
        run.counts["gone"] += 1
        (row,) = runs(reader)
        assert (row["state"], row["finished_at"], row["counts"]) == ("running", None, {}), "others see it at once"
    (row,) = runs(reader)
    assert (row["run_id"], row["verb"], row["caller"]) == (run.run_id, "discover", "test")
    assert (row["source"], row["feed"]) == ("town", "main")
    assert (row["asked_from"], row["asked_to"]) == (window.start, window.end)
    assert (row["state"], row["counts"], row["error"]) == ("done", {"gone": 1, "ok": 3}, None)
    assert row["started_at"] <= row["finished_at"] <= datetime.now(UTC) + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (ValueError("no such thing"), "ValueError: no such thing"),
        (KeyError(), "KeyError:"),
        (RuntimeError("two\nlines\x00 and half \ud800"), "RuntimeError: two lines and half ?"),
        (KeyboardInterrupt(), "interrupted"),
    ],
    ids=["message", "none", "what no column takes", "interrupted"],
)
def test_a_run_that_raises_has_failed_with_its_reason_on_one_line(
    error: BaseException, kept: str, connection: db.Connection
) -> None:
    with pytest.raises(type(error)), ledger.run(connection, "fetch", caller="test") as run:  # noqa: PT012 - the last line raises
        run.counts["fetched"] += 2
        raise error
    (row,) = runs(connection)
    assert (row["state"], row["error"], row["counts"]) == ("failed", kept, {"fetched": 2})
    assert row["finished_at"] is not None


def test_what_a_failed_run_had_not_committed_is_undone_and_its_line_stands(connection: db.Connection) -> None:
    kept = {"url": "u", "source": "s", "etag": None, "last_modified": None, "page_id": 1, "page_fetched_at": datetime.now(UTC)}
    with pytest.raises(psycopg2.errors.UndefinedTable), ledger.run(connection, "fetch", caller="test"):  # noqa: PT012 - both matter
        db.run(connection, "save_validator", **kept)
        db.select(connection, "select * from no_such_table")
    (row,) = runs(connection)
    assert row["state"] == "failed"
    assert row["error"].startswith("UndefinedTable: ")
    assert "\n" not in row["error"]
    assert db.select(connection, "select * from raw.validator") == []


def test_a_living_run_is_not_buried_by_others(connection: db.Connection, another: Opens) -> None:
    other = another()
    with ledger.run(connection, "fetch", caller="test"):
        with ledger.run(other, "discover", caller="test"):
            assert [row["state"] for row in runs(other)] == ["running", "running"]
        assert [row["state"] for row in runs(other)] == ["running", "done"]
    assert [row["state"] for row in runs(other)] == ["done", "done"]


def test_a_run_within_a_run_of_one_session_does_not_end_the_outer_one(connection: db.Connection, another: Opens) -> None:
    with ledger.run(connection, "export", caller="test"):
        with ledger.run(connection, "check", caller="test"):
            pass
        with ledger.run(another(), "maintain", caller="test"):
            pass
        assert [row["state"] for row in runs(connection)] == ["running", "done", "done"]


def test_a_run_whose_session_is_gone_is_found_dead_by_the_next_one(database_url: str, connection: db.Connection) -> None:
    lost = db.connect(database_url)
    with ledger.run(lost, "fetch", caller="test"):
        lost.close()
    wait_until_gone(connection)
    with ledger.run(connection, "maintain", caller="test"):
        pass
    first, second = runs(connection)
    assert (first["state"], first["finished_at"], second["state"]) == ("died", None, "done")


def test_a_run_whose_session_the_server_ended_raises_and_is_found_dead(database_url: str, connection: db.Connection) -> None:
    lost = db.connect(database_url)
    with pytest.raises(psycopg2.OperationalError), ledger.run(lost, "fetch", caller="test"):  # noqa: PT012 - the second line raises
        db.select(connection, f"select pg_terminate_backend({lost.info.backend_pid}, 10000)")
        db.select(lost, "select 1")
    with ledger.run(connection, "maintain", caller="test"):
        pass
    assert [row["state"] for row in runs(connection)] == ["died", "done"]


def test_a_killed_process_is_found_dead_by_the_next_run_and_only_once(database_url: str, connection: db.Connection) -> None:
    with Nursery() as nursery:
        assert not nursery.survives(Job("maintain", database_url, point="ensure_partitions"))
    assert [row["state"] for row in runs(connection)] == ["running"]
    for _ in range(2):
        with ledger.run(connection, "maintain", caller="test"):
            pass
    assert [row["state"] for row in runs(connection)] == ["died", "done", "done"]


def wait_until_gone(connection: db.Connection) -> None:
    """Return when no other session is left in the database."""
    connection.rollback()
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
        )
