"""On verdicts: each file of sql/checks is one named task."""

from __future__ import annotations

from airflow.sdk import dag

import steps
from newswire.settings import ROOT
from wiring import DEFAULT_ARGS, START, VERDICTS

DOC = """
### Quality
Each rule of `sql/checks` returns the rows that break it. `warn`: a person should look. `fail`: the task is red.

**When it is red:** the task's name is the rule; its file's first line says what it watches; `mart.check_result` keeps a sample.
"""


@dag(
    dag_display_name="Quality", doc_md=DOC, schedule=[VERDICTS], start_date=START, catchup=False, max_active_runs=1,
    default_args=DEFAULT_ARGS, tags=["newswire"],
)  # fmt: skip
def quality() -> None:
    """Wire the Dag."""
    rules = sorted(path.stem for path in (ROOT / "sql" / "checks").glob("*.sql"))
    steps.checked(steps.check.expand(name=rules))


quality()
