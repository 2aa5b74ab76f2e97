from __future__ import annotations

import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg2
import pytest

from newswire import db
from newswire.local.postgres import Cluster

ROOT = Path(__file__).parents[1]
_numbers = itertools.count()


@pytest.fixture
def empty_url(cluster: Cluster) -> str:
    """Address of a database that was never migrated."""
    return cluster.ensure_database(f"test_db_{next(_numbers)}")


@pytest.fixture
def empty(empty_url: str) -> Iterator[db.Connection]:
    opened = db.connect(empty_url)
    yield opened
    opened.close()


@pytest.fixture
def sql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the SQL folder, which the library uses instead of its own."""
    copy = tmp_path / "sql"
    shutil.copytree(db.SQL, copy)
    monkeypatch.setattr(db, "SQL", copy)
    return copy


def value(connection: db.Connection, statement: str) -> object:
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def everything(connection: db.Connection) -> list[tuple[object, ...]]:
    """Every relation with its definition's marks: the same before and after means that nothing was changed."""
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute(
            "select oid, relname, relkind, relnatts, xmin::text from pg_class"
            " where relnamespace::regnamespace::text !~ '^pg_' order by oid"
        )
        return list(cursor.fetchall())


# Connections


def test_an_unreachable_database_is_one_line_without_the_password() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, but nobody listens
        url = f"postgresql://newswire:s3cret@127.0.0.1:{closed.getsockname()[1]}/newswire"
        with pytest.raises(db.DatabaseError, match=r"the database cannot be reached: .*refused") as caught:
            db.connect(url)
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("url", ["nonsense", "postgresql://127.0.0.1:port/x", "mysql://x", "postgresql://nobody.invalid/x"])
def test_an_address_that_is_none_is_one_line(url: str) -> None:
    with pytest.raises(db.DatabaseError, match="the database cannot be reached") as caught:
        db.connect(url)
    assert "\n" not in str(caught.value)


def test_a_wrong_password_is_one_line(empty_url: str) -> None:
    user, _, rest = empty_url.partition("@")
    with pytest.raises(db.DatabaseError, match="password authentication failed"):
        db.connect(f"{user.rpartition(':')[0]}:wrong@{rest}")


def test_a_connection_speaks_utc_and_says_who_it_is(connection: db.Connection) -> None:
    assert value(connection, "show timezone") == "UTC"
    assert value(connection, "show application_name") == "newswire"
    assert value(connection, "select '{\"a\": [1]}'::jsonb") == {"a": [1]}


# Statements


def test_a_statement_that_does_not_exist_is_refused(connection: db.Connection) -> None:
    with pytest.raises(FileNotFoundError):
        db.rows(connection, "no_such_statement")


def test_rows_and_row_are_dictionaries(connection: db.Connection) -> None:
    values = {"verb": "check", "source": None, "feed": None, "caller": "test", "asked_from": None, "asked_to": None}
    begun = db.row(connection, "begin_run", **values)
    assert begun is not None
    assert list(begun) == ["run_id"]
    assert db.row(connection, "validator", url="https://unn.ua/x") is None
    assert db.rows(connection, "validator", url="https://unn.ua/x") == []


def test_a_table_of_no_values_is_not_sent(connection: db.Connection) -> None:
    assert db.run_values(connection, "save_outcomes", []) == []


def test_a_large_table_of_values_is_one_statement(connection: db.Connection) -> None:
    now = datetime.now(UTC)
    table = [("unn", "uk", f"https://unn.ua/{one}", *[None] * 6, now, now, None, now) for one in range(1000)]
    returned = db.run_values(connection, "save_announcements", table)
    assert len(returned) == 1000
    assert all(new for *_, new in returned)


def test_values_become_json() -> None:
    at = datetime(2026, 2, 20, 18, 30, tzinfo=UTC)
    row = {
        "at": at,
        "day": date(2026, 2, 20),
        "bytes": memoryview(b"\x00\xff"),
        "n": Decimal("0.5"),
        "t": timedelta(hours=1),
        "ї": "ї",
    }
    written = db.dumps(row)
    assert "ї" in written
    assert json.loads(written) == {
        "at": "2026-02-20T18:30:00+00:00", "day": "2026-02-20", "bytes": "00ff", "n": 0.5, "t": 3600.0, "ї": "ї",
    }  # fmt: skip


def test_a_transaction_that_fails_leaves_nothing(connection: db.Connection) -> None:
    def fail() -> None:
        with db.transaction(connection), connection.cursor() as cursor:
            cursor.execute("create table public.mist ()")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert value(connection, "select to_regclass('public.mist')") is None


# Migrations


def test_migrating_makes_a_database_and_migrating_again_applies_nothing(empty: db.Connection) -> None:
    assert not db.is_migrated(empty)
    applied = db.migrate(empty)
    assert applied == sorted(path.name for path in (db.SQL / "migrations").glob("*.sql"))
    assert db.is_migrated(empty)
    assert db.migrate(empty) == []
    assert value(empty, "select count(*) from mart.article") == 0


def test_an_edited_migration_is_refused_and_nothing_is_changed(connection: db.Connection, sql: Path) -> None:
    before = everything(connection)
    with (sql / "migrations" / "0002_core.sql").open("a") as file:
        file.write("\ncreate table core.more ();\n")
    with pytest.raises(
        db.DatabaseError, match=r"^the migration 0002_core\.sql was edited after it was applied: write a new one instead$"
    ):
        db.migrate(connection)
    assert everything(connection) == before


def test_a_migration_that_only_the_database_knows_is_refused(connection: db.Connection, sql: Path) -> None:
    (sql / "migrations" / "0003_mart.sql").unlink()
    with pytest.raises(
        db.DatabaseError, match=r"^the database has the migration 0003_mart\.sql, which this version of Newswire does not"
    ):
        db.migrate(connection)


@pytest.mark.parametrize("name", ["4_more.sql", "0004-more.sql", "0004_More.sql", "0004_more.up.sql", "0004_.sql.sql"])
def test_a_misnamed_migration_is_refused(connection: db.Connection, sql: Path, name: str) -> None:
    (sql / "migrations" / name).write_text("select 1")
    with pytest.raises(db.DatabaseError, match=r"a migration is named like 0007_what_it_does\.sql"):
        db.migrate(connection)


@pytest.mark.parametrize("name", ["article.sql", "1_more.sql", "95_more-x.sql", "95_a; drop schema mart.sql"])
def test_a_misnamed_view_is_refused(connection: db.Connection, sql: Path, name: str) -> None:
    (sql / "views" / name).write_text("select 1")
    with pytest.raises(db.DatabaseError, match=r"a view's file is named like 10_article\.sql"):
        db.migrate(connection)


def test_a_new_migration_is_applied_once(connection: db.Connection, sql: Path) -> None:
    (sql / "migrations" / "0098_more.sql").write_text("create table core.more (percent text default '100%');")
    assert not db.is_migrated(connection)
    assert db.migrate(connection) == ["0098_more.sql"]
    assert db.migrate(connection) == []
    assert db.is_migrated(connection)


def test_a_migration_that_fails_leaves_no_half_of_it_nor_of_those_before_it(connection: db.Connection, sql: Path) -> None:
    before = everything(connection)
    (sql / "migrations" / "0098_good.sql").write_text("create table core.good ();")
    (sql / "migrations" / "0099_bad.sql").write_text("create table core.half ();\nselect no_such_function();")
    with pytest.raises((psycopg2.Error, db.DatabaseError), match="no_such_function"):
        db.migrate(connection)
    assert everything(connection) == before
    assert not db.is_migrated(connection)
    (sql / "migrations" / "0099_bad.sql").write_text("create table core.half ();")
    assert db.migrate(connection) == ["0098_good.sql", "0099_bad.sql"]


def test_views_are_made_anew_in_the_form_of_their_files(connection: db.Connection, sql: Path) -> None:
    path = sql / "views" / "40_reading.sql"
    text = path.read_text(encoding="utf-8").replace(
        "reading.article_id, article.source,", "article.source, reading.article_id,", 1
    )
    path.write_text(text, encoding="utf-8")
    assert db.migrate(connection) == []
    statement = "select attname from pg_attribute where attrelid = 'mart.reading'::regclass and attnum = 1"
    assert value(connection, statement) == "source"


def test_somebody_elses_view_on_ours_is_named_and_nothing_is_changed(connection: db.Connection) -> None:
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("create schema bureau")
        cursor.execute("create view bureau.weekly as select source, count(*) from mart.article group by source")
    before = everything(connection)
    with pytest.raises(db.DatabaseError, match=r"bureau\.weekly") as caught:
        db.migrate(connection)
    assert "\n" not in str(caught.value)
    assert everything(connection) == before
    assert value(connection, "select count(*) from bureau.weekly") == 0


def test_two_processes_migrate_one_database_at_once(empty_url: str) -> None:
    code = "import sys; from newswire import db; print(len(db.migrate(db.connect(sys.argv[1]))))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "plugins")}
    command = [sys.executable, "-W", "ignore::ResourceWarning", "-c", code, empty_url]
    running = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    ended = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], ended
    assert sorted(int(out) for out, _ in ended) == [0, 0, len(list((db.SQL / "migrations").glob("*.sql")))]


def test_the_folder_of_sql_may_stand_elsewhere(tmp_path: Path) -> None:
    shutil.copytree(db.SQL, tmp_path / "elsewhere")
    shutil.copytree(ROOT / "plugins" / "newswire", tmp_path / "lib" / "newswire")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "lib"), "NEWSWIRE_SQL": str(tmp_path / "elsewhere")}
    code = "from newswire import db; print(db.__file__); print(db.query('lock_verdicts'))"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert str(tmp_path / "lib") in done.stdout
    assert "pg_advisory_xact_lock" in done.stdout
