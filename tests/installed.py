"""An Airflow of a test module's own: databases in the tests' PostgreSQL, the real Dags, the sample site in place of the web."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newswire import db
from newswire.local import airflow
from newswire.local.postgres import Cluster
from tests.site.server import SampleSite

HOSTS = ("unn.ua", "www.unn.ua", "unn.com.ua", "www.unn.com.ua", "t.me")
DAYS = {"start": "2026-02-16T00:00:00+02:00", "end": "2026-02-21T00:00:00+02:00"}


@dataclass(frozen=True)
class Airflow:
    env: dict[str, str]
    home: Path
    site: SampleSite
    news_url: str


@contextmanager
def installed(cluster: Cluster, home: Path, name: str, port: int = airflow.FIRST_PORT) -> Iterator[Airflow]:
    """Yield it; `port` matters to those alone who start its processes."""
    news_url = cluster.ensure_database(f"{name}_news")
    connection = db.connect(news_url)
    db.migrate(connection)
    connection.close()
    env = airflow.environment(home, cluster.ensure_database(f"{name}_airflow"), news_url, port=port)
    airflow.migrate(env)
    with SampleSite() as site:
        hosts = ",".join(f"{host}={site.url}" for host in HOSTS)
        yield Airflow({**env, "NEWSWIRE_HOSTS": hosts, "NEWSWIRE_PAUSE": "0", "NEWSWIRE_HOME": str(home)}, home, site, news_url)


def query(url: str, statement: str) -> list[dict[str, Any]]:
    connection = db.connect(url)
    try:
        return db.select(connection, statement)
    finally:
        connection.close()
