"""Exports: for each day one text an article, as downstream programs read it, and JSON Lines with every field."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from newswire import db, ledger
from newswire.model import Window
from newswire.window import kyiv_day, midnight


def plain_text(title: str | None, lead: str | None, body: str, published_at: datetime) -> str:
    """Return an article in the plain form of downstream programs.

    The first line is a space, `date`, the day in Kyiv and the title; then the lead; then one paragraph a line, headings on
    lines of their own; no line break at the end.
    """
    head = f" date {kyiv_day(published_at)} {title or ''}".rstrip()
    return "\n".join(part for part in (head, lead, body) if part)


def export(
    connection: db.Connection,
    window: Window,
    folder: Path,
    *,
    sources: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    originals: bool = False,
    caller: str = "shell",
) -> dict[str, int]:
    """Write the days of a window below `folder`, whole days in Kyiv; return how many articles went into each.

    A day is `DAY/articles.jsonl` and `DAY/text/SOURCE_ID.txt`. Each day of the window is replaced as a whole, so that a
    reader never sees half of one, and an article that moved to another day leaves nothing behind.
    """
    last = midnight(window.end - timedelta(microseconds=1))
    days = Window(midnight(window.start), last + timedelta(days=1))
    with ledger.run(connection, "export", window=window, caller=caller) as run:
        with db.transaction(connection):
            rows = db.rows(
                connection,
                "export_articles",
                start=days.start,
                end=days.end,
                sources=sources,
                languages=languages,
                originals=originals,
            )
        for day, articles in groupby(rows, key=lambda row: kyiv_day(row["published_at"])):
            run.counts[day] = _write_day(folder / day, list(articles))
        for day in _exported(folder):
            if kyiv_day(days.start) <= day <= kyiv_day(last) and day not in run.counts:
                _replace(folder / day, None)
        return dict(run.counts)


def _write_day(folder: Path, articles: Sequence[Mapping[str, Any]]) -> int:
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "text").mkdir(parents=True)
    with (partial / "articles.jsonl").open("w", encoding="utf-8") as lines:
        for article in articles:
            lines.write(db.dumps(dict(article)) + "\n")
            text = plain_text(article["title"], article["lead"], article["body"], article["published_at"])
            name = f"{re.sub(r'[^0-9A-Za-z]', '-', article['source'])}_{article['article_id']}.txt"
            (partial / "text" / name).write_text(text, encoding="utf-8", newline="")
    _replace(folder, partial)
    return len(articles)


def _replace(folder: Path, partial: Path | None) -> None:
    former = folder.with_name(f".{folder.name}.former")
    shutil.rmtree(former, ignore_errors=True)
    if folder.exists():
        folder.rename(former)
    if partial:
        partial.rename(folder)
    shutil.rmtree(former, ignore_errors=True)


def _exported(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("????-??-??") if path.is_dir())
