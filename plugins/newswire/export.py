"""Exports: for each day one text an article, as downstream programs read it, JSON Lines with every field, Parquet and CSV."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from psycopg2.extras import RealDictCursor

from newswire import db, delivery, ledger, spreadsheet, warc
from newswire.model import Window
from newswire.window import kyiv_day

Row = Mapping[str, Any]
Write = Callable[[Sequence[Row]], None]
"""Adds articles to the files of a format."""

ROWS_AT_ONCE = 500
"""Articles that are in memory at a time, a few megabytes; Parquet gathers some more."""


@dataclass(frozen=True, slots=True)
class Format:
    """One form of a day's articles."""

    layout: str
    """Path of the day's place below the folder; formats may share one."""
    files: str
    """Pattern of its files in the place."""


FORMATS: Mapping[str, Format] = {
    "text": Format("{day}", "text/*.txt"),
    "jsonl": Format("{day}", "articles.jsonl"),
    "csv": Format("{day}", spreadsheet.FILE),
    "parquet": Format("parquet/day={day}", "*.parquet"),
}
"""How articles can be exported; `warc.FORMAT` is how pages can."""

ALL_FORMATS = (*FORMATS, warc.FORMAT)
DEFAULT_FORMATS = ("text", "jsonl")


def plain_text(title: str | None, lead: str | None, body: str, published_at: datetime) -> str:
    """Return an article in the plain form of downstream programs.

    The first line is a space, `date`, the day in Kyiv and the title; then the lead; then one paragraph a line, headings on
    lines of their own; no line break at the end.
    """
    head = f" date {kyiv_day(published_at)} {title or ''}".rstrip()
    return "\n".join(part for part in (head, lead, body) if part)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles of a window; as it stands, all of them."""

    sources: tuple[str, ...] | None = None
    languages: tuple[str, ...] | None = None
    originals: bool = False
    """Without copies."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One day in one place, as it was delivered."""

    day: str
    rows: int
    what: str
    """`articles` or `pages`."""
    place: str
    """Path below the folder."""


def deliver(
    connection: db.Connection,
    window: Window,
    folder: Path | delivery.StorePath,
    formats: Collection[str] = DEFAULT_FORMATS,
    selection: Selection = Selection(),
    *,
    caller: str = "shell",
) -> list[Delivered]:
    """Export a window's articles, and for WARC the pages that were fetched in it; return what went where.

    Raises:
        ValueError: there is no such format, or WARC is asked for by language or without copies.
    """
    check(formats, selection)
    delivered = []
    if asked := [name for name in FORMATS if name in formats]:
        days = export(connection, window, folder, formats=asked, **asdict(selection), caller=caller)
        places = dict.fromkeys(FORMATS[name].layout for name in asked)
        delivered += [Delivered(day, rows, "articles", layout.format(day=day)) for layout in places for day, rows in days.items()]
    if warc.FORMAT in formats:
        pages = warc.export(connection, window, folder, sources=selection.sources, caller=caller)
        delivered += [Delivered(day, rows, "pages", warc.LAYOUT.format(day=day)) for day, rows in pages.items()]
    return delivered


def check(formats: Collection[str], selection: Selection) -> None:
    """Raise ValueError, with one line for a person, where formats and selection do not go together."""
    unknown = [name for name in formats if name not in ALL_FORMATS]
    if unknown or not formats:
        said = f"there is no format {', '.join(unknown)}" if unknown else "an export needs a format"
        raise ValueError(f"{said}; there are: {', '.join(ALL_FORMATS)}")
    if warc.FORMAT in formats and (selection.languages or selection.originals):
        raise ValueError("WARC holds pages as they came, which have no language and no copies: export it by source alone")


def export(
    connection: db.Connection,
    window: Window,
    folder: Path | delivery.StorePath,
    *,
    formats: Collection[str] = DEFAULT_FORMATS,
    sources: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    originals: bool = False,
    caller: str = "shell",
) -> dict[str, int]:
    """Write the days of a window below `folder`, whole days in Kyiv; return how many articles went into each.

    A day is `DAY/articles.jsonl`, `DAY/text/SOURCE_ID.txt`, `DAY/articles.csv` and `parquet/day=DAY/part-0.parquet`, as far as
    these formats are asked for, each place with its manifest (see `delivery`). What is asked for is replaced as a whole day, so
    that an article that moved to another day leaves nothing behind; what other exports wrote in other formats stays.
    """
    days = delivery.whole_days(window)
    selection = {"sources": _listed(sources), "languages": _listed(languages), "originals": originals}
    target = delivery.target(folder)
    with ledger.run(connection, "export", window=window, caller=caller) as run, delivery.alone(connection, folder):
        with db.transaction(connection):
            meanings = {row["name"]: row["meaning"] for row in db.rows(connection, "export_meanings")}
            job = _Job(target, tuple(formats), selection, meanings)
            with _stream(connection, start=days.start, end=days.end, **selection) as articles:
                for day, of_day in groupby(articles, key=lambda row: kyiv_day(row["published_at"])):
                    run.counts[day] = _write_day(job, day, of_day)
        for layout, names in _by_layout(job.formats).items():
            delivery.withdraw(target, layout, names, days, keep=run.counts)
        return dict(run.counts)


def _listed(values: Sequence[str] | None) -> list[str] | None:
    return list(values) if values else None


@contextmanager
def _stream(connection: db.Connection, **conditions: Any) -> Iterator[Iterator[Row]]:
    """Yield the articles as the server hands them over: a day may have more than there is memory."""
    with connection.cursor(name="export", cursor_factory=RealDictCursor) as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(db.query("export_articles"), conditions)
        yield map(dict, cursor)


@dataclass(frozen=True, slots=True)
class _Job:
    """What the days of one export have in common."""

    target: delivery.Target
    formats: tuple[str, ...]
    selection: Mapping[str, Any]
    meanings: Mapping[str, str | None]
    """Column → what it means."""


def _by_layout(formats: Iterable[str]) -> dict[str, list[str]]:
    layouts: dict[str, list[str]] = {}
    for name in formats:
        layouts.setdefault(FORMATS[name].layout, []).append(name)
    return layouts


def _write_day(job: _Job, day: str, articles: Iterator[Row]) -> int:
    places = {layout.format(day=day): names for layout, names in _by_layout(job.formats).items()}
    with ExitStack() as scratches:
        built = {place: scratches.enter_context(job.target.scratch(place)) for place in places}
        with ExitStack() as files:
            writers = [
                files.enter_context(_writer(name, built[place], job.meanings))
                for place, names in places.items()
                for name in names
            ]
            count = 0
            while batch := list(islice(articles, ROWS_AT_ONCE)):
                for write in writers:
                    write(batch)
                count += len(batch)
        for place, names in places.items():
            parts = {name: _part(built[place], FORMATS[name], count, job.selection) for name in names}
            job.target.deliver(place, built[place], parts, names)
    return count


def _part(built: Path, form: Format, count: int, selection: Mapping[str, Any]) -> delivery.Part:
    paths = [path.relative_to(built).as_posix() for path in built.glob(form.files)]
    of_each = 1 if "text/" in form.files else count
    return delivery.Part(count, selection, dict.fromkeys(paths, of_each))


def _writer(name: str, folder: Path, meanings: Mapping[str, str | None]) -> AbstractContextManager[Write]:
    if name == "parquet":
        from newswire import parquet  # noqa: PLC0415 - pyarrow takes a while to load, and most exports need none

        return parquet.writer(folder, meanings)
    return {"text": _texts, "jsonl": _lines, "csv": spreadsheet.writer}[name](folder)


@contextmanager
def _texts(folder: Path) -> Iterator[Write]:
    (folder / "text").mkdir()

    def write(articles: Sequence[Row]) -> None:
        for article in articles:
            text = plain_text(article["title"], article["lead"], article["body"], article["published_at"])
            name = f"{delivery.file_name(article['source'])}_{article['article_id']}.txt"
            (folder / "text" / name).write_text(text, encoding="utf-8", newline="")

    yield write


@contextmanager
def _lines(folder: Path) -> Iterator[Write]:
    with (folder / "articles.jsonl").open("w", encoding="utf-8") as lines:
        yield lambda articles: lines.writelines(db.dumps(article) + "\n" for article in articles)
