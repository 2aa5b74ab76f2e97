"""Once a day: the partitions of this month and the next; pages and sketches whose time is over go."""

from __future__ import annotations

from airflow.sdk import CronTriggerTimetable, dag

import steps
from wiring import DAG_ARGS

DOC = """
### Maintenance
Makes the monthly partitions of `raw.page` ahead of time, and drops whole months of pages that are older than
`NEWSWIRE_KEEP_PAGES_DAYS` (90); where `NEWSWIRE_WARC` names a folder or a URL, they are written there as WARC before.
`raw.dropped_month` says what went. Sketches for duplicates are dropped after 90 days.

**When it is red:** the database, a setting, or the place of the WARC files. Nothing is dropped that was not exported;
there is a month's time to run it again.
"""


@dag(
    dag_display_name="Maintain", doc_md=DOC, schedule=CronTriggerTimetable("30 3 * * *", timezone="Europe/Kyiv"),
    **DAG_ARGS, tags=["newswire"],
)  # fmt: skip
def maintain() -> None:
    """Wire the Dag."""
    steps.maintain()


maintain()
