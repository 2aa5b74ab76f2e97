"""Airflow on one machine: its environment, its four processes, their start and their end. Imports nothing of Airflow."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from newswire import db, settings, sources
from newswire.local import postgres

PROCESSES = ("scheduler", "dag-processor", "triggerer", "api-server")
"""Started and stopped one by one: told to stop as one (`airflow standalone`) they leave orphans."""

METADATA = "airflow"
"""Airflow's own database, beside the news in the same cluster."""

USER = "admin"
READY_SECONDS = 180
STOP_SECONDS = 30
FIRST_PORT = 8080
LOG_LINES = 15
"""Of a log that are shown when something failed."""


class AirflowError(Exception):
    """Airflow did not start. The message is for a person and names the log."""


def environment(home: Path, metadata_url: str, news_url: str, *, port: int = FIRST_PORT) -> dict[str, str]:
    """Return the variables under which Airflow runs here: our Dags and plugins, our databases, one user, loopback only."""
    airflow = home / "airflow"
    kept = _secrets(home)
    address = f"http://127.0.0.1:{port}"
    ours = {
        "AIRFLOW_HOME": str(airflow),
        "AIRFLOW_CONN_NEWSWIRE_DB": news_url,
        "AIRFLOW__CORE__DAGS_FOLDER": str(settings.ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(settings.ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Europe/Kyiv",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__FERNET_KEY": kept["fernet_key"],
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(airflow / "passwords.json"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata_url.replace("postgresql://", "postgresql+psycopg2://", 1),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__API_AUTH__JWT_SECRET": kept["jwt_secret"],
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": os.environ.get("AIRFLOW__LOGGING__LOGGING_LEVEL", "WARNING"),
    }
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW")}
    return {**inherited, "PYTHONPATH": str(settings.ROOT / "plugins"), **ours}


def _secrets(home: Path) -> dict[str, str]:
    """Read the installation's own keys and password; made once, readable by its owner only."""
    folder = home / "airflow"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "secrets.json"
    if not file.exists():
        made = {
            "fernet_key": _fernet_key(),
            "jwt_secret": secrets.token_urlsafe(64),
            "password": secrets.token_urlsafe(9),
        }
        _write_private(file, json.dumps(made))
        _write_private(folder / "passwords.json", json.dumps({USER: made["password"]}))
    kept: dict[str, str] = json.loads(file.read_text())
    return kept


def _fernet_key() -> str:
    # 32 random bytes in URL-safe base 64 with padding: the form that Fernet asks for
    return secrets.token_urlsafe(32)[:43] + "="


def _write_private(file: Path, text: str) -> None:
    partial = file.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(text)
    partial.rename(file)


def command(*arguments: str) -> list[str]:
    """Return the command line of one of Airflow's commands in this environment's Python."""
    return [sys.executable, "-m", "airflow", *arguments]


def pools() -> dict[str, dict[str, object]]:
    """Return the pools that the Dags use, as `airflow pools import` reads them: one a publisher, as wide as it allows.

    A task of a pool that does not exist is never started.
    """
    return {
        f"newswire_{source.name}": {
            "slots": source.politeness.concurrency,
            "description": f"Requests to {source.title} at one time",
            "include_deferred": False,
        }
        for source in sources.load_all()
    }


def migrate(env: Mapping[str, str]) -> None:
    """Bring Airflow's database to its version and make the pools that the Dags use.

    Raises:
        AirflowError: it failed; the message ends with what it said.
    """
    file = Path(env["AIRFLOW_HOME"]) / "pools.json"
    file.write_text(json.dumps(pools()))
    for arguments in (("db", "migrate"), ("pools", "import", str(file))):
        done = subprocess.run(command(*arguments), env=dict(env), capture_output=True, text=True, check=False)  # noqa: S603 - ours
        if done.returncode:
            raise AirflowError(f"airflow {' '.join(arguments[:2])} failed:\n{(done.stdout + done.stderr)[-2000:]}")


@dataclass(frozen=True, slots=True)
class OneShot:
    """A process that runs Dags one after another, without a scheduler (`dags/oneshot.py`)."""

    process: subprocess.Popen[str]
    log: Path

    def run(self, dag: str, conf: Mapping[str, object]) -> None:
        """Run one Dag to its end.

        Raises:
            AirflowError: the run failed, or the process ended; the message names the tasks and the log.
        """
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None  # both are pipes
        assert stdout is not None
        try:
            stdin.write(json.dumps({"dag": dag, "conf": dict(conf)}) + "\n")
            stdin.flush()
        except BrokenPipeError:
            pass  # it has ended: the answer below is empty
        answer = json.loads(stdout.readline() or '{"state": "no answer", "failed": []}')
        if answer["state"] != "success":
            lines = "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_LINES:])
            raise AirflowError(f"the Dag {dag} ended as {answer['state']} {answer['failed']}; its log: {self.log}\n{lines}")


@contextmanager
def one_shot(env: Mapping[str, str], log: Path) -> Iterator[OneShot]:
    """Start a process that runs Dags one after another, and end it at the end."""
    script = settings.ROOT / "dags" / "oneshot.py"
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603 - ours
            [sys.executable, str(script)],
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            start_new_session=True,
        )
    with process:
        try:
            yield OneShot(process, log)
        finally:
            # with the tasks that it started: of a run that failed one may wait for ever; anything milder it would not hear
            os.killpg(process.pid, signal.SIGKILL)


def running(home: Path) -> dict[str, int]:
    """Return the processes of `up` that live: name → process number."""
    found = {}
    for name in PROCESSES:
        kept = _kept_pid(home, name)
        if kept and _began(kept[0]) == kept[1]:
            found[name] = kept[0]
    return found


def _pid_file(home: Path, name: str) -> Path:
    return home / "airflow" / f"{name}.pid"


def _kept_pid(home: Path, name: str) -> tuple[int, str] | None:
    """Return number and beginning of the process that was started last; None when none was, or it was stopped."""
    file = _pid_file(home, name)
    if not file.exists():
        return None
    pid, _, began = file.read_text().partition(" ")
    return int(pid), began


def _began(pid: int) -> str | None:
    """Return when a living process began, in the kernel's ticks; None when there is none.

    The number alone names no process for ever: another one may have got it meanwhile.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    state, began = fields[0], fields[19]  # proc(5): fields 3 and 22, the second one may hold spaces
    return None if state == "Z" else began


def up(home: Path, cluster: postgres.Cluster, news_url: str) -> tuple[str, str, str]:
    """Start Airflow, or what of it does not run; return address, user and password once it answers.

    Raises:
        AirflowError: a process ended at once, or Airflow was not ready in time.
    """
    port = _port(home)
    env = environment(home, cluster.ensure_database(METADATA), news_url, port=port)
    alive = running(home)
    if not alive:
        migrate(env)
        _end_one_shot_runs(cluster)
    for name in PROCESSES:
        if name not in alive:
            _start(home, name, env)
    _wait_until_ready(home, port)
    return f"http://127.0.0.1:{port}", USER, _secrets(home)["password"]


def _start(home: Path, name: str, env: Mapping[str, str]) -> None:
    if former := _kept_pid(home, name):
        _end_group(former[0])  # it was killed, and what it had started was not
    log = home / "airflow" / f"{name}.log"
    with log.open("a") as output:
        # a session of its own: Ctrl-C in the terminal that started it must not end it
        process = subprocess.Popen(  # noqa: S603 - ours
            command(name), env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    _pid_file(home, name).write_text(f"{process.pid} {_began(process.pid)}")


def _port(home: Path) -> int:
    kept = home / "airflow" / "port"
    if kept.exists() and "api-server" in running(home):
        return int(kept.read_text())
    port = next(port for port in range(FIRST_PORT, FIRST_PORT + 1000) if _is_free(port))
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept.write_text(str(port))
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _wait_until_ready(home: Path, port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if dead := set(PROCESSES) - set(running(home)):
            name = min(dead)
            raise AirflowError(f"{name} ended at once; its log: {home / 'airflow' / name}.log")
        if _is_healthy(port):
            return
        time.sleep(1)
    raise AirflowError(f"Airflow was not ready after {READY_SECONDS} seconds; its logs: {home / 'airflow'}/*.log")


def _is_healthy(port: int) -> bool:
    """Whether the API server answers and knows of a living scheduler, Dag processor and triggerer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/monitor/health", timeout=5) as answer:
            health = json.load(answer)
    except (OSError, urllib.error.URLError, ValueError):
        return False
    return all(health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor", "triggerer"))


def _end_one_shot_runs(cluster: postgres.Cluster) -> None:
    """Fail the runs of a demonstration that was killed: a scheduler would go on with them, and on the live sites."""
    connection = db.connect(cluster.url(METADATA))
    with db.transaction(connection):
        db.run(connection, "end_one_shot_runs")
    connection.close()


def stop(home: Path) -> list[str]:
    """Stop what runs of Airflow, the API server last so that tasks can still say how they ended; return the names."""
    stopped = []
    for name in PROCESSES:
        pid = running(home).get(name)
        if pid is not None:
            _stop(pid)
            stopped.append(name)
        _pid_file(home, name).unlink(missing_ok=True)
    return stopped


def _stop(pid: int) -> None:
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while _began(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.1)
    _end_group(pid)


def _end_group(leader: int) -> None:
    """Kill what a process left behind in its group: workers, a log server that holds its port."""
    for pid in _group(leader):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _group(leader: int) -> list[int]:
    """Return Airflow's processes in a group; the number of a group that has gone may have become somebody else's."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            group = int((folder / "stat").read_text().rpartition(")")[2].split()[2])  # proc(5): field 5
            ours = group == leader and b"airflow" in (folder / "cmdline").read_bytes()
        except OSError:
            continue  # it ended while we looked
        if ours:
            found.append(int(folder.name))
    return found
