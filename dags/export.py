"""After the checks: each day for downstream programs and people, as texts, JSON Lines, Parquet, CSV, and its pages as WARC."""

from __future__ import annotations

from airflow.sdk import Param, dag

import steps
from forms import choice
from newswire import sources
from wiring import CHECKED, DAG_ARGS, WINDOW_PARAMS

DOC = """
### Export
Writes each day of the window as a whole, by default yesterday and today, as texts and JSON Lines: `DAY/articles.jsonl`,
`DAY/text/`; CSV `DAY/articles.csv`; Parquet `parquet/day=DAY/`; WARC (by day of fetching) `warc/DAY/`. Each place has its
`_manifest.json`: rows, bytes, SHA-256 of every file. Who goes by it never sees half a day, in a folder nobody does.

The folder is a path or a URL with the id of an Airflow connection: `s3://aws_default@bucket/news`; empty: NEWSWIRE_EXPORT.

**When it is red:** the form asks for what does not go together (the log says it in one line), the folder cannot be written, the
package of its store is missing (`s3fs`, `gcsfs`, `adlfs`), or the database does not answer. Run it again: it replaces whole days.
"""

FORMATS = ["text", "jsonl", "csv", "parquet", "warc"]
"""`export.ALL_FORMATS`; that module needs the database's driver, which a Dag file must not load."""


@dag(
    dag_display_name="Export", doc_md=DOC, schedule=[CHECKED], **DAG_ARGS, tags=["newswire"],
    params={
        **WINDOW_PARAMS,
        "formats": choice(FORMATS, "Formats", chosen=["text", "jsonl"]),
        "sources": choice(sources.names(), "Sources (none: all)"),
        "languages": choice(["uk", "ru", "en"], "Languages (none: all)", is_open=True),
        "originals": Param(default=False, type="boolean", title="Without copies"),
        "folder": Param(None, type=["null", "string"], title="Folder", description="Path or URL; empty: NEWSWIRE_EXPORT."),
    },
)  # fmt: skip
def export() -> None:
    """Wire the Dag."""
    steps.export()


export()
