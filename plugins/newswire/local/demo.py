"""The demonstration: the sample site on loopback, the real Dags through Airflow, and a look at what came in."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from newswire import db, settings
from newswire.local import airflow, postgres
from newswire.shell import console, ingest
from newswire.shell.database import DATABASE

OUT = Console(highlight=False)

DAYS = {"start": "2026-02-16T00:00:00+02:00", "end": "2026-02-21T00:00:00+02:00"}
"""The five days of the sample site."""

FIRST_VISIT, SECOND_VISIT = "2026-02-19T14:00:00+02:00", "2026-02-20T23:30:00+02:00"
"""The sample site's clock: between the visits articles and posts are edited, and new ones appear."""

INGEST: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("UNN in Ukrainian, Russian and English", "ingest_unn", {**DAYS, "feeds": ["uk", "ru", "en"]}),
    ("two Telegram channels", "ingest_telegram", {**DAYS, "feeds": ["nw_sample_news", "nw_sample_live"]}),
)


class DemoError(Exception):
    """The demonstration cannot go on. The message is for a person."""


def main() -> int:
    """Run the demonstration; return the exit code."""
    started = time.monotonic()
    try:
        _run()
    except (DemoError, airflow.AirflowError, postgres.PostgresError, db.DatabaseError) as error:
        OUT.print(f"newswire: {error}", style="red", markup=False)
        return 1
    OUT.print(f"Done in {time.monotonic() - started:.0f} s.\n")
    return 0


def _run() -> None:
    home = settings.home()
    cluster = postgres.Cluster(home / "postgres")
    with _step("embedded PostgreSQL"):
        cluster.start()
        news_url = settings.database_url() or cluster.ensure_database(DATABASE)
        connection = db.connect(news_url)
        db.migrate(connection)
    # a scheduler that runs would take this run's tasks away from it
    metadata = "airflow_demo" if airflow.running(home) else airflow.METADATA
    env = airflow.environment(home, cluster.ensure_database(metadata), news_url)
    with _step("Airflow's database"):
        airflow.migrate(env)
    with _sample_site(home) as address, airflow.one_shot(env | _sample_hosts(address), home / "demo.log") as airflow_process:
        # the site's clock never goes back: to a database that has seen the second day, the first one would be an edit
        if not db.rows(connection, "any_article"):
            _move_clock(address, FIRST_VISIT)
            for name, dag, conf in INGEST:
                with _step(f"{name}, first visit"):
                    airflow_process.run(dag, conf)
        _move_clock(address, SECOND_VISIT)
        for name, dag, conf in INGEST:
            with _step(f"{name}, again a day later"):
                airflow_process.run(dag, {**conf, "refetch": True})
        for name, dag in (("duplicates", "deduplicate"), ("quality rules", "quality")):
            with _step(name):
                airflow_process.run(dag, {})
    _print_result(connection)


def _sample_hosts(address: str) -> dict[str, str]:
    hosts = ",".join(f"{host}={address}" for host in ("unn.ua", "www.unn.ua", "unn.com.ua", "www.unn.com.ua", "t.me"))
    return {"NEWSWIRE_HOSTS": hosts, "NEWSWIRE_PAUSE": "0"}  # no pause: it is our own site


@contextmanager
def _step(name: str) -> Iterator[None]:
    started = time.monotonic()
    with OUT.status(f"{name} …"):
        yield
    OUT.print(f"[green]✓[/green] {name} ({time.monotonic() - started:.1f} s)")


@contextmanager
def _sample_site(home: Path) -> Iterator[str]:
    log = home / "sample-site.log"
    with log.open("w") as output:
        site = subprocess.Popen(
            [sys.executable, "-u", "-m", "tests.site", "--port", "0"], cwd=settings.ROOT, stdout=output, stderr=output
        )
    try:
        with _step("sample site"):
            address = _address(site, log)
        yield address
    finally:
        site.terminate()
        site.wait(timeout=10)


def _address(site: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and site.poll() is None:
        for word in log.read_text().split():
            if word.startswith("http://127.0.0.1:"):
                return word.rstrip(",")
        time.sleep(0.1)
    raise DemoError(f"the sample site did not start; its log: {log}")


def _move_clock(address: str, moment: str) -> None:
    import requests  # noqa: PLC0415 - only here

    answer = requests.put(f"{address}/now", data=moment, headers={"Host": "control.sample"}, timeout=10)
    answer.raise_for_status()


def _print_result(connection: db.Connection) -> None:
    OUT.print()
    ingest.print_coverage(connection)
    for title, query in (("What came in", "demo_articles"), ("Worth a look", "demo_highlights")):
        console.print_rows(title, db.rows(connection, query))
    OUT.print(NEXT)


NEXT = """
Next:
  make psql SQL='select outlet, count(*) from mart.article group by outlet'
  make psql    PostgreSQL's shell on the same rows
  make up      Airflow on the same database: prints address, user, password
  make reset   forgets the sample rows (all of .newswire), before you go live:
  make ingest SOURCE=unn FROM=2026-02-20 TO=2026-02-21
"""

if __name__ == "__main__":
    sys.exit(main())
