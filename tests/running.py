"""Processes of a test's own, as an operator starts them: each with its environment and its log, ended with all they started."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from newswire.local import airflow

PATIENCE = 420
"""Seconds for what takes one on an idle machine."""

LOG_LINES = 20
"""Of a log that are shown when something did not come."""


def free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(command: Sequence[str], env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process, and end it with all that it started."""
    with log.open("w") as output:
        # a session of its own: its workers are found by it
        process = subprocess.Popen(list(command), env=dict(env), stdout=output, stderr=output, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        airflow._end_group(process.pid)


def wait(is_done: Callable[[], bool], what: Callable[[], str]) -> None:
    """Return when something is done; after `PATIENCE` fail with `what` did not come."""
    deadline = time.monotonic() + PATIENCE
    while not is_done():
        assert time.monotonic() < deadline, what()
        time.sleep(0.5)


def last_lines(log: Path) -> str:
    """Return the end of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES:])
