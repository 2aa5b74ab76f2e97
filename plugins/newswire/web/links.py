"""Ways from the page into Airflow: a run, a Dag, and what a Dag is to be started with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

INGEST = "ingest_"
"""A publisher's Dag is called so, with its name behind it (`dags/ingest.py`)."""

REPROCESS = "reprocess"


@dataclass(frozen=True, slots=True)
class Airflow:
    """Addresses in Airflow's own UI."""

    prefix: str = ""
    """The path under which Airflow is served; empty at a host's root."""

    def dag(self, dag_id: str) -> str:
        """Return the page of a Dag."""
        return f"{self.prefix}/dags/{quote(dag_id, safe='')}"

    def run(self, caller: str | None) -> str | None:
        """Return the page of the run that called the library, or None when it was called from elsewhere."""
        called_by, _, rest = (caller or "").partition(" ")
        dag_id, _, run_id = rest.partition(" ")
        return f"{self.dag(dag_id)}/runs/{quote(run_id, safe='')}" if called_by == "airflow" and run_id else None

    def runs_api(self, dag_id: str) -> str:
        """Return where Airflow's REST API takes a new run of a Dag."""
        return f"{self.prefix}/api/v2/dags/{quote(dag_id, safe='')}/dagRuns"

    def login(self, back: str) -> str:
        """Return the login page that leads back to an address."""
        return f"{self.prefix}/api/v2/auth/login?{urlencode({'next': back})}"


@dataclass(frozen=True, slots=True)
class Start:
    """A Dag, and what it is to be started with. Airflow 3.3 takes no values for its form out of an address."""

    dag_id: str
    conf: Mapping[str, Any]

    @property
    def json(self) -> str:
        """The values as Airflow's form and its REST API take them."""
        return json.dumps(self.conf, ensure_ascii=False, indent=2)


def reprocess(source: str, outcome: str | None, since: datetime | None, until: datetime | None) -> Start:
    """Return a dry run of `reprocess` over the kept pages of a source that ended as `outcome`."""
    conf = {"source": source, "outcomes": [outcome] if outcome else [], **_window(since, until), "dry_run": True}
    return Start(REPROCESS, conf)


def ingest(source: str, feeds: Sequence[str], since: datetime | None, until: datetime | None) -> Start:
    """Return a run of a publisher's Dag over a window that was not seen."""
    return Start(f"{INGEST}{source}", {**_window(since, until), **({"feeds": list(feeds)} if feeds else {})})


def _window(since: datetime | None, until: datetime | None) -> dict[str, str]:
    ends = {"start": since, "end": until}
    return {name: moment.isoformat() for name, moment in ends.items() if moment}
