"""The data dictionary: what every view, table and column means, as Markdown, from the comments of a migrated database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from newswire import db

FILE = db.SQL / "DICTIONARY.md"
"""The dictionary that is kept with the migrations and views from which it is made."""

HEAD = """# Data dictionary

Written by `python -m newswire dictionary` from the comments in the database; a test fails when it is not up to date.
Analysts read the schema `mart`, whose names stay; `core` and `raw` are the pipeline's own.
"""

_KINDS = {"m": "materialised view", "v": "view"}

Row = Mapping[str, Any]


def markdown(connection: db.Connection) -> str:
    """Return the dictionary of a database that was migrated and holds nothing else."""
    with db.transaction(connection):
        columns, functions = db.rows(connection, "dictionary_columns"), db.rows(connection, "dictionary_functions")
    lines = [HEAD]
    for schema, of_schema in groupby(columns, key=itemgetter("schema")):
        rows = list(of_schema)
        lines += [f"## {schema}\n", f"{rows[0]['schema_meaning']}\n", *_relations(rows)]
        if schema == "mart":
            lines += [line for function in functions for line in _function(function)]
    return "\n".join(lines)


def _relations(rows: Sequence[Row]) -> Iterator[str]:
    for name, of_relation in groupby(rows, key=itemgetter("relation")):
        columns = list(of_relation)
        first = columns[0]
        yield f"### {first['schema']}.{name}\n"
        kind = _KINDS.get(first["kind"], "table")
        yield f"{'' if kind == 'view' else f'({kind}) '}{first['relation_meaning']}\n"
        yield "| column | type | meaning |\n| --- | --- | --- |"
        yield from (f"| `{one['name']}` | {one['type']} | {_cell(one['meaning'])} |" for one in columns)
        yield ""


def _function(row: Row) -> Iterator[str]:
    yield f"### mart.{row['name']}\n"
    yield f"```sql\nmart.{row['name']}({row['arguments']})\nreturns {row['result']}\n```\n"
    yield "\n\n".join((row["meaning"] or "").splitlines()) + "\n"


def _cell(meaning: str | None) -> str:
    return (meaning or "").replace("\n", " ").replace("|", "\\|")
