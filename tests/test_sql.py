from __future__ import annotations

import ast
import re
from pathlib import Path

import psycopg2
import pytest

from newswire import db

ROOT = Path(__file__).parents[1]
FILES = sorted(db.SQL.rglob("*.sql"))
QUERIES = sorted((db.SQL / "queries").glob("*.sql"))
VIEWS = sorted((db.SQL / "views").glob("*.sql"))
FUNCTIONS = sorted((db.SQL / "functions").glob("*.sql"))
CODE = sorted([*(ROOT / "plugins").rglob("*.py"), *(ROOT / "dags").rglob("*.py")])

OURS = "n.nspname in ('raw', 'core', 'mart') or c.oid = 'public.newswire_migration'::regclass"


def name_of(path: Path) -> str:
    return path.relative_to(db.SQL).as_posix()


def column(connection: db.Connection, statement: str) -> list[str]:
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


def refused(connection: db.Connection, statement: str) -> bool:
    """Run it as the analyst; return whether it was refused for want of a right."""
    try:
        with db.transaction(connection), connection.cursor() as cursor:
            cursor.execute("set local role analyst")
            cursor.execute(statement)
    except psycopg2.errors.InsufficientPrivilege:
        return True
    return False


# Files


def test_there_are_files_of_each_kind() -> None:
    assert {path.parent.name for path in FILES} == {"migrations", "views", "functions", "queries", "checks"}
    assert len(QUERIES) > 30


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_the_first_line_says_what_a_file_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.match(r"-- \S.{14,}\n", text)
    comment = re.match(r"(?:-- (?!severity:).*\n)+", text)
    assert comment
    assert comment[0].endswith((".\n", ":\n"))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_is_lower_case_with_its_words_apart(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    bare = re.sub(r"--[^\n]*|'(?:[^']|'')*'", "", text)
    assert not re.search(r"[A-Z]", bare)
    assert "\t" not in text
    assert "\r" not in text
    assert not re.search(r" +$", text, re.MULTILINE)
    assert text.endswith("\n")


@pytest.mark.parametrize("path", QUERIES, ids=name_of)
def test_a_query_is_one_statement(path: Path) -> None:
    bare = re.sub(r"--[^\n]*|'(?:[^']|'')*'", "", path.read_text(encoding="utf-8"))
    assert ";" not in bare


def strings(path: Path) -> set[str]:
    return {
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def asked_for(path: Path) -> set[str]:
    """The names of statements that a module asks `db` for."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    of_db = [call for call in calls if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "db"]
    statements = [call for call in of_db if call.func.attr in ("row", "rows", "run", "run_values", "query")]
    arguments = [call.args[0 if call.func.attr == "query" else 1] for call in statements]
    return {argument.value for argument in arguments if isinstance(argument, ast.Constant)}


@pytest.mark.parametrize("path", QUERIES, ids=name_of)
def test_every_query_is_used(path: Path) -> None:
    assert any(path.stem in strings(module) for module in CODE)


def test_every_query_that_is_asked_for_exists() -> None:
    asked = set().union(*map(asked_for, CODE))
    assert len(asked) > 30
    assert asked <= {path.stem for path in QUERIES}


@pytest.mark.parametrize("path", VIEWS, ids=name_of)
def test_a_view_is_named_by_its_file(path: Path) -> None:
    made = re.findall(r"^create (?:materialized )?view (\S+) as$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert made == [f"mart.{path.stem.partition('_')[2]}"]


@pytest.mark.parametrize("path", FUNCTIONS, ids=name_of)
def test_a_function_is_named_by_its_file(path: Path) -> None:
    made = re.findall(r"^create function (\w+\.\w+)\($", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert made == [f"mart.{path.stem}"]


# What they make


def test_every_schema_table_view_and_column_says_what_it_is(connection: db.Connection) -> None:
    silent = column(
        connection,
        f"""
        select n.nspname || '.' || c.relname
        from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        where ({OURS}) and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
            and obj_description(c.oid, 'pg_class') is null
        union all
        select n.nspname || '.' || c.relname || '.' || a.attname
        from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where ({OURS}) and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition and col_description(c.oid, a.attnum) is null
        union all
        select nspname::text from pg_namespace
        where nspname in ('raw', 'core', 'mart') and obj_description(oid, 'pg_namespace') is null
        union all
        select p.oid::regprocedure::text
        from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
        where n.nspname in ('raw', 'core', 'mart') and obj_description(p.oid, 'pg_proc') is null
        """,
    )
    assert silent == []


def test_mart_holds_the_views_of_the_files_and_nothing_else(connection: db.Connection) -> None:
    there = column(
        connection, "select c.relname from pg_class as c where c.relnamespace = 'mart'::regnamespace and c.relkind <> 'i'"
    )
    assert sorted(there) == sorted(path.stem.partition("_")[2] for path in VIEWS)


def test_every_time_has_a_zone(connection: db.Connection) -> None:
    naive = column(
        connection,
        "select table_name || '.' || column_name from information_schema.columns"
        " where table_schema in ('raw', 'core', 'mart') and data_type = 'timestamp without time zone'",
    )
    assert naive == []


def test_this_month_and_the_next_have_their_partitions(connection: db.Connection) -> None:
    months = (
        "select to_char(date_trunc('month', now() at time zone 'UTC') + number * interval '1 month', '\"page_\"YYYY_MM')"
        " from generate_series(0, 1) as number"
    )
    there = column(connection, "select relname from pg_class where relispartition and relkind = 'r'")
    assert set(column(connection, months)) <= set(there)


# The analyst


def test_the_analyst_reads_every_view(connection: db.Connection) -> None:
    for path in VIEWS:
        assert not refused(connection, f"select * from mart.{path.stem.partition('_')[2]}"), path.name


def test_the_analyst_reads_nothing_else(connection: db.Connection) -> None:
    tables = column(
        connection,
        "select n.nspname || '.' || c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace"
        f" where ({OURS}) and n.nspname <> 'mart' and c.relkind in ('r', 'p')",
    )
    assert len(tables) > 10
    assert [table for table in tables if not refused(connection, f"select from {table}")] == []


@pytest.mark.parametrize(
    "statement",
    [
        "insert into core.run (verb, caller) values ('x', 'x')",
        "update mart.run set verb = 'x'",
        "delete from mart.run",
        "update mart.article set title = 'x'",
        "truncate core.article",
        "drop view mart.gap",
        "create view mart.mine as select 1",
        "create table public.mine ()",
        "create schema mine",
        "select raw.ensure_partitions(now(), now())",
    ],
)
def test_the_analyst_changes_nothing(connection: db.Connection, statement: str) -> None:
    try:
        assert refused(connection, statement)
    except psycopg2.errors.ObjectNotInPrerequisiteState:
        assert "mart.article" in statement  # a view over a join cannot be written by anybody


def test_the_analyst_is_no_login(connection: db.Connection) -> None:
    statement = "select concat_ws(' ', rolcanlogin, rolsuper, rolcreaterole, rolcreatedb) from pg_roles where rolname = 'analyst'"
    assert column(connection, statement) == ["f f f f"]
