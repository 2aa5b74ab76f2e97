"""One Dag a publisher: find what was announced, fetch it politely, make it into articles."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import dag
from airflow.timetables.interval import CronDataIntervalTimetable

import newswire_alarms
import steps
from forms import LONGEST_DAYS, ingest_params
from newswire import sources
from newswire.model import Source
from wiring import DAG_ARGS

DOC = """
### {title}
Finds what was announced in the window, fetches each page once, and stores the articles. May be run again at any time.

**By hand:** a day is From its midnight To the next one; both empty: yesterday; {longest} days at the most. *Dry run* tells in the
logs of `discover` and `visits` what is new and due. As JSON:
`{{"start": "2026-02-16T00:00:00+02:00", "end": "2026-02-17T00:00:00+02:00", "feeds": ["{feed}"]}}`.

**Past days:** *Backfill* in the same dialog, or
`airflow backfill create --dag-id {dag} --from-date 2026-02-16 --to-date 2026-02-20`; what is there is not fetched again.

**When it is red**, `settle` says in one line each what failed; `feeds`: what is wrong with the form. `unreachable`, `refused`,
`throttled`: the site; nothing is lost, the next run tries again. `error`: our parser; the page is kept, see `mart.rejected`.
Gaps: `mart.gap`.
"""


def ingest(source: Source) -> None:
    """Wire the Dag of one publisher."""
    polite = {"pool": f"newswire_{source.name}", "max_active_tis_per_dagrun": source.politeness.concurrency}
    dag_id, title = f"ingest_{source.name}", f"Ingest {source.title}"
    doc = DOC.format(title=source.title, dag=dag_id, feed=source.feeds[0].name, longest=LONGEST_DAYS)

    @dag(
        dag_id=dag_id, dag_display_name=title, doc_md=doc, tags=["newswire", "ingest", source.kind], params=ingest_params(source),
        schedule=CronDataIntervalTimetable(source.schedule, timezone="Europe/Kyiv"), **DAG_ARGS,
        # three editions of a day are twenty minutes at one page a second
        deadline=newswire_alarms.deadline(title, timedelta(hours=3)),
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
