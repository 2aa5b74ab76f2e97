"""Alarms: what they say, that there is one for a run, that they go where the connection says and never make things worse."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

import newswire_alarms
from newswire import sources
from newswire.local import airflow
from newswire.local.postgres import Cluster
from tests.installed import Airflow, installed
from tests.receiving import Hook, alerts

SECRET = "s3cr3tT0ken"
NOTHING_CHOSEN = {"feeds": None, "start": None, "end": None}
"""What the form of `ingest_unn` refuses: `feeds` fails, and `settle` after it."""


@pytest.fixture(scope="module")
def ours(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    with installed(cluster, tmp_path_factory.mktemp("alarms"), "alarms") as one:
        yield one


def run(env: dict[str, str], code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], env=env, capture_output=True, text=True, check=True, timeout=120
    )


def fail_once(ours: Airflow, env: dict[str, str], name: str) -> str:
    """Run a Dag that fails, and return its log."""
    log = ours.home / name
    with airflow.one_shot({**ours.env, **env}, log) as process:
        with pytest.raises(airflow.AirflowError, match="ended as failed"):
            process.run("ingest_unn", NOTHING_CHOSEN)
        started = psutil.Process(process.process.pid).children(recursive=True)
    _, alive = psutil.wait_procs(started, timeout=10)
    assert alive == [], "a task outlives the process that ran it"
    return log.read_text()


def test_a_failed_run_is_one_message_with_the_source_what_happened_and_a_link(ours: Airflow) -> None:
    with Hook() as hook:
        fail_once(ours, alerts(f"json://127.0.0.1:{hook.port}/"), "told.log")
    assert len(hook.messages) == 1
    (message,) = hook.messages
    assert message["type"] == "failure"
    assert message["title"] == f"Ingest {sources.load('unn').title}: failed"
    what, link = message["message"].splitlines()
    assert what == "settle failed"
    assert re.fullmatch(r"http://127\.0\.0\.1:8080/dags/ingest_unn/runs/manual__2[\w%.-]+", link)


def test_without_the_connection_an_alarm_is_logged_and_nothing_else_happens(ours: Airflow) -> None:
    log = fail_once(ours, {}, "unconfigured.log")
    assert "newswire_alerts: an alarm is only here: there is no such connection\nIngest" in log
    assert "Callback failed" not in log


def test_an_alarm_that_cannot_be_delivered_leaves_the_run_as_it_is(ours: Airflow) -> None:
    # nothing listens on port 9
    log = fail_once(ours, alerts(f"json://who:{SECRET}@127.0.0.1:9/{SECRET}"), "undelivered.log")
    assert "an alarm was not delivered to every service\nIngest" in log
    assert "Callback failed" not in log
    assert SECRET not in log


MISTAKEN = (
    json.dumps({"conn_type": "apprise", "extra": {"config": {"path": f"no address {SECRET}"}}}),
    json.dumps({"conn_type": "apprise", "extra": {"config": {"path": f"tgram://{SECRET}"}}}),
    json.dumps({"conn_type": "apprise", "extra": {"config": {"address": f"json://{SECRET}@127.0.0.1"}}}),
    json.dumps({"conn_type": "apprise", "extra": {"config": f"json://{SECRET}@127.0.0.1"}}),
    json.dumps({"conn_type": "apprise", "extra": {"path": f"json://{SECRET}@127.0.0.1"}}),
    json.dumps({"conn_type": "apprise", "extra": {"config": [f"json://{SECRET}@127.0.0.1", None]}}),
    json.dumps({"conn_type": "apprise", "extra": {"config": []}}),
    json.dumps({"conn_type": "apprise"}),
    f"json://{SECRET}@127.0.0.1:9",
    "",
)


@pytest.mark.parametrize("sender", ["send", "send_from_triggerer"])
def test_a_mistaken_connection_raises_nothing_tells_no_secret_and_loses_no_alarm(ours: Airflow, sender: str) -> None:
    done = run(
        {**ours.env, "AIRFLOW__LOGGING__LOGGING_LEVEL": "DEBUG"},
        f"""
        import asyncio, inspect, logging, os
        logging.basicConfig(level=logging.DEBUG)
        import newswire_alarms
        for number, mistaken in enumerate({MISTAKEN!r}):
            os.environ["AIRFLOW_CONN_NEWSWIRE_ALERTS"] = mistaken
            sent = newswire_alarms.{sender}(f"title {{number}}", [f"line {{number}}"])
            if inspect.isawaitable(sent):
                asyncio.run(sent)
        """,
    )
    said = done.stdout + done.stderr
    for number in range(len(MISTAKEN)):
        assert f"title {number}\nline {number}" in said
    assert SECRET not in said


def test_each_of_several_services_gets_the_message_also_when_another_one_does_not_answer(ours: Airflow) -> None:
    with Hook() as first, Hook() as second:
        second.status = 500
        addresses = [f"json://127.0.0.1:{port}/" for port in (9, first.port, second.port)]
        done = run(ours.env | alerts(*addresses), "import newswire_alarms; newswire_alarms.send('title', ['one', 'two'])")
        assert [message["message"] for message in first.messages] == ["one\ntwo"]
        assert second.messages
    assert "was not delivered to every service" in done.stdout + done.stderr


def test_reasons_that_cannot_be_asked_for_hold_no_alarm_back(ours: Airflow) -> None:
    with Hook() as hook:
        run(
            ours.env | alerts(f"json://127.0.0.1:{hook.port}/"),
            """
            from types import SimpleNamespace
            from airflow.sdk import dag, task
            from airflow.sdk.exceptions import AirflowRuntimeError
            from airflow.sdk.execution_time.comms import ErrorResponse
            import newswire_alarms

            class Instance:
                task_id = "fetch"
                def xcom_pull(self, **_):
                    raise AirflowRuntimeError(ErrorResponse())

            dag = SimpleNamespace(dag_id="one", dag_display_name="One", task_ids=["fetch"])
            newswire_alarms.run_failed({"dag": dag, "run_id": "manual__1", "ti": Instance()})
            newswire_alarms.run_failed({"dag": dag, "run_id": "manual__2", "reason": "timed_out"})
            """,
        )
    assert [message["message"].splitlines()[0] for message in hook.messages] == ["fetch failed", "timed_out"]


def called_by_the_triggerer(env: dict[str, str]) -> list[dict[str, Any]]:
    """Call a missed deadline's alarm as the triggerer does, and return the events that come of it."""
    done = run(
        env,
        """
        import asyncio, json
        from datetime import UTC, datetime
        from airflow.triggers.callback import CallbackTrigger
        context = {
            "dag_run": {"dag_id": "ingest_unn", "dag_run_id": "scheduled__2026-02-20T22:00:00+00:00"},
            "deadline": {"id": "1", "deadline_time": datetime(2026, 2, 21, 1, tzinfo=UTC)},
        }
        trigger = CallbackTrigger("newswire_alarms.deadline_missed", {"title": "Ingest UNN", "context": context})
        async def events():
            return [event.payload async for event in trigger.run()]
        print("\\n" + json.dumps(asyncio.run(events())))
        """,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_missed_deadline_is_one_message_out_of_the_triggerer(ours: Airflow) -> None:
    with Hook() as hook:
        events = called_by_the_triggerer(ours.env | alerts(f"json://127.0.0.1:{hook.port}/"))
    assert [event["state"] for event in events] == ["running", "success"]
    assert [message["title"] for message in hook.messages] == ["Ingest UNN: late"]
    what, link = hook.messages[0]["message"].splitlines()
    assert what.startswith("was to be over by 2026-02-21 01:00 UTC")
    assert link == "http://127.0.0.1:8080/dags/ingest_unn/runs/scheduled__2026-02-20T22%3A00%3A00%2B00%3A00"


def test_a_missed_deadline_without_the_connection_ends_well_too(ours: Airflow) -> None:
    assert [event["state"] for event in called_by_the_triggerer(ours.env)] == ["running", "success"]


def test_every_dag_tells_of_failed_runs_and_those_that_should_be_quick_of_late_ones(ours: Airflow) -> None:
    done = run(
        ours.env,
        """
        import json, sys
        from airflow.configuration import conf
        from airflow.dag_processing.dagbag import DagBag
        sys.path.append(conf.get("core", "dags_folder"))
        bag = DagBag(dag_folder=conf.get("core", "dags_folder"), bundle_name="dags-folder")
        def name(callbacks):
            return [one.__name__ for one in (callbacks if isinstance(callbacks, list) else [callbacks])]
        def tasks(task):
            return task.partial_kwargs["on_failure_callback"] if task.is_mapped else task.on_failure_callback
        print(json.dumps({
            dag.dag_id: {
                "run": name(dag.on_failure_callback),
                "tasks": sorted({one for task in dag.tasks for one in name(tasks(task))}),
                "late": [alert.callback.path for alert in dag.deadline or []],
            }
            for dag in bag.dags.values()
        }))
        """,
    )
    dags = json.loads(done.stdout.splitlines()[-1])
    assert dags
    assert all(dag["run"] == ["run_failed"] and dag["tasks"] == ["keep_reason"] for dag in dags.values())
    late = {name for name, dag in dags.items() if dag["late"] == ["newswire_alarms.deadline_missed"]}
    assert late == {f"ingest_{name}" for name in sources.names()} | {"quality"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("unn (uk): gone at https://unn.ua/rss: HTTP status 404", "unn (uk): gone at https://unn.ua/rss: HTTP status 404"),
        ("at https://who:pass@unn.ua/a?token=1#x: no", "at https://unn.ua/a no"),
        ("at postgresql://newswire:p@ss@h/news failed", "at postgresql://h/news failed"),
        ("two\n  lines\tand   blanks ", "two lines and blanks"),
        ("https://unn.ua/news/" + "a" * 500 + " is long", "https://unn.ua/news/" + "a" * 99 + "… is long"),
        ("слово " * 200, ("слово " * 50)[:299] + "…"),
    ],
)
def test_what_leaves_the_house_holds_no_login_no_query_and_no_long_quotation(line: str, expected: str) -> None:
    assert newswire_alarms.trimmed(line) == expected
