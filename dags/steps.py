"""The tasks of the Dags: each opens what a verb of the library needs, calls it, and returns counts.

What another task returned is typed `Any`: while a Dag is wired it is a promise, while the task runs it is the value.
"""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

import forms
from wiring import ARTICLES, CHECKED, PAGES, VERDICTS, asked_window, caller, counted, database, gauged, run_window

if TYPE_CHECKING:
    from newswire.pipeline import Summary
    from newswire.preview import Preview

LOG = logging.getLogger(__name__)
"""What a person asked to see is said as a warning: logs are kept from that level on (`local/airflow.py`)."""

PAGES_A_TASK = 50
"""A mapped task costs the scheduler about a second; fifty pages at one a second are a minute of work to do again."""


@task
def feeds(source_name: str) -> list[str]:
    """Return the editions or channels that the form names. A wrong form fails here, before anything is asked for."""
    from newswire import sources

    try:
        return [feed.name for feed in forms.asked_feeds(get_current_context(), sources.load(source_name))]
    except (ValueError, KeyError) as error:
        raise AirflowFailException(str(error.args[0])) from error  # it is as wrong at the next try


@task(map_index_template="{{ feed }}")
def discover(source_name: str, feed: str) -> Summary:
    """Find what one edition or channel announced in the run's window; a dry run only tells it."""
    from newswire import fetch, pipeline, preview, settings, sources

    context = get_current_context()
    context["feed"] = feed  # type: ignore[typeddict-unknown-key]  # the map index template reads it
    source = sources.load(source_name)
    with database() as connection, fetch.Client(settings.fetching(), source.politeness) as client:
        window, asked = run_window(context), source.feed(feed)
        if context["params"]["dry_run"]:
            return _told(preview.preview(connection, source, asked, window, client))
        report = pipeline.discover(connection, source, asked, window, client, caller=caller(context))
    return counted("discover", source_name, report.summary())


def _told(found: Preview) -> Summary:
    for line in found.lines():
        LOG.warning("%s", line)
    failures = [found.failure] if found.failure else []
    return {"feed": found.feed, "counts": {"new": len(found.new)}, "failures": failures, "errors": 0}


@task(trigger_rule="all_done")
def visits(source_name: str, names: Any) -> list[dict[str, Any]]:
    """Return what is due, in lists that one task each fetches: numbers of announcements only.

    It runs whatever became of the discoveries; without feeds (their task failed) nothing is due.
    """
    from newswire import pipeline, sources

    if not names:
        return []
    context = get_current_context()
    params, source = context["params"], sources.load(source_name)
    with database() as connection:
        plan = pipeline.plan(
            connection, source, names, window=asked_window(context), limit=params["limit"], refetch=params["refetch"]
        )
    if params["dry_run"]:
        LOG.warning("%s: %d pages that are known already are due", source_name, len(plan.numbers))
        return []
    return [{"numbers": batch, "planned_at": plan.planned_at.isoformat()} for batch in plan.batches(PAGES_A_TASK)]


@task(map_index_template="{{ pages }}")
def fetch(source_name: str, numbers: list[int], planned_at: str) -> Summary:
    """Fetch some pages, each of them once."""
    from newswire import fetch, pipeline, settings, sources

    context = get_current_context()
    context["pages"] = f"{len(numbers)} pages from number {numbers[0]}"  # type: ignore[typeddict-unknown-key]  # see discover
    source, since = sources.load(source_name), datetime.fromisoformat(planned_at)
    with database() as connection, fetch.Client(settings.fetching(), source.politeness) as client:
        report = pipeline.fetch(connection, source, numbers, client, planned_at=since, caller=caller(context))
    return counted("fetch", source_name, report.summary())


@task(trigger_rule="all_done", inlets=[PAGES], outlets=[ARTICLES])
def normalise(source_name: str, names: Any) -> Summary:
    """Make what was fetched into articles; whatever failed before, what came is not left lying."""
    from newswire import language, pipeline, settings, sources

    context = get_current_context()
    if not names or context["params"]["dry_run"]:
        raise AirflowSkipException("nothing was asked for, or nothing is to be written")
    source, detect = sources.load(source_name), partial(language.judge, engine=settings.language_engine())
    with database() as connection:
        report = pipeline.normalise(connection, source, names, detect, caller=caller(context))
    return counted("normalise", source_name, report.summary())


@task(trigger_rule="all_done")
def settle(source_name: str, walks: Any, fetches: Any, articles: Any, *, tasks: list[Any]) -> None:
    """Fail the run when more went wrong than the source allows, with one line for each thing that did.

    `tasks` are the lists that tasks were mapped over: a task that crashed left no report.
    """
    from newswire import pipeline, sources

    walked = list((walks or [])[:])
    summaries = [*(fetches or [])[:], *([articles] if articles else [])]
    is_dry = get_current_context()["params"]["dry_run"]
    # where nothing was asked for, or nothing is to be written, no articles are made
    expected = sum(1 if mapped is None else len(mapped) for mapped in tasks) + (tasks[0] is not None and not is_dry)
    crashed = expected - len(walked) - len(summaries)
    if problems := pipeline.problems(sources.load(source_name), walked, summaries, crashed):
        raise AirflowFailException("\n".join(problems))


@task(inlets=[ARTICLES], outlets=[VERDICTS])
def deduplicate() -> Summary:
    """Reach the duplicate verdicts that are due, and bring the full-text index and the materialised views up to the articles."""
    from newswire import deduplication, pipeline, search

    with database() as connection:
        by = caller(get_current_context())
        summary = deduplication.deduplicate(connection, caller=by).summary()
        search.index(connection, caller=by)
        pipeline.refresh(connection, caller=by)
    return counted("deduplicate", "all", summary)


@task
def rules() -> list[str]:
    """Return the quality rules to run: the form's, else all."""
    from newswire import pipeline

    return get_current_context()["params"]["rules"] or pipeline.checks()


@task(map_index_template="{{ rule }}", retries=1)
def check(name: str) -> dict[str, Any]:
    """Run one quality rule; a broken rule of severity `fail` fails the task."""
    from newswire import pipeline

    context = get_current_context()
    context["rule"] = name  # type: ignore[typeddict-unknown-key]  # see discover
    with database() as connection:
        result = pipeline.check(connection, name, caller=caller(context))
    gauged("check", name, "breakers", result.breakers)
    if result.failed:
        raise AirflowFailException(f"{name}: {result.breakers} rows break the rule; mart.check_result keeps a sample")
    return {"name": name, "severity": result.severity, "breakers": result.breakers}


@task(outlets=[CHECKED], trigger_rule="all_done")
def checked(results: Any) -> int:
    """Say that the rules have been run; exports wait for it, whatever the rules found."""
    return len((results or [])[:])


@task(trigger_rule="all_done")
def verdict(names: Any, results: Any) -> None:
    """Fail the run when a rule of severity `fail` is broken: a run is judged by its last tasks, and `checked` always succeeds."""
    if not names:
        raise AirflowFailException("the rules to run could not be listed")
    held = {result["name"] for result in (results or [])[:]}
    if broken := [name for name in names if name not in held]:
        raise AirflowFailException(f"{len(broken)} of {len(names)} rules are broken or could not be run: {', '.join(broken)}")


@task
def export() -> dict[str, int]:
    """Write the run's days as the form says; return how many rows went into each place."""
    from newswire import export

    context = get_current_context()
    params, formats = context["params"], context["params"]["formats"] or []
    sources, languages = (tuple(params[name] or ()) or None for name in ("sources", "languages"))
    selection = export.Selection(sources, languages, params["originals"])
    try:
        export.check(formats, selection)
        window, folder = run_window(context), _export_folder(params["folder"])
    except (ImportError, ValueError) as error:
        raise AirflowFailException(str(error)) from error  # it is as wrong at the next try
    with database() as connection:
        delivered = export.deliver(connection, window, folder, formats, selection, caller=caller(context))
    return {one.place: one.rows for one in delivered}


def _export_folder(named: str | None) -> Any:
    """Return the folder of the form, else of the setting: a local one, or what an object store's URL and connection lead to."""
    from airflow.sdk import ObjectStoragePath

    from newswire import delivery

    folder = named or delivery.default_folder()
    if "://" in folder:
        found = ObjectStoragePath(folder)
        found.fs  # noqa: B018 - only now it is looked for: a store whose package is missing, or a protocol that is none
        return found
    if not Path(folder).is_absolute():
        raise ValueError(f"the folder must be a whole path, or a URL as s3://connection@bucket/news, not {folder!r}")
    return Path(folder)


@task
def reprocess() -> dict[str, Any]:
    """Read the kept pages again that the form names, or tell what that would change; return counts."""
    from newswire import language, reprocess, settings, sources

    context = get_current_context()
    params, detect = context["params"], partial(language.judge, engine=settings.language_engine())
    with database() as connection:
        try:
            wanted = reprocess.Wanted(
                reprocess.span(params["start"], params["end"]), tuple(params["feeds"] or ()), tuple(params["outcomes"] or ()),
                outdated=params["outdated"], limit=params["limit"],
            )  # fmt: skip
            report = reprocess.reprocess(
                connection, sources.load(params["source"]), detect, wanted, dry_run=params["dry_run"], caller=caller(context)
            )
        except (ValueError, KeyError) as error:
            raise AirflowFailException(str(error.args[0])) from error  # it is as wrong at the next try
    for line in report.lines():
        LOG.warning("%s", line)
    return {"counts": dict(report.counts), "changed": 0 if params["dry_run"] else report.changed}


@task(outlets=[ARTICLES])
def reread(report: Any) -> int:
    """Say that there are new or changed articles; where there are none, nobody is told."""
    if not report["changed"]:
        raise AirflowSkipException("no article changed")
    return int(report["changed"])


@task
def live_sources() -> list[str]:
    """Return the sources to look at: the form's, else all."""
    from newswire import sources

    return get_current_context()["params"]["sources"] or sources.names()


@task(map_index_template="{{ source }}")
def live(source_name: str) -> dict[str, Any]:
    """See how one source does; one that has moved fails its task, with one line for each finding."""
    from newswire import fetch, language, live, settings, sources

    context = get_current_context()
    context["source"] = source_name  # type: ignore[typeddict-unknown-key]  # see discover
    source, detect = sources.load(source_name), partial(language.judge, engine=settings.language_engine())
    with database() as connection, fetch.Client(settings.fetching(), source.politeness) as client:
        probe = live.probe(connection, source, client, detect, caller=caller(context))
    findings = sum(finding.is_finding for finding in probe.findings)
    gauged("live", source_name, "findings", findings)
    for line in (f"{source_name}: {probe.state}", *probe.lines()):
        LOG.warning("%s", line)
    if probe.has_moved:
        raise AirflowFailException("\n".join(probe.lines()))
    return {"source": source_name, "findings": findings}


@task
def maintain() -> Summary:
    """Make the partitions of this month and the next, and drop the pages and sketches whose time is over."""
    from newswire import pipeline, retention, settings

    try:
        place = settings.warc_folder()
        keep = retention.Keep(settings.pages_kept(), _export_folder(place) if place else None)
    except (ImportError, ValueError) as error:
        raise AirflowFailException(str(error)) from error  # it is as wrong at the next try
    with database() as connection:
        report = pipeline.maintain(connection, keep, caller=caller(get_current_context()))
    return counted("maintain", "all", report.summary())
