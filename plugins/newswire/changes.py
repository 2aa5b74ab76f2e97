"""What another reading of a page changes in a stored article: told apart by kind and field, and shown to a person."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from newswire.model import Article, Block, BlockKind, Media
from newswire.store import Parsed


class Kind(StrEnum):
    """How far a new reading of an article is from what is stored."""

    UNCHANGED = "unchanged"
    """Nothing is written."""
    HOW_READ = "how_read"
    """The same article by another version of the parser, or with another figure of quality: only that is noted."""
    COUNTERS = "counters"
    """Only views or reactions are read differently."""
    RECORD = "record"
    """Fields beside the text differ: the row is brought up to date, without a revision."""
    CONTENT = "content"
    """What a reader reads differs: a revision keeps the former text."""
    NEW = "new"
    """An article where there was none."""
    LOST = "lost"
    """No article where there is one: the row stays as it is."""


SHOWN = (Kind.CONTENT, Kind.NEW, Kind.LOST, Kind.RECORD)
"""What a person wants to see samples of, most telling first."""


@dataclass(frozen=True, slots=True)
class Change:
    """One article, as it is stored and as it is read now."""

    kind: Kind
    parsed: Parsed | None
    """The new reading; None where the article is lost."""
    row: Mapping[str, Any] | None
    """What is stored (`kept_articles`); None of a new article."""
    fields: tuple[str, ...] = ()
    """Names of the fields that differ; empty where only the way of hashing does."""
    reason: str = ""
    """Why an article is lost, one line."""


def compare(parsed: Parsed, row: Mapping[str, Any] | None, *, channel: bool) -> Change:
    """Return what a reading changes. `channel`: addresses of pictures expire and are never compared."""
    if row is None:
        return Change(Kind.NEW, parsed, None)
    parsed = replace(parsed, article=_with_newest_counters(parsed, row))
    record = _differing(_record(parsed, channel=channel), row)
    if bytes(row["content_hash"]) != parsed.hashes.content:
        return Change(Kind.CONTENT, parsed, row, (*_differing(_content(parsed.article), _content_of(row)), *record))
    if bytes(row["record_hash"]) != parsed.hashes.record or record:
        return Change(Kind.RECORD, parsed, row, record)
    if (row["parser_version"], row["quality"]) != (parsed.parser_version, parsed.quality.score):
        return Change(Kind.HOW_READ, parsed, row)
    return Change(Kind.COUNTERS if _counters_moved(parsed.article, row) else Kind.UNCHANGED, parsed, row)


def _with_newest_counters(parsed: Parsed, row: Mapping[str, Any]) -> Article:
    """Return the article with the stored counters where they were read from a later page than this one."""
    article = parsed.article
    if row["counted_at"] is None or row["counted_at"] <= parsed.page.fetched_at:
        return article
    media = tuple(Media(**one) for one in row["media"])
    same = [(one.kind, one.title) for one in media] == [(one.kind, one.title) for one in article.media]
    return replace(article, views=row["views"], reactions=row["reactions"], media=media if same else article.media)


def _counters_moved(article: Article, row: Mapping[str, Any]) -> bool:
    counted = article.views is not None or bool(article.reactions)
    return counted and (row["views"], row["reactions"]) != (article.views, dict(article.reactions))


def _differing(values: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name, value in values.items() if row[name] != value)


def _content(article: Article) -> dict[str, Any]:
    media = [[one.kind, one.title] for one in article.media]
    kinds = [block.kind.value for block in article.body]
    return {"title": article.title, "lead": article.lead, "body": article.text, "kinds": kinds, "media": media}


def _content_of(row: Mapping[str, Any]) -> dict[str, Any]:
    kinds = row["body_kinds"] or [BlockKind.PARAGRAPH.value] * len(_lines_of(row))
    media = [[one["kind"], one["title"]] for one in row["media"]]
    return {**{name: row[name] for name in ("title", "lead", "body")}, "kinds": kinds, "media": media}


def _lines_of(row: Mapping[str, Any]) -> list[str]:
    return row["body"].split("\n") if row["body"] else []


_PLAIN = (
    "external_id", "url", "dateline", "published_at", "time_origin", "modified_at", "section", "cited_source", "language",
    "is_mixed", "forwarded_from", "reply_to", "edited",
)  # fmt: skip
"""Fields beside the text that stand in the row as they stand in the article."""


def _record(parsed: Parsed, *, channel: bool) -> dict[str, Any]:
    """Return the fields beside the text in the form in which the row has them."""
    article = parsed.article
    values = {name: getattr(article, name) for name in _PLAIN}
    values |= {"authors": list(article.authors), "tags": list(article.tags), "editions": dict(article.editions)}
    values |= {"links": [asdict(link) for link in article.links]}
    values |= {"announcement_id": parsed.announcement_id} if parsed.is_own else {}
    return values if channel else {**values, "image_url": article.image_url}


# --- for a person

LINE = 160
"""Characters of a line that are shown; the beginning tells what it is."""

DIFF_LINES = 8
"""Lines of a body's difference that are shown."""


def shown(change: Change) -> str:
    """Return a change as a few short lines: what it is, where, and what it was before."""
    where = change.parsed.article.url if change.parsed else (change.row or {})["url"]
    return "\n".join((f"{change.kind} {where}", *(f"    {_cut(line)}" for line in _DETAILS[change.kind](change))))


def _show_content(change: Change) -> list[str]:
    assert change.parsed is not None  # both sides are there: they were compared
    assert change.row is not None
    article, row = change.parsed.article, change.row
    named = [name for name in change.fields if name not in ("body", "kinds")]
    return [line for name in named for line in _show_field(name, article, row)] + _body_difference(article, row)


def _body_difference(article: Article, row: Mapping[str, Any]) -> list[str]:
    before = _marked(zip(_content_of(row)["kinds"], _lines_of(row), strict=False))
    after = _marked((block.kind, block.text) for block in article.body)
    lines = [line for line in difflib.unified_diff(before, after, n=0, lineterm="") if not line.startswith(("---", "+++"))]
    more = [f"… {len(lines) - DIFF_LINES} lines more"] if len(lines) > DIFF_LINES else []
    return lines[:DIFF_LINES] + more


def _marked(lines: Any) -> list[str]:
    """Return lines with their kinds in front, where they are no paragraphs: a heading may become one."""
    return [text if kind == BlockKind.PARAGRAPH else f"[{kind}] {text}" for kind, text in lines]


def _show_field(name: str, article: Article, row: Mapping[str, Any]) -> list[str]:
    before, after = _content_of(row).get(name, row.get(name)), _content(article).get(name, getattr(article, name, None))
    return [f"{name}:", f"  - {_said(before)}", f"  + {_said(after)}"]


def _said(value: Any) -> str:
    return "(nothing)" if value in (None, "", [], (), {}) else " ".join(str(value).split())


def _show_new(change: Change) -> list[str]:
    assert change.parsed is not None
    article = change.parsed.article
    first = next((block for block in article.body if block.text), Block(BlockKind.PARAGRAPH, ""))
    return [_said(article.title), _said(first.text)]


def _cut(line: str) -> str:
    return line if len(line) <= LINE else f"{line[: LINE - 1]}…"


_DETAILS: Mapping[Kind, Callable[[Change], list[str]]] = {
    Kind.CONTENT: _show_content,
    Kind.RECORD: _show_content,
    Kind.NEW: _show_new,
    Kind.LOST: lambda change: [change.reason],
}
