"""Alarms: a run that failed, a check that failed, a deadline that was missed; each is one message.

Where it goes is said by one connection of Airflow, `newswire_alerts` (type Apprise): `{"config": {"path": "tgram://TOKEN/CHAT"}}`,
`slack://…`, `mailtos://…`, `jsons://host/webhook` (https://github.com/caronc/apprise lists all), or a list of those. Without the
connection an alarm is a line in the log. Nothing here changes how a run ends.

The triggerer imports from the plugins' folder, not from that of the Dags; and each process of Airflow loads this file: heavy
imports wait.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from airflow.sdk import Connection
    from airflow.sdk.definitions.deadline import DeadlineAlert
    from apprise import Apprise

CONNECTION = "newswire_alerts"
REASON = "why"
"""XCom in which a failed task leaves the reason."""

LINES = 10
"""Lines of reasons in one message: a telephone's screen. All of them are in the logs."""
LINE = 300
"""Letters of one line: room for an address and a sentence, not for an article that an error quotes."""
URL = 120
"""Letters of an address; its path names the article, its end only adds tracking."""

LOG = logging.getLogger(__name__)


def run_failed(context: Mapping[str, Any]) -> None:
    """Tell that a run failed, and why: once a run, however many of its tasks did. For a Dag's `on_failure_callback`."""
    dag, run_id = context["dag"], context["run_id"]
    send(f"{dag.dag_display_name}: failed", [*_reasons(context), link(dag.dag_id, run_id)])


def keep_reason(context: Mapping[str, Any]) -> None:
    """Leave the reason of a failed task for the run's alarm. For a task's `on_failure_callback`: its own process calls it."""
    error, instance = context.get("exception"), context["ti"]
    # a task that was killed has none
    if isinstance(error, BaseException):
        instance.xcom_push(REASON, _sentences(instance.task_id, error))


def deadline(title: str, allowed: timedelta) -> DeadlineAlert:
    """Return the alarm of runs of the Dag of this title that are not over so long after they were queued."""
    from airflow.sdk.definitions.callback import AsyncCallback
    from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

    callback = AsyncCallback(deadline_missed, {"title": title})
    return DeadlineAlert(reference=DeadlineReference.DAGRUN_QUEUED_AT, interval=allowed, callback=callback, name=f"{title}: late")


async def deadline_missed(title: str, context: Mapping[str, Any]) -> None:
    """Tell that a run is not over in time; the triggerer calls it, once a run."""
    run, due = context["dag_run"], context["deadline"]["deadline_time"]
    moment = due if isinstance(due, datetime) else datetime.fromisoformat(str(due))
    until = f"was to be over by {moment:%Y-%m-%d %H:%M} UTC, and is not; see which of its tasks runs or waits"
    await send_from_triggerer(f"{title}: late", [until, link(run["dag_id"], run["dag_run_id"])])


def link(dag_id: str, run_id: str) -> str:
    """Return a run's address in Airflow."""
    from airflow.sdk.configuration import conf

    base = conf.get("api", "base_url", fallback="") or "http://localhost:8080"
    return f"{base.rstrip('/')}/dags/{dag_id}/runs/{quote(run_id)}"


def send(title: str, lines: list[str]) -> None:
    """Send a message, or log it where there is nowhere to send it to; what fails is logged too, and never raised."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        services = _services(Connection.get(CONNECTION))
    except AirflowNotFoundException:
        services = None
    if services is None or not services.notify("\n".join(lines), **_form(title)):
        _log(title, lines, configured=services is not None)


async def send_from_triggerer(title: str, lines: list[str]) -> None:
    """Do what `send` does where others wait in the same thread."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        services = _services(await Connection.async_get(CONNECTION))
    except AirflowNotFoundException:
        services = None
    if services is None or not await services.async_notify("\n".join(lines), **_form(title)):
        _log(title, lines, configured=services is not None)


def _form(title: str) -> dict[str, Any]:
    from apprise import NotifyFormat, NotifyType

    return {"title": title, "notify_type": NotifyType.FAILURE, "body_format": NotifyFormat.TEXT}


def _services(connection: Connection) -> Apprise:
    """Return the services that the connection names; those that it names wrongly are left out."""
    from airflow.providers.apprise.hooks.apprise import AppriseHook
    from apprise import Apprise

    # it writes addresses that it cannot read into the log, and tokens are parts of addresses
    logging.getLogger("apprise").disabled = True
    services = Apprise()
    try:
        AppriseHook(CONNECTION).set_config_from_conn(connection, services)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        LOG.error("connection %s: its extra is not {'config': {'path': …}} (%s)", CONNECTION, type(error).__name__)  # noqa: TRY400 - a traceback would show it
    return services


def _log(title: str, lines: list[str], *, configured: bool) -> None:
    reason = "was not delivered to every service" if configured else "is only here: there is no such connection"
    LOG.error("%s: an alarm %s\n%s\n%s", CONNECTION, reason, title, "\n".join(lines))


def _reasons(context: Mapping[str, Any]) -> list[str]:
    """Return why the tasks of a run failed, as they left it; where that cannot be asked for, which one was the last."""
    from airflow.sdk.exceptions import AirflowRuntimeError

    instance = context.get("ti")
    if instance is None:
        return [str(context.get("reason") or "no task failed")]
    last = f"{instance.task_id} failed"
    try:
        kept = instance.xcom_pull(task_ids=sorted(context["dag"].task_ids), key=REASON)
    except (ImportError, AirflowRuntimeError):  # dag.test, where Airflow answers its tasks only; or an answer that is none
        return [last]
    lines = list(dict.fromkeys(line for one in kept if one for line in one))
    more = [f"… and {len(lines) - LINES} more"] if len(lines) > LINES else []
    return [*lines[:LINES], *more] or [last]


def _sentences(task_id: str, error: BaseException) -> list[str]:
    """Return an error's lines: all of one that we raised for a person, the first of another one, with its type."""
    from airflow.sdk.exceptions import AirflowFailException

    lines = str(error).strip().splitlines() or [""]
    if isinstance(error, AirflowFailException):
        return [f"{task_id}: {trimmed(line)}" for line in lines]
    return [f"{task_id}: {type(error).__name__}: {trimmed(lines[0])}"]


def trimmed(line: str) -> str:
    """Return a line as it may leave the house: no logins in addresses, no queries, no long quotation."""
    short = re.sub(r"(\w+://)[^\s/?#]*@", r"\1", line)
    short = re.sub(r"\w+://\S+", lambda found: _cut(re.split(r"[?#]", found[0])[0], URL), short)
    return _cut(" ".join(short.split()), LINE)


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1]}…"
