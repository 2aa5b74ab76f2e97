"""The Dags: found, wired as they should be, and run for real with dag.test on a PostgreSQL of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from newswire import db, pipeline, sources
from newswire.local import airflow
from newswire.local.postgres import Cluster
from tests.installed import DAYS, Airflow, installed, query
from tests.site.expected import expected_articles, expected_posts
from tests.site.fresh_site import FreshSite
from tests.site.reply import page
from tests.site.troubles import TROUBLES

HEAVY = ("bs4", "feedparser", "lingua", "py3langid", "langdetect", "trafilatura", "selectolax.parser", "rich", "apprise")

DESCRIBE = textwrap.dedent(
    """
    import json, sys
    from airflow.configuration import conf
    from airflow.dag_processing.dagbag import DagBag
    sys.path.append(conf.get("core", "dags_folder"))
    def backoff(task):
        return task.partial_kwargs["retry_exponential_backoff"] if task.is_mapped else task.retry_exponential_backoff

    before = set(sys.modules)
    bag = DagBag(dag_folder=conf.get("core", "dags_folder"), bundle_name="dags-folder")
    print(json.dumps({
        "errors": {str(path): text for path, text in bag.import_errors.items()},
        "loaded": sorted(set(sys.modules) - before),
        "dags": {
            dag.dag_id: {
                "timetable": type(dag.timetable).__name__,
                "zone": str(getattr(dag.timetable, "_timezone", "")),
                "catchup": dag.catchup, "max_active_runs": dag.max_active_runs, "doc": dag.doc_md or "",
                "tags": sorted(dag.tags), "params": sorted(dag.params),
                "tasks": {
                    task.task_id: {
                        "retries": task.retries,
                        "backoff": backoff(task),
                        "timeout": task.execution_timeout is not None,
                        "pool": task.pool, "named": not task.is_mapped or bool(task.partial_kwargs.get("map_index_template")),
                    }
                    for task in dag.tasks
                },
            }
            for dag in bag.dags.values()
        },
    }))
    """
)


@pytest.fixture(scope="module")
def installation(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    with installed(cluster, tmp_path_factory.mktemp("airflow"), "dags") as one:
        yield one


@pytest.fixture(scope="module")
def described(installation: Airflow) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", DESCRIBE], env=installation.env, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert found["errors"] == {}
    ingest = {f"ingest_{name}" for name in sources.names()}
    assert set(found["dags"]) == ingest | {"deduplicate", "quality", "export", "reprocess", "live_check", "maintain"}
    return found


def tasks(described: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for dag_id, dag in described["dags"].items():
        for task_id, task in dag["tasks"].items():
            yield f"{dag_id}.{task_id}", task


def test_parsing_dag_files_loads_nothing_heavy(described: dict[str, Any]) -> None:
    assert "newswire.sources.unn" in described["loaded"]
    assert not set(HEAVY) & set(described["loaded"])


def test_every_task_ends_in_time_and_network_tasks_are_tried_again_with_growing_pauses(described: dict[str, Any]) -> None:
    for name, task in tasks(described):
        assert task["timeout"], name
        assert task["retries"], f"{name} would fail its run when a worker is killed under it"
        assert task["named"], f"{name} is mapped, but its instances have no names"
        if name.endswith((".discover", ".fetch", ".normalise", ".deduplicate", ".export")):
            assert task["retries"] >= 2, name
            assert task["backoff"] > 1, name


def test_requests_to_one_publisher_go_through_its_pool(described: dict[str, Any], installation: Airflow) -> None:
    pools = json.loads((Path(installation.env["AIRFLOW_HOME"]) / "pools.json").read_text())
    for source in sources.load_all():
        found = described["dags"][f"ingest_{source.name}"]["tasks"]
        assert {found["discover"]["pool"], found["fetch"]["pool"]} == {f"newswire_{source.name}"}
        assert pools[f"newswire_{source.name}"]["slots"] == source.politeness.concurrency


def test_ingest_dags_run_daily_over_data_intervals_of_kyiv_without_holes(described: dict[str, Any]) -> None:
    for name in sources.names():
        dag = described["dags"][f"ingest_{name}"]
        assert (dag["timetable"], dag["catchup"], dag["max_active_runs"]) == ("CronDataIntervalTimetable", False, 1)
        assert "Europe/Kyiv" in dag["zone"]
        assert {"start", "end", "feeds", "limit", "refetch", "dry_run"} <= set(dag["params"])


def test_every_dag_tells_its_operator_what_to_do_when_it_is_red(described: dict[str, Any]) -> None:
    for dag_id, dag in described["dags"].items():
        assert "When it is red" in dag["doc"], dag_id
        assert "newswire" in dag["tags"], dag_id


def test_each_quality_rule_is_a_named_task(described: dict[str, Any]) -> None:
    assert described["dags"]["quality"]["tasks"]["check"]["named"]
    assert pipeline.checks()


def test_the_dags_take_the_sample_site_into_postgresql(installation: Airflow) -> None:
    with airflow.one_shot(installation.env, installation.home / "oneshot.log") as process:
        process.run("ingest_unn", {**DAYS, "feeds": ["uk", "ru", "en"]})
        process.run("ingest_telegram", {**DAYS, "feeds": ["nw_sample_news", "nw_sample_live"]})
        process.run("deduplicate", {})
        process.run("quality", {})
        process.run("export", DAYS)
        before = query(installation.news_url, "select article_id, revision, updated_at from core.article order by 1")
        process.run("ingest_unn", {**DAYS, "feeds": ["uk", "ru", "en"]})
        with pytest.raises(airflow.AirflowError, match="refused: Invalid input for param feeds"):
            process.run("ingest_unn", {**DAYS, "feeds": ["xx"]})
        with pytest.raises(airflow.AirflowError, match="'feeds'"):
            process.run("ingest_unn", {"start": DAYS["end"], "end": DAYS["start"], "feeds": ["uk"]})
    site = {article.url for article in expected_articles()}
    channels = ("nw_sample_news", "nw_sample_live")
    posts = {post.url for post in expected_posts() if post.channel in channels and post.kind not in ("service", "unsupported")}
    stored = {row["url"] for row in query(installation.news_url, "select url from core.article")}
    assert stored == site | posts
    outcomes = {row["url"]: row["outcome"] for row in query(installation.news_url, "select url, outcome from raw.announcement")}
    assert {url: outcomes.get(url) for url in TROUBLES if url in outcomes} == {
        url: outcome for url, outcome in TROUBLES.items() if url in outcomes
    }
    assert len(outcomes.keys() & TROUBLES.keys()) >= 15
    assert query(installation.news_url, "select article_id from core.duplicate")
    checked = query(installation.news_url, "select distinct name from core.check_result")
    assert {row["name"] for row in checked} == set(pipeline.checks())
    assert sorted(path.name for path in (installation.home / "export").iterdir()) == [f"2026-02-{day}" for day in range(16, 21)]
    assert before == query(installation.news_url, "select article_id, revision, updated_at from core.article order by 1")
    runs = query(installation.news_url, "select caller, state from core.run where verb = 'discover'")
    assert all(row["caller"].startswith("airflow ingest_") for row in runs)


def test_an_unreachable_site_makes_the_run_red_with_one_clear_line(installation: Airflow) -> None:
    env = {**installation.env, "NEWSWIRE_HOSTS": "unn.ua=http://127.0.0.1:9"}
    log = installation.home / "unreachable.log"
    with (
        airflow.one_shot(env, log) as process,
        pytest.raises(airflow.AirflowError, match="settle"),
    ):
        process.run("ingest_unn", {"start": "2026-03-01T00:00:00+02:00", "end": "2026-03-02T00:00:00+02:00", "feeds": ["uk"]})
    assert "unn (uk): unreachable at unn.ua: " in log.read_text()


ONE_DAY = {"start": "2026-02-20T00:00:00+02:00", "end": "2026-02-21T00:00:00+02:00", "feeds": ["en"]}


def told(installation: Airflow) -> int:
    """Return how often it was said that there are new or changed articles."""
    url = installation.env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].replace("+psycopg2", "")
    statement = "select count(*) from asset_event join asset on asset.id = asset_id where asset.name = 'newswire_articles'"
    return int(query(url, statement)[0]["count"])


def test_kept_pages_are_read_again_and_duplicates_follow_only_where_something_changed(installation: Airflow) -> None:
    log = installation.home / "reprocess.log"
    misread = (
        "update core.article set title = 'Misread', content_hash = '' where article_id = any(array(%s)) returning article_id"
    )
    newest = "select article_id from core.article where source = 'unn' and feed = 'en' order by published_at desc limit 1"
    with airflow.one_shot(installation.env, log) as process:
        process.run("ingest_unn", ONE_DAY)
        changed(installation.news_url, misread % newest)
        before = told(installation)
        process.run("reprocess", {"source": "unn", "feeds": ["en"]})
        assert told(installation) == before
        assert titles(installation) == {"Misread"}
        assert "  - Misread" in log.read_text()
        process.run("reprocess", {"source": "unn", "feeds": ["en"], "dry_run": False})
        assert told(installation) == before + 1
        assert "Misread" not in titles(installation)
        process.run("reprocess", {"source": "unn", "feeds": ["en"], "dry_run": False})
        assert told(installation) == before + 1
    revisions = query(installation.news_url, "select cause from core.article_revision where title = 'Misread'")
    assert revisions == [{"cause": "parser"}]


def titles(installation: Airflow) -> set[str]:
    statement = "select title from core.article where source = 'unn' and feed = 'en' order by published_at desc limit 1"
    return {row["title"] for row in query(installation.news_url, statement)}


def changed(url: str, statement: str) -> None:
    connection = db.connect(url)
    with db.transaction(connection):
        db.select(connection, statement)
    connection.close()


def test_a_wrong_wish_to_read_pages_again_fails_at_once_with_a_sentence(installation: Airflow) -> None:
    log = installation.home / "wrong.log"
    with airflow.one_shot(installation.env, log) as process:
        with pytest.raises(airflow.AirflowError, match="refused: Invalid input for param source"):
            process.run("reprocess", {"source": "nobody"})
        with pytest.raises(airflow.AirflowError, match="refused: Invalid input for param outcomes"):
            process.run("reprocess", {"source": "unn", "outcomes": ["gone"]})
        with pytest.raises(airflow.AirflowError, match="'reprocess'"):
            process.run("reprocess", {"source": "unn", "start": DAYS["end"], "end": DAYS["start"]})
        with pytest.raises(airflow.AirflowError, match="'reprocess'"):
            # dag.test leaves a run's wishes with the Dag: what the run before named is named again
            process.run("reprocess", {"source": "unn", "start": None, "end": None, "feeds": ["xx"]})
    assert "before it starts" in log.read_text()
    assert "unn has no feed 'xx'; it has: uk, ru, en" in log.read_text()


def test_a_source_that_has_moved_fails_the_live_check_with_its_lines_and_one_that_is_fine_does_not(installation: Airflow) -> None:
    log = installation.home / "live.log"
    with FreshSite() as fresh:
        env = {**installation.env, "NEWSWIRE_HOSTS": f"unn.ua={fresh.url}"}
        with airflow.one_shot(env, log) as process:
            process.run("live_check", {"sources": ["unn"]})
            assert "announced in 24 hours, 5 fetched now" in log.read_text()
            fresh.bent["/rss/news_uk.xml"] = page("<html><body>Not Found</body></html>", 404)
            with pytest.raises(airflow.AirflowError, match="'live'"):
                process.run("live_check", {"sources": ["unn"]})
    assert "unn (moved): uk: gone at https://unn.ua/rss/news_uk.xml" in log.read_text()
