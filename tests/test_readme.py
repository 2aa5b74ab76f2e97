"""README's answers are what a reader gets: every statement of "Ask the rows", run by psql on the rows of the demonstration."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from newswire import db, deduplication, fetch, language, pipeline, search, sources
from newswire.local import demo
from newswire.local.postgres import Cluster
from newswire.window import moment, window
from tests.killing import fetching
from tests.site.server import SampleSite

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("\n## Ask the rows\n")[2].partition("\n## ")[0]
DAYS = window("2026-02-16", "2026-02-21", None)


def blocks(kind: str) -> list[str]:
    """Return what stands between the fences of one kind of block in the section."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)


def asked() -> dict[str, tuple[str, str]]:
    """Question → statement, and the answer that is printed below it."""
    parts = re.split(r"^-- ", "".join(blocks("sql")), flags=re.MULTILINE)[1:]
    return {title: (sql.rstrip(), answer.strip("\n")) for title, _, rest in (part.partition("\n") for part in parts)
            for sql, _, answer in [rest.partition("\n\n")]}  # fmt: skip


def ingest(connection: db.Connection, site: SampleSite, name: str, feeds: list[str], *, refetch: bool) -> None:
    source = sources.load(name)
    with fetch.Client(fetching(site.url), source.politeness) as client:
        for feed in feeds:
            pipeline.discover(connection, source, source.feed(feed), DAYS, client)
        plan = pipeline.plan(connection, source, feeds, window=DAYS, refetch=refetch)
        pipeline.fetch(connection, source, plan.numbers, client, planned_at=plan.planned_at)
    pipeline.normalise(connection, source, feeds, language.judge)


@pytest.fixture(scope="module")
def news_url(cluster: Cluster) -> str:
    """Address of a database with the rows of `make demo`, by the same verbs without Airflow."""
    url = cluster.ensure_database("readme_news")
    connection = db.connect(url)
    db.migrate(connection)
    with SampleSite() as site:
        for visit, refetch in ((demo.FIRST_VISIT, False), (demo.SECOND_VISIT, True)):
            site.now = moment(visit)
            for _, dag, conf in demo.INGEST:
                feeds = [str(feed) for feed in conf["feeds"]]  # type: ignore[attr-defined]  # a list, among other values
                ingest(connection, site, dag.removeprefix("ingest_"), feeds, refetch=refetch)
    deduplication.deduplicate(connection)
    search.index(connection)
    pipeline.refresh(connection)
    connection.close()
    return url


def bare(printed: str) -> list[str]:
    return [line.rstrip() for line in printed.strip("\n").splitlines()]


def test_ten_questions_are_asked() -> None:
    assert len(asked()) == 10
    assert all(sql.endswith(";") and answer for sql, answer in asked().values())


@pytest.mark.parametrize("question", asked())
def test_psql_prints_what_the_readme_says(cluster: Cluster, news_url: str, question: str) -> None:
    sql, answer = asked()[question]
    command = [str(cluster.binary("psql")), "-X", "-v", "ON_ERROR_STOP=1", "-P", "pager=off", "-c", sql, news_url]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PGCLIENTENCODING": "UTF8"})
    assert done.stderr == ""
    assert bare(done.stdout) == bare(answer)


def test_an_answer_does_not_depend_on_the_readers_time_zone(cluster: Cluster, news_url: str) -> None:
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        for sql, answer in asked().values():
            command = [str(cluster.binary("psql")), "-X", "-P", "pager=off", "-c", sql, news_url]
            done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "PGTZ": zone})
            assert bare(done.stdout) == bare(answer), (zone, sql)


def test_the_python_example_prints_what_the_readme_says(news_url: str) -> None:
    (program,) = blocks("python")
    answer = SECTION.partition(program)[2].split("```")[2]
    env = {**os.environ, "NEWSWIRE_DATABASE_URL": news_url}
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False, env=env)
    assert (done.stderr, bare(done.stdout)) == ("", bare(answer))


def test_the_grafana_query_runs(cluster: Cluster, news_url: str) -> None:
    (query,) = re.findall(r"`(select day::timestamptz as time.*?)`", SECTION, re.DOTALL)
    sql = query.replace("$__timeFilter(day)", "day between '2026-02-16T00:00:00Z' and '2026-02-20T00:00:00Z'")
    command = [str(cluster.binary("psql")), "-X", "-At", "-c", sql, news_url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) > 5
