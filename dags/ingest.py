"""One Dag a publisher: find what was announced, fetch it politely, make it into articles."""

from __future__ import annotations

from airflow.sdk import Param, dag
from airflow.timetables.interval import CronDataIntervalTimetable

import steps
from newswire import sources
from newswire.model import Source
from wiring import DEFAULT_ARGS, START, WINDOW_PARAMS

DOC = """
### {title}
Finds what was announced in the window, fetches each page once, and stores the articles. May be run again at any time.

**When it is red**, the task `settle` says in one line each what failed. `unreachable`, `refused`, `throttled`: the site;
nothing is lost, the next run tries again. `error`: our parser; the page is kept, see `mart.rejected`. Gaps: `mart.gap`.
"""


def feeds_param(source: Source) -> Param:
    """Return the form's choice of editions or channels; of a source that is open to it, any channel may be named."""
    names = [feed.name for feed in source.feeds]
    choice = {"examples": names} if source.open_feeds else {"items": {"type": "string", "enum": names}}
    return Param(names, type="array", minItems=1, title="Editions or channels", **choice)


def ingest(source: Source) -> None:
    """Wire the Dag of one publisher."""
    polite = {"pool": f"newswire_{source.name}", "max_active_tis_per_dagrun": source.politeness.concurrency}

    @dag(
        dag_id=f"ingest_{source.name}", dag_display_name=f"Ingest {source.title}", doc_md=DOC.format(title=source.title),
        schedule=CronDataIntervalTimetable(source.schedule, timezone="Europe/Kyiv"), start_date=START, catchup=False,
        max_active_runs=1, default_args=DEFAULT_ARGS, tags=["newswire", "ingest", source.kind],
        params={
            **WINDOW_PARAMS, "feeds": feeds_param(source),
            "limit": Param(None, type=["null", "integer"], minimum=1, title="Limit", description="Pages to fetch at the most."),
            "refetch": Param(default=False, type="boolean", title="Fetch again", description="All of the window, due or not."),
        },
    )  # fmt: skip
    def publisher() -> None:
        names = steps.feeds(source.name)
        walks = steps.discover.override(**polite).partial(source_name=source.name).expand(feed=names)
        batches = steps.visits(source.name, names)
        fetches = steps.fetch.override(**polite).partial(source_name=source.name).expand_kwargs(batches)
        articles = steps.normalise(source.name, names)
        walks >> batches >> fetches >> articles
        steps.settle(source.name, walks, fetches, articles, tasks=[names, batches])

    publisher()


for one in sources.load_all():
    ingest(one)
