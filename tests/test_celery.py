"""Celery for real: the compose file's own commands outside of containers, two workers, and one of them is killed half-way."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis
import requests

from newswire import db, deduplication, fetch, language, pipeline, settings, sources
from newswire.local.postgres import Cluster
from newswire.window import window
from tests import composed
from tests.dumped import assert_same, dump_of
from tests.installed import DAYS, HOSTS, query
from tests.killing import fetching
from tests.running import free_port, last_lines, started, wait
from tests.site.content import DEFAULT_NOW
from tests.site.reply import Reply
from tests.site.server import SampleSite

FEEDS = {"telegram": ("nw_sample_news", "nw_sample_live"), "unn": ("uk", "ru", "en")}
INGEST = tuple(f"ingest_{name}" for name in FEEDS)
WORKERS = ("worker-1", "worker-2")
PROCESSES = ("api-server", "scheduler", "dag-processor", "triggerer")
HALF = 20
"""Pages of unn.ua, of some fifty, that are answered before the worker is killed."""

SOON = {
    # a dead worker is found out in seconds instead of five minutes, and its tasks are tried again at once instead of after one
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "15",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
    "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "2",
    "AIRFLOW__CORE__MAX_TASK_RETRY_DELAY": "1",
    # the Dags run when the test says so: by themselves they would ask for yesterday, and for channels that are not there
    "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
}


class HeldSite(SampleSite):
    """The sample site, which keeps the reader of one article waiting until it is told to go on."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.held = threading.Event()
        self._asked: Counter[str] = Counter()
        super().__init__(now=DEFAULT_NOW)

    def answer(self, host: str, target: str) -> Reply:
        if host == "unn.ua" and is_article(target):
            self._asked[target] += 1
            if len(self._asked) > HALF:
                self.held.set()
                assert self.go_on.wait(300)
        return super().answer(host, target)


@dataclass
class Running:
    """Airflow as the compose file says, outside of containers."""

    home: Path
    site: HeldSite
    env: dict[str, str]
    ports: dict[str, int]
    outside: dict[str, str]
    metadata_url: str
    news_url: str
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.ports['api-server']}"

    def environment(self, service: str, name: str) -> dict[str, str]:
        """Return the variables of a service's process; its name stands for the host that a container would be."""
        # getuser() reads LOGNAME: of the functions that Airflow can be told to ask for its host the one that a test can answer
        own = {"LOGNAME": name, "HOSTNAME": name, "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(self.home / "logs" / name)}
        port = {"AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(self.ports.get(name, 0))}
        return {**self.env, **composed.environment(service, self.outside), **SOON, **own, **port}

    def log(self, name: str) -> Path:
        return self.home / f"{name}.log"

    def trigger(self, dag: str, conf: Mapping[str, object]) -> None:
        password = json.loads((self.home / "state" / "passwords.json").read_text())["admin"]
        told = requests.post(f"{self.address}/auth/token", json={"username": "admin", "password": password}, timeout=30)
        headers = {"Authorization": f"Bearer {told.json()['access_token']}"}
        asked = {"logical_date": None, "conf": dict(conf)}
        answer = requests.post(f"{self.address}/api/v2/dags/{dag}/dagRuns", json=asked, headers=headers, timeout=30)
        assert answer.ok, answer.text

    def runs(self, *dags: str) -> list[str]:
        """Return the states of the runs."""
        return [row["state"] for row in query(self.metadata_url, "select dag_id, state from dag_run") if row["dag_id"] in dags]

    def tries(self) -> list[dict[str, Any]]:
        """Return all tries of all tasks, those that are over among them."""
        columns = "dag_id, task_id, map_index, try_number, state, hostname, pid"
        return query(
            self.metadata_url,
            f"select {columns} from task_instance union select {columns} from task_instance_history order by 1, 2, 3, 4",
        )

    def told(self) -> str:
        """Return what there is to know when something did not come."""
        logs = (f"{name}:\n{last_lines(self.log(name))}" for name in (*PROCESSES, *WORKERS))
        return "\n".join([*map(str, self.tries()), *logs])


@contextmanager
def redis_server(folder: Path, port: int) -> Iterator[None]:
    """Start Redis; where there is none the test is skipped, unless it is required."""
    program = shutil.which("redis-server")
    if program is None:
        if os.environ.get("NEWSWIRE_REDIS") == "required":
            pytest.fail("redis-server is not installed")
        pytest.skip("redis-server is not installed")
    options = {"port": port, "bind": "127.0.0.1", "dir": folder, "save": ""}
    command = [program, *(str(word) for name, value in options.items() for word in (f"--{name}", value))]
    with started(command, os.environ, folder / "redis.log"), redis.Redis(port=port) as client:
        wait(lambda: answers(client), lambda: f"Redis did not start:\n{last_lines(folder / 'redis.log')}")
        yield


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


@pytest.fixture(scope="module")
def running(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("celery")
    ports = {name: free_port() for name in ("redis", "api-server", "scheduler", "triggerer", *WORKERS)}
    with redis_server(home, ports["redis"]), HeldSite() as site:
        one = laid_out(cluster, home, ports, site)
        try:
            initialise(one)
            with ExitStack() as processes:
                for name in PROCESSES:
                    command = ["airflow", *composed.SERVICES[name]["command"].split()]
                    one.processes[name] = processes.enter_context(started(command, one.environment(name, name), one.log(name)))
                for name in WORKERS:
                    command = ["airflow", *composed.SERVICES["worker"]["command"].split(), "-H", f"celery@{name}", "-c", "2"]
                    env = one.environment("worker", name)
                    one.processes[name] = processes.enter_context(started(command, env, one.log(name)))
                listed = f"select count(*) from serialized_dag where dag_id in {(*INGEST, 'deduplicate')}"
                wait(lambda: query(one.metadata_url, listed)[0]["count"] == 3 and responds(one.address), one.told)
                yield one
                for worker in one.processes.values():
                    worker.terminate()  # all at once: each takes some seconds to end
        finally:
            site.go_on.set()
            for database in ("airflow", "newswire"):
                cluster.drop_database(database)


def laid_out(cluster: Cluster, home: Path, ports: dict[str, int], site: HeldSite) -> Running:
    """Make what stands outside of Airflow: databases, secrets, folders."""
    databases = {name: cluster.url(name) for name in ("airflow", "newswire")}
    admin = db.connect(cluster.ensure_database("newswire"))
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute((composed.DOCKER / "databases.sql").read_text())
    admin.close()
    location, password = cluster.url("").rpartition("@")[2], cluster.url().split(":")[2].partition("@")[0]
    secrets = {"postgres_password": password, "fernet_key": "A" * 43 + "=", "jwt_secret": "j" * 64, "secret_key": "s" * 64}
    for folder in ("secrets", "state", "tmp"):
        (home / folder).mkdir()
    for name, secret in secrets.items():
        (home / "secrets" / name).write_text(f"{secret}\n")
    outside = {
        "/run/secrets": str(home / "secrets"),
        composed.PROJECT: str(settings.ROOT),
        composed.AIRFLOW_HOME: str(home),
        "/tmp/": f"{home}/tmp/",
        "@postgres/": f"@{location}",
        "redis:6379": f"127.0.0.1:{ports['redis']}",
        "api-server:8080": f"127.0.0.1:{ports['api-server']}",
        "localhost:8080": f"127.0.0.1:{ports['api-server']}",
        "localhost:8974": f"127.0.0.1:{ports['scheduler']}",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "NEWSWIRE"))}
    env = {
        **kept,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(ports["api-server"]),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(ports["scheduler"]),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(ports["triggerer"]),
        "AIRFLOW__CORE__HOSTNAME_CALLABLE": "getpass.getuser",
        "NEWSWIRE_HOSTS": ",".join(f"{host}={site.url}" for host in HOSTS),
        "NEWSWIRE_PAUSE": "0",
    }
    return Running(home, site, env, ports, outside, databases["airflow"], databases["newswire"])


def initialise(one: Running) -> None:
    """Run the compose file's own first step."""
    service = composed.SERVICES["init"]
    command = [*service["entrypoint"], *(composed.said(text, one.outside) for text in service["command"])]
    done = subprocess.run(command, env=one.environment("init", "init"), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def responds(address: str) -> bool:
    try:
        return requests.get(f"{address}/api/v2/version", timeout=5).ok
    except requests.ConnectionError:
        return False


def ordinary(cluster: Cluster) -> tuple[str, Counter[str]]:
    """Take the sample site in without Airflow, and without trouble; return the database's address, and what was asked for."""
    cluster.drop_database("ordinary")
    url = cluster.ensure_database("ordinary")
    connection, days = db.connect(url), window(DAYS["start"], DAYS["end"], DEFAULT_NOW)
    db.migrate(connection)
    with SampleSite(now=DEFAULT_NOW) as site:
        asking = replace(fetching(site.url), tries=fetch.Settings().tries)
        for name, feeds in FEEDS.items():
            source = sources.load(name)
            with fetch.Client(asking, source.politeness) as client:
                for feed in feeds:
                    pipeline.discover(connection, source, source.feed(feed), days, client)
                plan = pipeline.plan(connection, source, feeds, window=days)
                pipeline.fetch(connection, source, plan.numbers, client, planned_at=plan.planned_at)
            pipeline.normalise(connection, source, feeds, language.judge)
        asked_for = asked(site)
    deduplication.deduplicate(connection)
    connection.close()
    return url, asked_for


def asked(site: SampleSite) -> Counter[str]:
    """Return how often each article of unn.ua was asked for."""
    return Counter(served.path for served in site.requests if served.host == "unn.ua" and is_article(served.path))


def is_article(path: str) -> bool:
    return "/news/" in path


@pytest.mark.parametrize("service", [*PROCESSES, "worker"])
def test_each_service_passes_its_own_health_check(service: str, running: Running) -> None:
    name = WORKERS[1] if service == "worker" else service
    check, env = health_check(service, running), running.environment(service, name)
    wait(lambda: succeeds(check, env), running.told)


def health_check(service: str, running: Running) -> str:
    """Return the command of a service's health check."""
    kind, *words = composed.SERVICES[service]["healthcheck"]["test"]
    return composed.said(words[0] if kind == "CMD-SHELL" else shlex.join(words), running.outside)


def succeeds(command: str, env: Mapping[str, str]) -> bool:
    return subprocess.run(["bash", "-c", command], env=dict(env), capture_output=True, check=False).returncode == 0


def test_a_worker_killed_half_way_loses_nothing_and_doubles_nothing(running: Running, cluster: Cluster) -> None:
    for name, feeds in FEEDS.items():
        running.trigger(f"ingest_{name}", {**DAYS, "feeds": list(feeds)})
    wait(lambda: running.site.held.is_set() and stored(running.news_url, "telegram") > 0, running.told)
    (victim,) = [one for one in running.tries() if (one["task_id"], one["state"]) == ("fetch", "running")]
    assert (victim["dag_id"], victim["try_number"]) == ("ingest_unn", 1)
    assert stored(running.news_url, "unn") == 0, "half of the pages have come, and none of them is an article yet"
    kill(running.processes[victim["hostname"]], victim["pid"])
    running.site.go_on.set()
    peaceful, asked_in_peace = ordinary(cluster)

    wait(lambda: over(running.runs(*INGEST)), running.told)
    running.trigger("deduplicate", {})
    wait(lambda: over(running.runs("deduplicate")), running.told)
    assert running.runs(*INGEST, "deduplicate") == ["success"] * 3, running.told()

    assert_same(dump_of(running.news_url), dump_of(peaceful))
    assert_tried_again_by_the_other(running.tries(), victim)
    assert_ledger_is_closed(running.news_url)
    assert len(asked(running.site) - asked_in_peace) <= 1, "only what the worker was waiting for is asked for again"
    assert not succeeds(health_check("worker", running), running.environment("worker", victim["hostname"]))


def stored(url: str, source: str) -> int:
    """Return how many articles of a source are stored."""
    return int(query(url, f"select count(*) from core.article where source = '{source}'")[0]["count"])


def over(states: list[str]) -> bool:
    return not {"queued", "running"} & set(states)


def kill(worker: subprocess.Popen[bytes], task: int) -> None:
    """Kill a worker and all that it started at once, as a power cut does; a task's process is among them."""
    process = psutil.Process(worker.pid)
    processes = [process, *process.children(recursive=True)]
    assert task in [one.pid for one in processes], "it runs on another worker"
    for one in processes:
        one.send_signal(signal.SIGKILL)
    worker.wait()


def assert_tried_again_by_the_other(tries: list[dict[str, Any]], victim: dict[str, Any]) -> None:
    """What the killed worker was doing, and nothing else, was begun again, once."""
    (survivor,) = set(WORKERS) - {victim["hostname"]}
    first, again = ({identity(one): one for one in tries if one["try_number"] == number} for number in (1, 2))
    assert max(one["try_number"] for one in tries) == 2
    assert identity(victim) in again
    assert {(one["state"], one["hostname"]) for one in again.values()} == {("success", survivor)}
    assert {first[name]["hostname"] for name in again} == {victim["hostname"]}
    assert {one["hostname"] for one in tries if one["state"] == "success"} == set(WORKERS), "both have done something"


def identity(task: dict[str, Any]) -> tuple[str, str, int]:
    return task["dag_id"], task["task_id"], task["map_index"]


def assert_ledger_is_closed(url: str) -> None:
    """Every run has its end, and each announcement its one outcome."""
    states = Counter((row["verb"], row["source"], row["state"]) for row in query(url, "select verb, source, state from core.run"))
    assert states["fetch", "unn", "died"] == 1
    assert states["fetch", "unn", "done"] >= 1
    assert not [verb for verb, _, state in states if state in ("running", "failed")]
    assert query(url, "select url from raw.announcement where outcome is null") == []
    assert query(url, "select source, url from raw.announcement group by 1, 2 having count(*) > 1") == []
    assert query(url, "select url from core.article group by 1 having count(*) > 1") == []
    assert query(url, "select * from raw.unparsed") == []
