"""What the tests stand on: a real PostgreSQL a worker, a migrated database a test, the sample site."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from newswire import db
from newswire.local.postgres import Cluster
from tests.site.server import SampleSite

SHARED = Path(__file__).parents[2] / "shared"
"""Real pages and labelled data, beside the project; tests that read them skip where they are absent."""

_numbers = itertools.count()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    # a crash of the machine may cost test data: no waiting for the disk
    unsafe = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    server = Cluster(tmp_path_factory.mktemp("postgres"), unsafe)
    server.start()
    template = db.connect(server.ensure_database("newswire_template"))
    db.migrate(template)
    template.close()
    yield server
    server.stop()


@pytest.fixture
def database_url(cluster: Cluster) -> str:
    """Address of an empty, migrated database of the test's own."""
    name = f"test_{next(_numbers)}"
    admin = db.connect(cluster.url())
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"create database {name} template newswire_template")
    admin.close()
    return cluster.url(name)


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
