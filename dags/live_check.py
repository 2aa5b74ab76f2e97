"""Every night: whether each site still stands where its source file says."""

from __future__ import annotations

from airflow.sdk import CronTriggerTimetable, dag

import steps
from forms import choice
from newswire import sources
from wiring import DAG_ARGS

DOC = """
### Live check
Asks the feeds of each source for the last 24 hours, fetches five of the newest articles, and judges what is stored: feeds that do
not answer, too few articles (`min_daily`), pages that became no articles, fields that went missing.

**When it is red**, the task's name is the source that has moved; its log says in one line each what is the matter and what to do.
Correct `plugins/newswire/sources/NAME.py`, try `python -m newswire live NAME`, then read the kept pages again: Dag `reprocess`.
Green tasks may have said something in their logs too: `look` means that a person should, when there is time.
"""


@dag(
    dag_display_name="Live check", doc_md=DOC, schedule=CronTriggerTimetable("30 5 * * *", timezone="Europe/Kyiv"),
    **DAG_ARGS, tags=["newswire"], params={"sources": choice(sources.names(), "Sources (none: all)")},
)  # fmt: skip
def live_check() -> None:
    """Wire the Dag."""
    # half past five: the daily runs of midnight are over, nobody else asks the same hosts
    steps.live.override(max_active_tis_per_dagrun=4).expand(source_name=steps.live_sources())


live_check()
