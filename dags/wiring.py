"""What the Dag files share: the connection, the window of a run, who calls, how tasks are tried again. Wiring only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pendulum
from airflow.sdk import Asset, Connection, Param

import newswire_alarms

if TYPE_CHECKING:
    from newswire.db import Connection as Database
    from newswire.model import Window
    from newswire.pipeline import Summary

# The addresses name the tables for lineage; their host is the name of the connection, which no Dag file looks up.
PAGES = Asset("newswire_pages", "postgres://newswire_db/news/raw/page")
"""Pages as they came."""
ARTICLES = Asset("newswire_articles", "postgres://newswire_db/news/core/article")
"""New or changed articles."""
VERDICTS = Asset("newswire_verdicts", "postgres://newswire_db/news/core/duplicate")
"""Duplicate verdicts that are up to date."""
CHECKED = Asset("newswire_checked", "postgres://newswire_db/news/core/check_result")
"""Rows that the quality rules have seen."""

START = pendulum.datetime(2024, 1, 1, tz="Europe/Kyiv")
"""Early: a run before its Dag's start date would do nothing and call it success."""

DEFAULT_ARGS: dict[str, Any] = {
    "retries": 3,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=15),
    "execution_timeout": timedelta(hours=2),
    "on_failure_callback": newswire_alarms.keep_reason,
}

DAG_ARGS: dict[str, Any] = {
    "start_date": START,
    "catchup": False,
    "max_active_runs": 1,
    "default_args": DEFAULT_ARGS,
    "on_failure_callback": newswire_alarms.run_failed,
}
"""What every Dag says. `catchup`: days that were missed are made up for by the ledger, or by a backfill that somebody wants."""

_TIME: dict[str, Any] = {"type": ["null", "string"], "format": "date-time", "examples": ["2026-02-16T00:00:00+02:00"]}
WINDOW_PARAMS = {
    "start": Param(None, title="From", description="Published from here on, in the time zone that this UI shows.", **_TIME),
    "end": Param(None, title="To", description="Published before. Both empty: the run's own interval.", **_TIME),
}


@contextmanager
def database() -> Iterator[Database]:
    """Open the news database: Airflow's connection `newswire_db`."""
    from newswire import db

    connection = db.connect(Connection.get("newswire_db").get_uri())
    try:
        yield connection
    finally:
        connection.close()


def counted(verb: str, source: str, summary: Summary) -> Summary:
    """Count a report in Airflow's metrics, as `newswire.VERB.SOURCE.CODE`, and return it. Without metrics it does nothing."""
    from airflow.sdk.observability import stats

    for code, count in summary["counts"].items():
        if count:
            stats.incr(f"newswire.{verb}.{source}.{code}", count)
    return summary


def gauged(verb: str, name: str, what: str, value: int) -> None:
    """Set a gauge of Airflow's metrics: `newswire.VERB.NAME.WHAT`."""
    from airflow.sdk.observability import stats

    stats.gauge(f"newswire.{verb}.{name}.{what}", value)


def caller(context: Mapping[str, Any]) -> str:
    """Return who runs this, for the ledger."""
    run = context["dag_run"]
    return f"airflow {run.dag_id} {run.run_id}"


def asked_window(context: Mapping[str, Any]) -> Window | None:
    """Return the window of the trigger form, or None when it was left empty."""
    from newswire.window import window

    params = context["params"]
    if not params["start"] and not params["end"]:
        return None
    return window(params["start"], params["end"], pendulum.now("UTC"))


def run_window(context: Mapping[str, Any]) -> Window:
    """Return the window of a run: the form's, else the data interval, else the day before the run."""
    from newswire.model import Window
    from newswire.window import window

    if asked := asked_window(context):
        return asked
    start, end = context.get("data_interval_start"), context.get("data_interval_end")
    if start and end and start < end:
        return Window(start, end)
    return window(None, None, context["dag_run"].run_after)
