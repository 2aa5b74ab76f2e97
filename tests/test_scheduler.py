"""Airflow as it runs for real, scheduler, Dag processor, triggerer and API server: alarms come out of it, and backfills go in."""

from __future__ import annotations

import shutil
import subprocess
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from newswire import settings
from newswire.local import airflow
from newswire.local.postgres import Cluster
from tests.installed import Airflow, installed, query
from tests.receiving import Hook, alerts
from tests.running import free_port, started, wait

FAILING = textwrap.dedent(
    '''
    """A Dag that fails in several ways, and one that is late."""

    import os
    import time
    from datetime import timedelta

    import newswire_alarms
    from airflow.sdk import dag, task
    from airflow.sdk.exceptions import AirflowFailException

    from wiring import DAG_ARGS


    @task(retries=0)
    def broken(number):
        raise AirflowFailException(f"part {number} is broken\\nsee https://who:secret@unn.ua/part?token=secret")


    @task(retries=0)
    def crashed():
        raise RuntimeError("the first line\\nthe second line quotes an article")


    @dag(dag_display_name="Several failures", schedule=None, **DAG_ARGS)
    def failing():
        broken.expand(number=[1, 2])
        crashed()


    @task(retries=0)
    def waiting():
        while not os.path.exists(os.environ["GO_ON"]):
            time.sleep(0.5)


    @dag(schedule=None, deadline=newswire_alarms.deadline("Too slow", timedelta(seconds=1)), **DAG_ARGS)
    def late():
        waiting()


    failing()
    late()
    '''
)


@dataclass(frozen=True)
class Running:
    ours: Airflow
    env: dict[str, str]
    hook: Hook

    def command(self, *arguments: str) -> str:
        done = subprocess.run(airflow.command(*arguments), env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def runs(self, dag: str) -> list[str]:
        """Return the states of a Dag's runs, oldest first."""
        url = self.env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].replace("+psycopg2", "")
        return [row["state"] for row in query(url, f"select state from dag_run where dag_id = '{dag}' order by id")]

    def wait(self, is_done: Callable[[], bool], what: str) -> None:
        wait(is_done, lambda: f"{what}: {self.hook.messages}")


@pytest.fixture(scope="module")
def running(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("scheduler")
    port = free_port()
    dags = home / "dags"
    shutil.copytree(settings.ROOT / "dags", dags, ignore=shutil.ignore_patterns("__pycache__"))
    (dags / "failing.py").write_text(FAILING)
    with installed(cluster, home, "scheduler", port) as ours, Hook() as hook:
        env = {
            **ours.env,
            **alerts(f"json://127.0.0.1:{hook.port}/"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
            "GO_ON": str(home / "go-on"),
        }
        with ExitStack() as processes:
            for name in airflow.PROCESSES:
                processes.enter_context(started(airflow.command(name), env, home / f"{name}.log"))
            one = Running(ours, env, hook)
            metadata = env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].replace("+psycopg2", "")
            listed = "select count(*) from serialized_dag where dag_id in ('failing', 'late', 'ingest_unn')"
            one.wait(lambda: airflow._is_healthy(port) and query(metadata, listed)[0]["count"] == 3, "not ready")
            yield one


def test_a_failed_run_is_one_message_with_the_reasons_of_all_its_tasks(running: Running) -> None:
    running.command("dags", "unpause", "failing")
    running.command("dags", "trigger", "failing")
    running.wait(lambda: bool(running.hook.messages), "no message")
    assert running.runs("failing") == ["failed"]
    (message,) = running.hook.messages
    assert message["title"] == "Several failures: failed"
    *reasons, link = message["message"].splitlines()
    assert reasons == [
        "broken: part 1 is broken",
        "broken: see https://unn.ua/part",
        "broken: part 2 is broken",
        "crashed: RuntimeError: the first line",
    ]
    assert link.startswith(f"{running.env['AIRFLOW__API__BASE_URL']}/dags/failing/runs/manual__")


def test_a_run_that_is_late_is_one_message_while_it_still_runs(running: Running) -> None:
    running.hook.messages.clear()
    running.command("dags", "unpause", "late")
    running.command("dags", "trigger", "late")
    running.wait(lambda: bool(running.hook.messages), "no message")
    assert running.runs("late") == ["running"]
    Path(running.env["GO_ON"]).touch()
    running.wait(lambda: running.runs("late") == ["success"], "the late run does not end")
    (message,) = running.hook.messages
    assert message["title"] == "Too slow: late"
    what, link = message["message"].splitlines()
    assert what.startswith("was to be over by 2")
    assert link.startswith(f"{running.env['AIRFLOW__API__BASE_URL']}/dags/late/runs/manual__")


def test_a_backfill_over_past_days_fetches_what_is_missing_and_nothing_twice(running: Running) -> None:
    ours = running.ours
    days = ("--from-date", "2026-02-18", "--to-date", "2026-02-19", "--dag-run-conf", '{"feeds": ["en"]}')
    running.hook.messages.clear()
    running.command("dags", "unpause", "ingest_unn")
    running.command("backfill", "create", "--dag-id", "ingest_unn", *days)
    running.wait(lambda: backfills_ended(running) == 1, "the backfill does not end")
    stored = query(ours.news_url, "select url, published_at::date as day from core.article")
    assert len({row["day"] for row in stored}) >= 2
    pages = {urlsplit(row["url"]).path for row in stored}
    before = len(ours.site.requests)
    assert pages <= {served.path for served in ours.site.requests}
    running.command("backfill", "create", "--dag-id", "ingest_unn", *days, "--reprocess-behavior", "completed")
    running.wait(lambda: backfills_ended(running) == 2, "the second backfill does not end")
    again = [served.path for served in ours.site.requests[before:]]
    assert again
    assert not pages & set(again)
    assert running.hook.messages == []


def backfills_ended(running: Running) -> int:
    """Return how many backfills are over, with all of their runs successful."""
    url = running.env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].replace("+psycopg2", "")
    assert query(url, "select run_id from dag_run where run_type = 'backfill' and state = 'failed'") == []
    return int(query(url, "select count(*) from backfill where completed_at is not null")[0]["count"])
