"""PostgreSQL: connections, SQL from files, migrations."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.errors
import psycopg2.extensions
import psycopg2.extras

Connection = psycopg2.extensions.connection

SQL = Path(os.environ.get("NEWSWIRE_SQL") or Path(__file__).parents[2] / "sql")
"""The folder of all SQL. NEWSWIRE_SQL says where it is when the library stands elsewhere than in plugins/."""

MIGRATION_LOCK = 7468
"""Advisory lock under which migrations run: two at once would collide on every `create`."""

CONNECT_SECONDS = 10
"""A database that does not answer in this time is reported as unreachable."""

_MIGRATION_NAME = re.compile(r"\d{4}_[a-z0-9_]+\.sql")


class DatabaseError(Exception):
    """The database cannot be reached, or is not what this version of Newswire expects. The message is for a person."""


def connect(url: str) -> Connection:
    """Open a connection in UTC, not in autocommit.

    Raises:
        DatabaseError: no database answers there.
    """
    try:
        # said here, because PGCLIENTENCODING and PGOPTIONS of the environment are meant for other programs
        connection = psycopg2.connect(
            url, connect_timeout=CONNECT_SECONDS, application_name="newswire", client_encoding="UTF8", options="-c timezone=UTC"
        )
    except psycopg2.Error as error:
        raise DatabaseError(f"the database cannot be reached: {' '.join(str(error).split())}") from error
    psycopg2.extras.register_default_jsonb(connection)
    return connection


@functools.cache
def query(name: str) -> str:
    """Return the statement of `sql/queries/NAME.sql`.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return (SQL / "queries" / f"{name}.sql").read_text(encoding="utf-8")


def rows(connection: Connection, name: str, /, **values: Any) -> list[dict[str, Any]]:
    """Run the named statement and return its rows as dictionaries."""
    with connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
        cursor.execute(query(name), values)
        return [dict(row) for row in cursor.fetchall()]


def select(connection: Connection, statement: str) -> list[dict[str, Any]]:
    """Run a statement without parameters (a check's file) and return its rows as dictionaries."""
    with connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
        cursor.execute(statement)
        return [dict(row) for row in cursor.fetchall()]


def dumps(value: Any) -> str:
    """Return a row's values as JSON: times in ISO 8601, bytes in hexadecimal."""
    return json.dumps(value, ensure_ascii=False, default=_json_value)


def _json_value(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value)


def row(connection: Connection, name: str, /, **values: Any) -> dict[str, Any] | None:
    """Run the named statement and return its only row, or None."""
    found = rows(connection, name, **values)
    return found[0] if found else None


def run(connection: Connection, name: str, /, **values: Any) -> int:
    """Run the named statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(query(name), values)
        return cursor.rowcount


def run_values(connection: Connection, name: str, /, table: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Run the named statement once over a whole table of values (`values %s` in the file); return what it returns."""
    if not table:
        return []
    with connection.cursor() as cursor:
        returns = re.search(r"\breturning\b", query(name)) is not None
        found = psycopg2.extras.execute_values(cursor, query(name), table, page_size=len(table), fetch=returns)
        return list(found) if returns else []


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Commit what happens inside, or roll all of it back."""
    with connection:
        yield


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """Within a transaction: keep what happens inside, or roll back that alone."""
    with connection.cursor() as cursor:
        cursor.execute("savepoint step")
        try:
            yield
        except BaseException:
            cursor.execute("rollback to savepoint step")
            raise
        cursor.execute("release savepoint step")


INVALID = psycopg2.errors.InvalidParameterValue
"""What a function of ours raises over an argument that it does not take."""

UNSTORABLE = (psycopg2.DataError, psycopg2.errors.ProgramLimitExceeded, ValueError)
"""What a value raises that no column takes: a number out of range, a key too long for an index, half a character, a NUL."""


def migrate(connection: Connection) -> list[str]:
    """Apply the migrations that are new, make the views and functions of mart anew, and return the names of what was applied.

    Each file of `sql/migrations` is applied once, in the order of its name, and never edited afterwards.

    Raises:
        DatabaseError: a migration that was applied has been edited or is missing, a file is misnamed, or a view of
            somebody else's stands on one of ours. Nothing was changed.
    """
    with transaction(connection), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
        cursor.execute("create table if not exists public.newswire_migration (name text primary key, sha256 text not null)")
        cursor.execute("comment on table public.newswire_migration is 'Applied files of sql/migrations, with their SHA-256.'")
        cursor.execute("comment on column public.newswire_migration.name is 'File name.'")
        cursor.execute("comment on column public.newswire_migration.sha256 is 'SHA-256 of the file when it was applied.'")
        cursor.execute("select name, sha256 from public.newswire_migration")
        applied = dict(cursor.fetchall())
        files = _migrations()
        _check_history(files, applied)
        new = [path for path in files if path.name not in applied]
        for path in new:
            text = path.read_text(encoding="utf-8")
            cursor.execute(text)
            cursor.execute("insert into public.newswire_migration (name, sha256) values (%s, %s)", (path.name, _sha256(path)))
        cursor.execute("select raw.ensure_partitions(now(), now() + interval '1 month')")
        _make_views(cursor)
    return [path.name for path in new]


def is_migrated(connection: Connection) -> bool:
    """Return whether every migration of this version has been applied."""
    with transaction(connection), connection.cursor() as cursor:
        cursor.execute("select to_regclass('public.newswire_migration') is not null")
        if cursor.fetchone() != (True,):
            return False
        cursor.execute("select name from public.newswire_migration")
        applied = {name for (name,) in cursor.fetchall()}
    return {path.name for path in _migrations()} <= applied


def _migrations() -> list[Path]:
    files = sorted((SQL / "migrations").glob("*.sql"))
    for path in files:
        if not _MIGRATION_NAME.fullmatch(path.name):
            raise DatabaseError(f"{path.name}: a migration is named like 0007_what_it_does.sql")
    return files


def _check_history(files: list[Path], applied: dict[str, str]) -> None:
    here = {path.name: path for path in files}
    for name, sha256 in applied.items():
        if name not in here:
            raise DatabaseError(f"the database has the migration {name}, which this version of Newswire does not know")
        if _sha256(here[name]) != sha256:
            raise DatabaseError(f"the migration {name} was edited after it was applied: write a new one instead")


def _make_views(cursor: psycopg2.extensions.cursor) -> None:
    files = sorted((SQL / "views").glob("*.sql"))
    # backwards and without cascade: a view of somebody else's that stands on ours stops this with its name in the error
    try:
        for path in reversed(files):
            _drop_view(cursor, _view_name(path))
    except psycopg2.errors.DependentObjectsStillExist as error:
        detail = " ".join((error.diag.message_detail or str(error)).split())
        raise DatabaseError(f"the views of mart cannot be made anew, drop what stands on them first: {detail}") from error
    for path in files:
        cursor.execute(path.read_text(encoding="utf-8"))
    _make_functions(cursor)
    cursor.execute("select core.grant_access()")


def _drop_view(cursor: psycopg2.extensions.cursor, name: str) -> None:
    # whatever it was before: a view that became slow is made a materialised one, and neither word drops the other
    cursor.execute("select relkind from pg_class where oid = to_regclass(%s)", (f"mart.{name}",))
    found = cursor.fetchone()
    if found:
        kind = "materialized view" if found[0] == "m" else "view"
        cursor.execute(f"drop {kind} mart.{name}")  # the name is a file's name, of letters only


def _make_functions(cursor: psycopg2.extensions.cursor) -> None:
    # dropped first: `create or replace` cannot change what a function returns
    for path in sorted((SQL / "functions").glob("*.sql")):
        if not re.fullmatch("[a-z_]+", path.stem):
            raise DatabaseError(f"{path.name}: a function's file is named like search.sql")
        try:
            cursor.execute(f"drop function if exists mart.{path.stem}")
        except psycopg2.errors.DependentObjectsStillExist as error:
            detail = " ".join((error.diag.message_detail or str(error)).split())
            raise DatabaseError(f"mart.{path.stem} cannot be made anew, drop what stands on it first: {detail}") from error
        cursor.execute(path.read_text(encoding="utf-8"))


def _view_name(path: Path) -> str:
    name = re.fullmatch(r"\d\d_([a-z_]+)", path.stem)
    if not name:
        raise DatabaseError(f"{path.name}: a view's file is named like 10_article.sql")
    return name[1]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
