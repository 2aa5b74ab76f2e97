"""Articles as Parquet: typed, compressed, each column with its meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from newswire import db

FILE = "part-0.parquet"

GROUP = 5_000
"""Rows of a group: some 20 MB of Python objects at a time, and groups large enough to compress and skip well."""

_MOMENT = pa.timestamp("us", tz="UTC")
_LABEL = pa.dictionary(pa.int32(), pa.string())
"""Text of few different values: stored once each."""
_TEXTS = pa.list_(pa.string())

_TYPES: Mapping[str, pa.DataType] = {
    "article_id": pa.int64(),
    "source": _LABEL,
    "feed": _LABEL,
    "external_id": pa.string(),
    "url": pa.string(),
    "title": pa.string(),
    "lead": pa.string(),
    "body": pa.string(),
    "body_kinds": _TEXTS,
    "word_count": pa.int32(),
    "dateline": pa.string(),
    "published_at": _MOMENT,
    "time_origin": _LABEL,
    "modified_at": _MOMENT,
    "authors": _TEXTS,
    "section": _LABEL,
    "tags": _TEXTS,
    "image_url": pa.string(),
    "media": pa.string(),
    "links": pa.string(),
    "editions": pa.string(),
    "cited_source": pa.string(),
    "language": _LABEL,
    "language_confidence": pa.float32(),
    "is_mixed": pa.bool_(),
    "views": pa.int64(),
    "reactions": pa.string(),
    "forwarded_from": pa.string(),
    "reply_to": pa.string(),
    "edited": pa.bool_(),
    "revision": pa.int32(),
    "first_seen_at": _MOMENT,
    "updated_at": _MOMENT,
    "removed_at": _MOMENT,
    "parser_version": _LABEL,
    "quality": pa.float32(),
    "original_id": pa.int64(),
    "duplicate_kind": _LABEL,
    "duplicate_similarity": pa.float32(),
}
"""The columns of the export in its order. The day stands in the folder's name (`day=2026-02-20`), not in the file."""

JSON_COLUMNS: Mapping[str, str] = {
    "media": 'list of {"kind", "url", "title", "details"}',
    "links": 'list of {"url", "text", "kind"}',
    "editions": "object: language code to URL",
    "reactions": "object: reaction to count",
}
"""Columns that hold JSON as text, because readers of Parquet differ in how they take maps and lists of records; with its form."""

_ALWAYS = frozenset(
    (
        "article_id", "source", "feed", "external_id", "url", "body", "word_count", "published_at", "time_origin", "authors",
        "tags", "media", "links", "editions", "language", "language_confidence", "is_mixed", "reactions", "edited", "revision",
        "first_seen_at", "updated_at", "parser_version",
    )
)  # fmt: skip
"""Columns that are never null."""


def schema(meanings: Mapping[str, str | None]) -> pa.Schema:
    """Return the columns with their meanings (metadata `comment`) and, of JSON, its form (metadata `json`)."""
    fields = []
    for name, kind in _TYPES.items():
        notes = {"comment": meanings.get(name) or "", "json": JSON_COLUMNS.get(name, "")}
        told = {key: note for key, note in notes.items() if note}
        fields.append(pa.field(name, kind, nullable=name not in _ALWAYS, metadata=told))
    return pa.schema(fields)


@contextmanager
def writer(folder: Path, meanings: Mapping[str, str | None]) -> Iterator[Callable[[Sequence[Mapping[str, Any]]], None]]:
    """Yield a function that adds articles to the file in `folder`; it keeps at most one group of rows in memory."""
    columns, waiting = schema(meanings), list[Mapping[str, Any]]()
    with pq.ParquetWriter(folder / FILE, columns, compression="zstd") as file:

        def write(rows: Sequence[Mapping[str, Any]]) -> None:
            waiting.extend(map(_plain, rows))
            if len(waiting) >= GROUP:
                file.write_table(pa.Table.from_pylist(waiting, columns))
                waiting.clear()

        yield write
        if waiting:
            file.write_table(pa.Table.from_pylist(waiting, columns))


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: db.dumps(row[name]) if name in JSON_COLUMNS else row[name] for name in _TYPES}
