"""On verdicts: each file of sql/checks is one named task."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import dag

import newswire_alarms
import steps
from forms import choice
from newswire.settings import ROOT
from wiring import DAG_ARGS, VERDICTS

DOC = """
### Quality
Each rule of `sql/checks` returns the rows that break it. `warn`: a person should look. `fail`: its task is red, and so is the
run.

**When it is red:** the task's name is the rule; its file's first line says what it watches; `mart.check_result` keeps a sample.
Exports go on all the same. After a correction run that rule alone: choose it in the form.
"""

RULES = sorted(path.stem for path in (ROOT / "sql" / "checks").glob("*.sql"))


@dag(
    dag_display_name="Quality", doc_md=DOC, schedule=[VERDICTS], **DAG_ARGS, tags=["newswire"],
    # each rule is one statement; an hour without an answer is a lock or a plan gone wrong
    deadline=newswire_alarms.deadline("Quality", timedelta(hours=1)), params={"rules": choice(RULES, "Rules (none: all)")},
)  # fmt: skip
def quality() -> None:
    """Wire the Dag."""
    names = steps.rules()
    results = steps.check.expand(name=names)
    steps.checked(results)
    steps.verdict(names, results)


quality()
