"""Metrics over StatsD and lineage over OpenLineage, out of real runs: a UDP socket and a file receive them."""

from __future__ import annotations

import json
import re
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from newswire.local import airflow
from newswire.local.postgres import Cluster
from tests.installed import DAYS, Airflow, installed, query

TABLE = "postgres://newswire_db:5432"


@dataclass(frozen=True)
class Seen:
    ours: Airflow
    counters: Counter[str]
    gauges: dict[str, int]
    events: list[dict[str, Any]]


@pytest.fixture(scope="module")
def seen(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """What came out of a run of UNN's English edition, of one of the duplicates and of one quality rule."""
    with (
        installed(cluster, tmp_path_factory.mktemp("metrics"), "metrics") as ours,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
    ):
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)  # nobody reads while the Dags run
        receiver.bind(("127.0.0.1", 0))
        lineage = ours.home / "lineage.jsonl"
        env = ours.env | {
            "AIRFLOW__METRICS__STATSD_ON": "True",
            "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
            "AIRFLOW__METRICS__STATSD_PORT": str(receiver.getsockname()[1]),
            "AIRFLOW__METRICS__METRICS_ALLOW_LIST": "newswire",  # Airflow's own would fill the socket
            "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps({"type": "file", "log_file_path": str(lineage), "append": True}),
            "AIRFLOW__OPENLINEAGE__NAMESPACE": "newswire",
        }
        with airflow.one_shot(env, ours.home / "metrics.log") as process:
            process.run("ingest_unn", {**DAYS, "feeds": ["en"]})
            process.run("deduplicate", {})
            process.run("quality", {"rules": ["future_articles"]})
        events = [json.loads(line) for line in lineage.read_text().splitlines()]
        yield Seen(ours, *received(receiver), events)


def received(receiver: socket.socket) -> tuple[Counter[str], dict[str, int]]:
    counters: Counter[str] = Counter()
    gauges = {}
    receiver.settimeout(0)
    while True:
        try:
            data = receiver.recv(65536)
        except BlockingIOError:
            return counters, gauges
        for line in data.decode().splitlines():
            name, value, kind = re.fullmatch(r"airflow\.([^:]+):(\d+)\|([cg])", line).groups()  # type: ignore[union-attr]
            if kind == "c":
                counters[name] += int(value)
            else:
                gauges[name] = int(value)


def ledger(seen: Seen, verb: str) -> dict[str, int]:
    """Return what the ledger of runs counted, under the names of the metrics."""
    rows = query(seen.ours.news_url, f"select counts from core.run where verb = '{verb}'")
    source = "all" if verb == "deduplicate" else "unn"
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(row["counts"])
    return {f"newswire.{verb}.{source}.{code}": count for code, count in counts.items() if count}


@pytest.mark.parametrize("verb", ["discover", "fetch", "normalise", "deduplicate"])
def test_each_verb_is_counted_by_source_and_outcome_as_in_the_ledger(seen: Seen, verb: str) -> None:
    expected = ledger(seen, verb)
    assert expected
    assert {name: count for name, count in seen.counters.items() if name.startswith(f"newswire.{verb}.")} == expected


def test_stored_articles_and_what_became_none_are_among_the_counters(seen: Seen) -> None:
    stored = query(seen.ours.news_url, "select count(*) from core.article")[0]["count"]
    assert seen.counters["newswire.normalise.unn.ok"] == stored > 0
    assert seen.counters["newswire.fetch.unn.fetched"] >= stored


def test_each_rule_of_the_quality_run_is_a_gauge(seen: Seen) -> None:
    assert seen.gauges == {"newswire.check.future_articles.breakers": 0}


def by_job(seen: Seen, job: str) -> dict[str, dict[str, Any]]:
    return {event["eventType"]: event for event in seen.events if event["job"]["name"] == job}


@pytest.mark.parametrize(
    ("job", "inputs", "outputs"),
    [
        ("ingest_unn.normalise", {"news.raw.page"}, {"news.core.article"}),
        ("deduplicate.deduplicate", {"news.core.article"}, {"news.core.duplicate"}),
        ("quality.checked", set(), {"news.core.check_result"}),
    ],
)
def test_lineage_tells_which_task_makes_which_table_out_of_which(
    seen: Seen, job: str, inputs: set[str], outputs: set[str]
) -> None:
    events = by_job(seen, job)
    assert {"START", "COMPLETE"} <= events.keys()
    ended = events["COMPLETE"]
    assert ended["job"]["namespace"] == "newswire"
    for datasets, expected in ((ended["inputs"], inputs), (ended["outputs"], outputs)):
        assert {(dataset["namespace"], dataset["name"]) for dataset in datasets} == {(TABLE, name) for name in expected}
