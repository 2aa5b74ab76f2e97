"""Once a day: the partitions of this month and the next."""

from __future__ import annotations

from airflow.sdk import CronTriggerTimetable, dag

import steps
from wiring import DEFAULT_ARGS, START

DOC = """
### Maintenance
Makes the monthly partitions of `raw.page` ahead of time.

**When it is red:** the database. There is a month's time to run it again.
"""


@dag(
    dag_display_name="Maintain", doc_md=DOC, schedule=CronTriggerTimetable("30 3 * * *", timezone="Europe/Kyiv"),
    start_date=START, catchup=False, max_active_runs=1, default_args=DEFAULT_ARGS, tags=["newswire"],
)  # fmt: skip
def maintain() -> None:
    """Wire the Dag."""
    steps.maintain()


maintain()
