"""On new articles: which of them are copies of which original."""

from __future__ import annotations

from airflow.sdk import dag

import steps
from wiring import ARTICLES, DAG_ARGS

DOC = """
### Duplicates
Judges new and changed articles, and again those that share an address, a forward's origin or a text with them.

**When it is red:** the database. Verdicts that are due stay due; run it again.
"""


@dag(
    dag_display_name="Deduplicate", doc_md=DOC, schedule=[ARTICLES], **DAG_ARGS, tags=["newswire"],
)  # fmt: skip
def deduplicate() -> None:
    """Wire the Dag."""
    steps.deduplicate()


deduplicate()
