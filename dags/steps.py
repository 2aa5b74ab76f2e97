"""The tasks of the Dags: each opens what a verb of the library needs, calls it, and returns counts.

What another task returned is typed `Any`: while a Dag is wired it is a promise, while the task runs it is the value.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from wiring import ARTICLES, CHECKED, VERDICTS, asked_window, caller, database, run_window

if TYPE_CHECKING:
    from newswire.pipeline import Summary

PAGES_A_TASK = 50
"""A mapped task costs the scheduler about a second; fifty pages at one a second are a minute of work to do again."""


@task
def feeds(source_name: str) -> list[str]:
    """Return the editions or channels that the form names. A wrong window fails here, before anything is asked for."""
    from newswire import sources

    context = get_current_context()
    source = sources.load(source_name)
    try:
        run_window(context)
        return [source.feed(name).name for name in context["params"]["feeds"]]
    except (ValueError, KeyError) as error:
        raise AirflowFailException(str(error.args[0])) from error  # it is as wrong at the next try


@task(map_index_template="{{ feed }}")
def discover(source_name: str, feed: str) -> Summary:
    """Find what one edition or channel announced in the run's window."""
    from newswire import fetch, pipeline, settings, sources

    context = get_current_context()
    context["feed"] = feed  # type: ignore[typeddict-unknown-key]  # the map index template reads it
    source = sources.load(source_name)
    with database() as connection, fetch.Client(settings.fetching(), source.politeness) as client:
        window = run_window(context)
        return pipeline.discover(connection, source, source.feed(feed), window, client, caller=caller(context)).summary()


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
    return [{"numbers": batch, "planned_at": plan.planned_at.isoformat()} for batch in plan.batches(PAGES_A_TASK)]


@task(map_index_template="{{ pages }}")
def fetch(source_name: str, numbers: list[int], planned_at: str) -> Summary:
    """Fetch some pages, each of them once."""
    from newswire import fetch, pipeline, settings, sources

    context = get_current_context()
    context["pages"] = f"{len(numbers)} pages from number {numbers[0]}"  # type: ignore[typeddict-unknown-key]  # see discover
    source, since = sources.load(source_name), datetime.fromisoformat(planned_at)
    with database() as connection, fetch.Client(settings.fetching(), source.politeness) as client:
        return pipeline.fetch(connection, source, numbers, client, planned_at=since, caller=caller(context)).summary()


@task(trigger_rule="all_done", outlets=[ARTICLES])
def normalise(source_name: str, names: Any) -> Summary:
    """Make what was fetched into articles; whatever failed before, what came is not left lying."""
    from newswire import language, pipeline, settings, sources

    detect = partial(language.detect, engine=settings.language_engine())
    with database() as connection:
        by = caller(get_current_context())
        return pipeline.normalise(connection, sources.load(source_name), names or [], detect, caller=by).summary()


@task(trigger_rule="all_done", retries=0)
def settle(source_name: str, walks: Any, fetches: Any, articles: Any, *, tasks: list[Any]) -> None:
    """Fail the run when more went wrong than the source allows, with one line for each thing that did.

    `tasks` are the lists that tasks were mapped over: a task that crashed left no report.
    """
    from newswire import pipeline, sources

    walked = list((walks or [])[:])
    summaries = [*(fetches or [])[:], *([articles] if articles else [])]
    missing = sum(mapped is None for mapped in tasks)
    crashed = missing + sum(len(mapped or []) for mapped in tasks) + 1 - len(walked) - len(summaries)
    if problems := pipeline.problems(sources.load(source_name), walked, summaries, crashed):
        raise AirflowFailException("\n".join(problems))


@task(outlets=[VERDICTS])
def deduplicate() -> Summary:
    """Reach the duplicate verdicts that are due."""
    from newswire import pipeline

    with database() as connection:
        return pipeline.deduplicate(connection, caller=caller(get_current_context())).summary()


@task(map_index_template="{{ rule }}", retries=1)
def check(name: str) -> dict[str, Any]:
    """Run one quality rule; a broken rule of severity `fail` fails the task."""
    from newswire import pipeline

    context = get_current_context()
    context["rule"] = name  # type: ignore[typeddict-unknown-key]  # see discover
    with database() as connection:
        result = pipeline.check(connection, name, caller=caller(context))
    if result.failed:
        raise AirflowFailException(f"{name}: {result.breakers} rows break the rule; mart.check_result keeps a sample")
    return {"name": name, "severity": result.severity, "breakers": result.breakers}


@task(outlets=[CHECKED], trigger_rule="all_done")
def checked(results: Any) -> int:
    """Say that the rules have been run; exports wait for it, whatever the rules found."""
    return len((results or [])[:])


@task
def export() -> dict[str, int]:
    """Write the run's days for downstream programs."""
    from newswire import export, settings

    context = get_current_context()
    params = context["params"]
    with database() as connection:
        return export.export(
            connection,
            run_window(context),
            settings.export_folder(),
            sources=params["sources"] or None,
            languages=params["languages"] or None,
            originals=params["originals"],
            caller=caller(context),
        )


@task
def maintain() -> Summary:
    """Make the partitions of this month and the next."""
    from newswire import pipeline

    with database() as connection:
        return pipeline.maintain(connection, caller=caller(get_current_context())).summary()
