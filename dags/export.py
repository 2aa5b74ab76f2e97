"""After the checks: each day as plain texts and JSON Lines for downstream programs."""

from __future__ import annotations

from airflow.sdk import Param, dag

import steps
from newswire import sources
from wiring import CHECKED, DEFAULT_ARGS, START, WINDOW_PARAMS

DOC = """
### Export
Writes each day of the window as a whole: `DAY/articles.jsonl` and one text an article. By default yesterday and today.

**When it is red:** the folder (NEWSWIRE_EXPORT) cannot be written, or the database. A reader never sees half a day; run it again.
"""


@dag(
    dag_display_name="Export", doc_md=DOC, schedule=[CHECKED], start_date=START, catchup=False, max_active_runs=1,
    default_args=DEFAULT_ARGS, tags=["newswire"],
    params={
        **WINDOW_PARAMS,
        "sources": Param([], type="array", items={"type": "string", "enum": sources.names()}, title="Sources (none: all)"),
        "languages": Param([], type="array", examples=["uk", "ru", "en"], title="Languages (none: all)"),
        "originals": Param(default=False, type="boolean", title="Without copies"),
    },
)  # fmt: skip
def export() -> None:
    """Wire the Dag."""
    steps.export()


export()
