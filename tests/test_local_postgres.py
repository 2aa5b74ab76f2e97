from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newswire import db
from newswire.local import postgres
from newswire.local.postgres import Cluster

ROOT = Path(__file__).parents[1]
UNSAFE = {"fsync": "off", "shared_buffers": "16MB"}
IMPORT = "import sys; from pathlib import Path; from newswire.local.postgres import Cluster"
START = f"{IMPORT}; c = Cluster(Path(sys.argv[1]), {UNSAFE}); c.start()"


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[], Cluster]]:
    """Give clusters in folders of the test's own, and end them all."""
    made: list[Cluster] = []

    def cluster() -> Cluster:
        made.append(Cluster(tmp_path / f"postgres {len(made)}", UNSAFE))
        return made[-1]

    yield cluster
    for one in made:
        if one.folder.exists():
            one.stop()


def value(url: str, statement: str) -> object:
    connection = db.connect(url)
    try:
        with db.transaction(connection), connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def process(folder: Path, code: str = START, **more: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "plugins"), **more}
    command = [sys.executable, "-c", code, str(folder)]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


# Its life


def test_it_starts_stops_and_keeps_rows_and_address(make: Callable[[], Cluster]) -> None:
    cluster = make()
    assert not cluster.running()
    cluster.start()
    assert cluster.running()
    url = cluster.ensure_database("news")
    value(url, "create table mist as select 7 as number; ")
    cluster.start()
    assert cluster.ensure_database("news") == url
    cluster.stop()
    assert not cluster.running()
    with pytest.raises(db.DatabaseError, match="cannot be reached"):
        db.connect(url)
    cluster.stop()
    cluster.start()
    assert cluster.url("news") == url
    assert value(url, "select number from mist") == 7
    cluster.stop()
    cluster.remove()
    assert not cluster.folder.exists()


def test_a_server_that_was_killed_recovers_at_the_next_start(make: Callable[[], Cluster]) -> None:
    cluster = make()
    cluster.start()
    url = cluster.ensure_database("news")
    value(url, "create table mist as select 7 as number")
    open_session = db.connect(url)
    pid = cluster._pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while cluster.running():
        time.sleep(0.01)
    open_session.close()
    cluster.start()
    assert value(url, "select number from mist") == 7
    assert cluster._pid() != pid


def test_a_lock_file_that_names_a_stranger_does_not_count_as_running(make: Callable[[], Cluster]) -> None:
    cluster = make()
    (cluster.folder / "data").mkdir(parents=True)
    lock = cluster.folder / "data" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{cluster.folder}\n0\n1\n\n")
    assert not cluster.running()
    for broken in ("", "12", "\n\n\n\n", "x\nx\nx\nx\n"):
        lock.write_text(broken)
        assert not cluster.running()


def test_two_processes_start_one_server(make: Callable[[], Cluster]) -> None:
    cluster = make()
    both = [process(cluster.folder, START + "; print(c.url('postgres'))") for _ in range(2)]
    ended = [one.communicate(timeout=60) for one in both]
    assert [one.returncode for one in both] == [0, 0], ended
    assert {out.strip() for out, _ in ended} == {cluster.url()}
    assert value(cluster.url(), "select 1") == 1


def test_a_folder_that_a_killed_initdb_left_is_made_anew(make: Callable[[], Cluster]) -> None:
    cluster = make()
    starting = process(cluster.folder)
    while not list(cluster.folder.glob("data*/PG_VERSION")):  # the first file that it writes
        assert starting.poll() is None, starting.communicate()
        time.sleep(0.002)
    os.killpg(starting.pid, signal.SIGKILL)
    starting.communicate()
    assert not cluster.running()
    cluster.start()
    assert value(cluster.ensure_database("news"), "select lower('Ї')") == "ї"


def test_a_folder_of_rubbish_in_the_place_of_the_data_is_made_anew(make: Callable[[], Cluster]) -> None:
    cluster = make()
    (cluster.folder / "data" / "base").mkdir(parents=True)
    (cluster.folder / "data" / "pg_hba.conf").write_text("half")
    cluster.start()
    assert value(cluster.url(), "select 1") == 1


def test_a_server_that_does_not_start_says_why(make: Callable[[], Cluster]) -> None:
    cluster = Cluster(make().folder, {"shared_buffers": "nonsense"})
    with pytest.raises(postgres.PostgresError, match=r"(?s)pg_ctl failed.*shared_buffers"):
        cluster.start()
    assert not cluster.running()


def test_the_environment_does_not_matter(make: Callable[[], Cluster]) -> None:
    cluster = make()
    odd = {
        "LANG": "uk_UA.UTF-8", "LC_ALL": "xx", "LC_MESSAGES": "nowhere", "LANGUAGE": "uk", "TZ": "Asia/Tokyo",
        "PGHOST": "203.0.113.1", "PGPORT": "1", "PGUSER": "other", "PGPASSWORD": "wrong", "PGDATABASE": "other",
        "PGDATA": "/nowhere", "PGOPTIONS": "-c nonsense=1", "PGCLIENTENCODING": "SQL_ASCII",
    }  # fmt: skip
    code = (
        START
        + "; c.ensure_database('news'); from newswire import db; print(len(db.migrate(db.connect(c.url('news')))), c.running())"
    )
    started = process(cluster.folder, code, **odd)
    out, err = started.communicate(timeout=60)
    assert started.returncode == 0, err
    assert out.split()[1] == "True"
    assert value(cluster.url("news"), "select 'Київ'") == "Київ"


# What it is


def test_it_knows_ukrainian_letters(cluster: Cluster) -> None:
    assert value(cluster.url(), "select lower('ЇЖАК, ҐАНОК, ЄНОТ, ІРІЙ, Ґ’')") == "їжак, ґанок, єнот, ірій, ґ’"
    assert value(cluster.url(), "select upper('їжак, ґанок, єнот, ірій')") == "ЇЖАК, ҐАНОК, ЄНОТ, ІРІЙ"
    assert value(cluster.url(), "select 'У Мостищі' ilike '%МОСТИЩІ' and 'Їжак' ~* '^їЖАК$' and 'ґ' ~ '^\\w$'") is True
    assert value(cluster.url(), "show server_encoding") == "UTF8"


def test_it_is_closed_to_all_but_its_password(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    password = cluster.folder / "password"
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert stat.S_IMODE(cluster._data.stat().st_mode) == 0o700
    secret = password.read_text().strip()
    assert len(secret) >= 20
    monkeypatch.setenv("PGPASSFILE", os.devnull)
    monkeypatch.delenv("PGPASSWORD", raising=False)
    for url in (cluster.url().replace(f":{secret}@", "@"), cluster.url().replace(secret, "newswire")):
        with pytest.raises(db.DatabaseError, match="password"):
            db.connect(url)


def test_it_listens_on_loopback_alone(cluster: Cluster) -> None:
    assert value(cluster.url(), "show listen_addresses") == "127.0.0.1"
    assert value(cluster.url(), "show unix_socket_directories") == ""


def test_the_password_stands_in_no_command_line_and_no_log(cluster: Cluster) -> None:
    secret = (cluster.folder / "password").read_text().strip()
    pid = cluster._pid()
    assert secret not in Path(f"/proc/{pid}/cmdline").read_text()
    assert [path.name for path in cluster.folder.glob("*.log") if secret in path.read_text(errors="replace")] == []


# As root


def test_the_server_is_started_by_whoever_runs_the_tests(cluster: Cluster) -> None:
    # PostgreSQL refuses root: within its user namespace it is somebody else, and its files are ours to delete
    assert cluster._data.stat().st_uid in (os.geteuid(), postgres.NOBODY)
    assert value(cluster.url(), "select usesuper from pg_user where usename = current_user") is True


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to nobody")
def test_where_namespaces_are_refused_root_hands_the_server_to_nobody(
    make: Callable[[], Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_namespaces", False)
    cluster = make()
    public = cluster._public_folder()
    try:
        cluster.start()
        assert Path(f"/proc/{cluster._pid()}").stat().st_uid == postgres.NOBODY
        assert cluster._data.stat().st_uid == postgres.NOBODY
        assert stat.S_IMODE(cluster._data.stat().st_mode) == 0o700
        url = cluster.ensure_database("news")
        value(url, "create table mist as select lower('Ї') as letter")
        cluster.stop()
        cluster.start()
        assert value(url, "select letter from mist") == "ї"
        cluster.stop()
        cluster.remove()
        assert not cluster.folder.exists()
        assert not public.exists()
    finally:
        if cluster.folder.exists():
            cluster.stop()
        shutil.rmtree(public, ignore_errors=True)
