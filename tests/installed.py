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


NEWS_TEMPLATE = "newswire_template"
"""Name of the migrated database that the tests' PostgreSQL begins with."""


@dataclass(frozen=True)
class Airflow:
    env: dict[str, str]
    home: Path
    site: SampleSite
    news_url: str


def airflow_template(cluster: Cluster, home: Path) -> str:
    """Return the name of a migrated database of Airflow's: to copy it takes a hundredth of the time."""
    name = "airflow_template"
    if not query(cluster.url(), f"select from pg_database where datname = '{name}'"):
        airflow.migrate(airflow.environment(home, cluster.ensure_database(f"{name}_made"), cluster.url(NEWS_TEMPLATE)))
        # its name says that it is whole
        cluster.ensure_database(name, template=f"{name}_made")
    return name


@contextmanager
def installed(cluster: Cluster, home: Path, name: str, port: int = airflow.FIRST_PORT) -> Iterator[Airflow]:
    """Yield it; `port` matters to those alone who start its processes."""
    news_url = cluster.ensure_database(f"{name}_news", template=NEWS_TEMPLATE)
    airflow_url = cluster.ensure_database(f"{name}_airflow", template=airflow_template(cluster, home))
    env = airflow.environment(home, airflow_url, news_url, port=port)
    with SampleSite() as site:
        hosts = ",".join(f"{host}={site.url}" for host in HOSTS)
        yield Airflow({**env, "NEWSWIRE_HOSTS": hosts, "NEWSWIRE_PAUSE": "0", "NEWSWIRE_HOME": str(home)}, home, site, news_url)


def query(url: str, statement: str) -> list[dict[str, Any]]:
    connection = db.connect(url)
    try:
        return db.select(connection, statement)
    finally:
        connection.close()
