"""Runs Dags in one process, one after another, without a scheduler: for the demonstration and the tests.

Reads one JSON line a run, `{"dag": "ingest_unn", "conf": {…}}`, and answers each with one, `{"state": "success", "failed": […]}`.
The database of Airflow must be one that no live scheduler uses: it would take the tasks away.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from airflow.configuration import conf
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import ParamValidationError


def main() -> None:
    """Answer on the output that we were given; whatever else is printed goes where the errors go."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    bag = DagBag(dag_folder=conf.get("core", "dags_folder"), bundle_name="dags-folder")
    if bag.import_errors:
        raise SystemExit(f"Dag files that cannot be imported: {bag.import_errors}")
    for line in sys.stdin:
        asked = json.loads(line)
        answers.write(json.dumps(run(bag, asked["dag"], asked["conf"])) + "\n")
        answers.flush()


def run(bag: DagBag, dag_id: str, run_conf: dict[str, Any]) -> dict[str, Any]:
    """Run one Dag to its end; return the state of the run, or why the form refuses it, and the tasks that failed."""
    # Airflow cannot end a run in one process that has a deadline (apache/airflow#73428); here nobody would miss it either
    bag.dags[dag_id].deadline = None
    try:
        finished = bag.dags[dag_id].test(run_conf=run_conf)
    except ParamValidationError as error:
        return {"state": f"refused: {' '.join(str(error).split())}", "failed": []}
    failed = sorted({task.task_id for task in finished.get_task_instances() if task.state in ("failed", "upstream_failed")})
    return {"state": str(finished.state), "failed": failed}


if __name__ == "__main__":
    main()
