"""`make up` and `make stop`: the four processes of Airflow, for real, also after one of them was killed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from newswire import sources
from newswire.local import airflow

CLOSED = "http://127.0.0.1:9"
"""A port on which nothing listens: the Dags that start by themselves must not go to the live sites."""


def call(home: Path, command: str) -> subprocess.CompletedProcess[str]:
    hosts = ",".join(f"{host}={CLOSED}" for host in ("unn.ua", "t.me"))
    env = {**os.environ, "NEWSWIRE_HOME": str(home), "NEWSWIRE_HOSTS": hosts, "NEWSWIRE_DATABASE_URL": ""}
    return subprocess.run(
        [sys.executable, "-m", "newswire.local", command], env=env, capture_output=True, text=True, check=False, timeout=400
    )


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    call(tmp_path / "home", "stop")


def request(address: str, path: str, token: str = "", **body: str) -> dict[str, object]:
    asked = urllib.request.Request(
        address + path,
        data=json.dumps(body).encode() if body else None,
        headers={"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})},
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        found: dict[str, object] = json.load(answer)
        return found


def test_airflow_comes_up_answers_survives_a_kill_and_ends_without_leftovers(home: Path) -> None:
    first = call(home, "up")
    assert first.returncode == 0, first.stdout + first.stderr
    address, user, password = re.findall(r"(?:Airflow|User|Password): +(\S+)", first.stdout)
    token = request(address, "/auth/token", username=user, password=password)["access_token"]
    listed = request(address, "/api/v2/dags", str(token))["dags"]
    assert isinstance(listed, list)
    assert {"ingest_unn", "ingest_telegram", "deduplicate", "quality", "export", "maintain"} <= {dag["dag_id"] for dag in listed}
    assert not any(dag["is_paused"] for dag in listed)

    before = airflow.running(home)
    assert set(before) == set(airflow.PROCESSES)
    assert len(airflow._group(before["scheduler"])) > 1  # workers and a log server, which outlive it
    os.kill(before["scheduler"], signal.SIGKILL)
    again = call(home, "up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert address in again.stdout
    assert password in again.stdout
    after = airflow.running(home)
    assert set(after) == set(airflow.PROCESSES)
    assert after["scheduler"] != before["scheduler"]
    assert after["api-server"] == before["api-server"]

    ended = call(home, "stop")
    assert ended.stdout.split(": ")[1].split() == ["scheduler,", "dag-processor,", "triggerer,", "api-server,", "postgresql"]
    assert airflow.running(home) == {}
    assert [pid for leader in {*before.values(), *after.values()} for pid in airflow._group(leader)] == []
    assert call(home, "stop").stdout.strip() == "stopped: nothing was running"


def test_secrets_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    airflow.environment(tmp_path, "postgresql://u@h/airflow", "postgresql://u@h/news")
    files = {file.name: file.stat().st_mode & 0o777 for file in (tmp_path / "airflow").iterdir()}
    assert files == {"secrets.json": 0o600, "passwords.json": 0o600}
    first = airflow.environment(tmp_path, "postgresql://u@h/airflow", "postgresql://u@h/news")
    assert first == airflow.environment(tmp_path, "postgresql://u@h/airflow", "postgresql://u@h/news")


def test_every_publisher_has_its_pool() -> None:
    assert set(airflow.pools()) == {f"newswire_{name}" for name in sources.names()} >= {"newswire_unn", "newswire_telegram"}
