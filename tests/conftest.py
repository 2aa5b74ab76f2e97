"""What the tests stand on: a real PostgreSQL a worker, a migrated database a test, the sample site."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from newswire import db
from newswire.local.postgres import Cluster
from tests.installed import NEWS_TEMPLATE
from tests.site.server import SampleSite

SHARED = Path(__file__).parents[2] / "shared"
"""Real pages and labelled data, beside the project; tests that read them skip where they are absent."""

PROCESSES_FIRST = (
    "test_local_airflow",
    "test_celery",
    "test_scheduler",
    "test_dags",
    "test_page",
    "test_metrics",
    "test_forms",
    "test_upgrade",
    "test_alarms",
    "test_readme",
    "test_export",
)
"""Files whose tests wait for Airflow's processes: begun last, one of them would run on while all other workers are done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(PROCESSES_FIRST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


_numbers = itertools.count()


MEMORY = Path("/dev/shm")
ROOM = 2 << 30
"""Bytes that the databases of one worker may take."""


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    # in memory where there is room (a test's database is made in a tenth of the time), and never waiting for the disk
    in_memory = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    unsafe = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    server = Cluster(Path(tempfile.mkdtemp(prefix="newswire-test-", dir=MEMORY if in_memory else None)), unsafe)
    server.start()
    template = db.connect(server.ensure_database(NEWS_TEMPLATE))
    db.migrate(template)
    template.close()
    yield server
    server.stop()
    server.remove()


@pytest.fixture
def database_url(cluster: Cluster) -> Iterator[str]:
    """Address of an empty, migrated database of the test's own."""
    name = f"test_{next(_numbers)}"
    admin = db.connect(cluster.url())
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"create database {name} template {NEWS_TEMPLATE}")
        yield cluster.url(name)
        cursor.execute(f"drop database {name} with (force)")
    admin.close()


@pytest.fixture
def connection(database_url: str) -> Iterator[db.Connection]:
    opened = db.connect(database_url)
    yield opened
    opened.close()


@pytest.fixture
def site() -> Iterator[SampleSite]:
    with SampleSite() as running:
        yield running


@pytest.fixture
def shared() -> Path:
    if not SHARED.exists():
        pytest.skip(f"no real pages at {SHARED}")
    return SHARED
