"""Who may do what: the reader sees mart and changes nothing, the writer runs the verbs and owns nothing."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest

from newswire import db, deduplication, fetch, forget, pipeline, reprocess, retention, search, sources
from newswire.local.postgres import Cluster
from newswire.model import Window
from tests.killing import fetching, quick_detect
from tests.site.content import KYIV
from tests.site.server import SampleSite

WINDOW = Window(datetime(2026, 2, 16, tzinfo=KYIV), datetime(2026, 2, 21, tzinfo=KYIV))
_numbers = itertools.count()


def column(connection: db.Connection, statement: str) -> list[str]:
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


@contextmanager
def login(owner: db.Connection, url: str, role: str) -> Iterator[db.Connection]:
    """Open a connection of a new login that has one role and nothing else."""
    name = f"person_{next(_numbers)}"
    with db.transaction(owner), owner.cursor() as cursor:
        cursor.execute(f"create role {name} login password 'x' in role {role}")
    parts = urlsplit(url)
    opened = db.connect(urlunsplit(parts._replace(netloc=f"{name}:x@{parts.hostname}:{parts.port}")))
    try:
        yield opened
    finally:
        opened.close()
        owner.rollback()
        with db.transaction(owner), owner.cursor() as cursor:
            cursor.execute(f"drop role {name}")


@pytest.fixture
def migrated(connection: db.Connection) -> db.Connection:
    """The owner's connection. A database's own rights are not copied with its template: the migrate of each sets them."""
    db.migrate(connection)
    return connection


@pytest.fixture(params=["newswire_reader", "analyst"])
def reader(request: pytest.FixtureRequest, migrated: db.Connection, database_url: str) -> Iterator[db.Connection]:
    with login(migrated, database_url, request.param) as opened:
        yield opened


def refusal(connection: db.Connection, statement: str) -> str | None:
    """Return the class of the error that a statement is refused with; None when it is not."""
    try:
        with db.transaction(connection), connection.cursor() as cursor:
            cursor.execute("set transaction read write")  # the default is a courtesy, which anybody can switch off
            cursor.execute(statement)
    except psycopg2.Error as error:
        return type(error).__name__
    return None


RELATIONS = (
    "select format('%I.%I', relnamespace::regnamespace::text, relname) from pg_class where relkind in ('r', 'p', 'v', 'm')"
)


# --- the reader


def test_the_reader_reads_every_relation_of_mart(reader: db.Connection, migrated: db.Connection) -> None:
    there = column(migrated, RELATIONS + " and relnamespace = 'mart'::regnamespace")
    assert len(there) > 20
    assert [name for name in there if refusal(reader, f"select * from {name} limit 1")] == []


def test_the_reader_calls_every_function_of_mart(reader: db.Connection, migrated: db.Connection) -> None:
    there = column(migrated, "select oid::regprocedure::text from pg_proc where pronamespace = 'mart'::regnamespace")
    assert there
    allowed = [column(reader, f"select has_function_privilege('{name}', 'execute')") for name in there]
    assert allowed == [[True]] * len(there)
    assert refusal(reader, "select * from mart.search('міст')") is None


def test_the_reader_reads_no_other_relation_of_ours(reader: db.Connection, migrated: db.Connection) -> None:
    there = column(migrated, RELATIONS + " and relnamespace::regnamespace::text !~ '^(pg_|mart$|information_schema$)'")
    assert {"raw.page", "core.article", "public.newswire_migration", "core.forgotten"} <= set(there)
    assert {name: refusal(reader, f"select from {name}") for name in there} == dict.fromkeys(there, "InsufficientPrivilege")


def test_the_reader_calls_no_other_function_of_ours(reader: db.Connection, migrated: db.Connection) -> None:
    there = column(
        migrated,
        "select oid from pg_proc where pronamespace in ('raw'::regnamespace, 'core'::regnamespace, 'public'::regnamespace)",
    )
    assert len(there) > 15
    assert (
        column(reader, f"select oid from unnest(array{there}::oid[]) as oid where has_function_privilege(oid, 'execute')") == []
    )


@pytest.mark.parametrize(
    "statement",
    [
        "create table public.mine ()",
        "create table mart.mine ()",
        "create view mart.mine as select 1",
        "create temporary table mine ()",
        "create temporary view mine as select 1",
        "select 1 into temporary mine",
        "create schema mine",
        "create function pg_temp.mine() returns int language sql as 'select 1'",
        "create role mine",
        "insert into mart.hashtag values (1, 'x')",
        "update mart.hashtag set hashtag = 'x'",
        "delete from mart.run",
        "truncate mart.citation",
        "drop view mart.gap",
        "alter view mart.gap rename to mine",
        "refresh materialized view mart.citation",
        "comment on view mart.gap is 'mine'",
        "select core.refresh_mart()",
        "select raw.drop_pages('2020-01-01', 1, null)",
        "select nextval('core.article_article_id_seq')",
        "select lo_create(0)",
        "select lo_from_bytea(0, 'x')",
        "select pg_read_file('PG_VERSION')",
        "select pg_ls_dir('.')",
        "copy mart.gap to '/tmp/mine'",
        "copy mart.gap to program 'cat'",
        "set role newswire_writer",
        "select * from pg_authid",
        "load 'plpgsql'",
        "alter database postgres rename to mine",
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'newswire'",
    ],
)
def test_the_reader_changes_nothing_and_gets_at_no_file(reader: db.Connection, statement: str) -> None:
    found = refusal(reader, statement)
    assert found in ("InsufficientPrivilege", "WrongObjectType", "ObjectNotInPrerequisiteState"), found


def test_the_search_cannot_be_led_to_a_function_of_the_readers(reader: db.Connection) -> None:
    # it runs with its owner's rights: names in it are looked up in pg_catalog alone
    settings = column(reader, "select unnest(proconfig) from pg_proc where oid = 'mart.search'::regproc")
    assert "search_path=pg_catalog, pg_temp" in settings


def test_the_readers_own_login_has_a_time_out_and_begins_read_only(migrated: db.Connection, database_url: str) -> None:
    with db.transaction(migrated), migrated.cursor() as cursor:
        cursor.execute("alter role newswire_reader login password 'x'")
    try:
        parts = urlsplit(database_url)
        opened = db.connect(urlunsplit(parts._replace(netloc=f"newswire_reader:x@{parts.hostname}:{parts.port}")))
        assert column(opened, "show statement_timeout") == ["1min"]
        assert column(opened, "show default_transaction_read_only") == ["on"]
        assert column(opened, "show idle_in_transaction_session_timeout") == ["10min"]
        with pytest.raises(psycopg2.errors.QueryCanceled):
            column(opened, "set statement_timeout = 50; select pg_sleep(30)::text")
        opened.close()
    finally:
        with db.transaction(migrated), migrated.cursor() as cursor:
            cursor.execute("alter role newswire_reader nologin password null")


def shown(connection: db.Connection, url: str) -> list[str]:
    """Return the limits of a new session of this connection's login."""
    parts = urlsplit(url)
    opened = db.connect(urlunsplit(parts._replace(netloc=f"{connection.info.user}:x@{parts.hostname}:{parts.port}")))
    names = ("statement_timeout", "idle_in_transaction_session_timeout", "default_transaction_read_only")
    found = [column(opened, f"show {name}")[0] for name in names]
    opened.close()
    return found


def test_a_migrate_gives_the_logins_of_readers_a_time_out(
    reader: db.Connection, migrated: db.Connection, database_url: str
) -> None:
    assert shown(reader, database_url) == ["0", "0", "off"], "a role's settings do not pass to its members"
    db.migrate(migrated)
    assert shown(reader, database_url) == ["1min", "10min", "on"]
    db.migrate(migrated)
    assert shown(reader, database_url) == ["1min", "10min", "on"]


def test_a_time_out_that_somebody_chose_stays_and_a_writer_gets_none(migrated: db.Connection, database_url: str) -> None:
    with login(migrated, database_url, "newswire_reader") as reader, login(migrated, database_url, "newswire_writer") as writer:
        with db.transaction(migrated), migrated.cursor() as cursor:
            cursor.execute(f"alter role {reader.info.user} set statement_timeout = '5min'")
        db.migrate(migrated)
        assert shown(reader, database_url) == ["5min", "0", "off"]
        assert shown(writer, database_url) == ["0", "0", "off"]


def test_the_roles_are_no_logins_and_can_make_nothing(migrated: db.Connection) -> None:
    found = column(
        migrated,
        "select concat_ws(' ', rolname, rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls)"
        " from pg_roles where rolname like 'newswire\\__%' order by 1",
    )
    assert found == ["newswire_reader f f f f f f", "newswire_writer f f f f f f"]


# --- the writer


def test_the_writer_runs_every_verb_of_the_pipeline(migrated: db.Connection, database_url: str) -> None:
    with SampleSite() as site, login(migrated, database_url, "newswire_writer") as writer:
        assert db.is_migrated(writer)
        for name, feeds in (("unn", ["uk"]), ("telegram", ["nw_sample_news"])):
            source = sources.load(name)
            with fetch.Client(fetching(site.url), source.politeness) as client:
                for feed in feeds:
                    pipeline.discover(writer, source, source.feed(feed), WINDOW, client)
                plan = pipeline.plan(writer, source, feeds, window=WINDOW)
                pipeline.fetch(writer, source, plan.numbers, client, planned_at=plan.planned_at)
            pipeline.normalise(writer, source, feeds, quick_detect)
        deduplication.deduplicate(writer)
        search.index(writer)
        pipeline.refresh(writer)
        reprocess.reprocess(writer, sources.load("unn"), quick_detect)
        results = [pipeline.check(writer, name) for name in pipeline.checks()]
        assert [one.name for one in results if one.failed] == []
        with db.transaction(migrated), migrated.cursor() as cursor:
            cursor.execute("select raw.ensure_partitions('2020-01-05', '2020-01-05')")
        assert pipeline.maintain(writer, retention.Keep()).counts["dropped_months"] == 1
        (number,) = column(writer, "select min(article_id)::text from core.article")
        assert forget.forget(writer, number).articles == (int(number),)
        assert len(column(writer, "select url from mart.article")) > 30


@pytest.mark.parametrize(
    "statement",
    ["drop table core.run", "create table core.mine ()", "alter table core.article add column mine text", "create role mine",
     "drop view mart.gap", "update public.newswire_migration set sha256 = ''", "select pg_read_file('PG_VERSION')",
     "create temporary table mine ()", "truncate raw.page"],
)  # fmt: skip
def test_the_writer_changes_rows_and_no_tables(migrated: db.Connection, database_url: str, statement: str) -> None:
    with login(migrated, database_url, "newswire_writer") as writer:
        assert refusal(writer, statement) == "InsufficientPrivilege"


def test_the_writer_can_lay_its_rights_down(migrated: db.Connection, database_url: str) -> None:
    with login(migrated, database_url, "newswire_writer") as writer:
        assert refusal(writer, "set local role analyst; select from core.article") == "InsufficientPrivilege"
        assert refusal(writer, "set local role newswire_reader; select from mart.article") is None


# --- making the roles


def test_roles_that_another_database_has_made_are_used(cluster: Cluster) -> None:
    opened = db.connect(cluster.ensure_database(f"access_{next(_numbers)}"))
    db.migrate(opened)
    assert column(opened, "select has_table_privilege('newswire_reader', 'mart.article', 'select')") == [True]
    assert column(opened, "select has_table_privilege('newswire_writer', 'core.article', 'insert')") == [True]
    opened.close()


def test_an_owner_who_may_make_no_roles_migrates_all_the_same(cluster: Cluster) -> None:
    name = f"access_{next(_numbers)}"
    admin = db.connect(cluster.url())
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"create role owner_{name} login password 'x'")
        cursor.execute(f"create database {name} owner owner_{name}")
    parts = urlsplit(cluster.url(name))
    opened = db.connect(urlunsplit(parts._replace(netloc=f"owner_{name}:x@{parts.hostname}:{parts.port}")))
    db.migrate(opened)
    db.migrate(opened)
    assert column(opened, "select has_table_privilege('newswire_reader', 'mart.article', 'select')") == [True]
    assert column(opened, "select has_database_privilege('newswire_reader', current_database(), 'temporary')") == [False]
    opened.close()
    with admin.cursor() as cursor:
        cursor.execute(f"drop database {name} with (force)")
        cursor.execute(f"drop role owner_{name}")
    admin.close()


def test_two_databases_of_one_server_are_migrated_at_once(cluster: Cluster) -> None:
    urls = [cluster.ensure_database(f"access_{next(_numbers)}") for _ in range(2)]
    failures: list[BaseException] = []

    def migrate(url: str) -> None:
        opened = db.connect(url)
        try:
            for _ in range(3):
                db.migrate(opened)
        except (psycopg2.Error, db.DatabaseError) as error:
            failures.append(error)
        finally:
            opened.close()

    threads = [threading.Thread(target=migrate, args=(url,)) for url in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
