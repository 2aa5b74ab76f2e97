"""The verbs that take articles from pages which are there already: reprocess, ingest-warc."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.progress import Progress, TaskID

from newswire import archive, db, language, pipeline, reprocess, settings, sources
from newswire.model import Source
from newswire.shell import arguments, console, database
from newswire.shell.arguments import Verbs
from newswire.shell.console import WrongCallError


def add(verbs: Verbs) -> None:
    """Add these verbs to the parser."""
    _add_reprocess(verbs.add_parser("reprocess", help="read kept pages again after a parser has changed"))
    _add_ingest_warc(verbs.add_parser("ingest-warc", help="take pages of known sources out of web archives, without the network"))


def _reprocess(call: argparse.Namespace) -> int:
    source = sources.load(call.source)
    detect = partial(language.judge, engine=settings.language_engine())
    wanted = reprocess.Wanted(
        reprocess.span(call.start, call.end),
        tuple(arguments.feed_name(source, name) for name in call.feeds),
        tuple(call.outcome),
        outdated=call.outdated,
        limit=call.limit,
    )
    with database.opened() as connection, console.progress() as progress:
        done = partial(progress.advance, progress.add_task("reprocess", total=None))
        report = reprocess.reprocess(connection, source, detect, wanted, dry_run=call.dry_run, on_progress=done)
        if report.changed and not call.dry_run:
            database.follow_up(connection)
    for line in report.lines():
        console.OUT.print(line, markup=False, soft_wrap=True)
    return 0


def _add_reprocess(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("source", help="name of a source; see `sources`")
    verb.add_argument("--from", dest="start", metavar="DAY", help="published from here on (default: all)")
    verb.add_argument("--to", dest="end", metavar="DAY", help="published before this day or moment (default: all)")
    verb.add_argument("--feeds", nargs="+", default=[], metavar="FEED", help="editions or channels (default: all)")
    verb.add_argument("--outcome", nargs="+", default=[], metavar="CODE", help="only what ended so: no_text, error, ok …")
    verb.add_argument("--outdated", action="store_true", help="leave out articles that this version of the parser has read")
    verb.add_argument("--limit", type=arguments.positive, metavar="N", help="read at most N pages, newest first")
    verb.add_argument("--dry-run", action="store_true", help="write nothing, tell what would change")
    verb.set_defaults(verb=_reprocess)


def _ingest_warc(call: argparse.Namespace) -> int:
    wanted = [sources.load(call.source)] if call.source else sources.load_all()
    detect = partial(language.judge, engine=settings.language_engine())
    with database.opened() as connection, console.bytes_progress() as progress:
        readings = [_read_archive(connection, file, wanted, call, progress) for file in call.files]
        feeds = archive.queued(connection, wanted)
        reports = [pipeline.normalise(connection, one, feeds[one.name], detect) for one in wanted if one.name in feeds]
        database.follow_up(connection)
    for file, reading in zip(call.files, readings, strict=True):
        _print_reading(file, reading)
    counts = sum((Counter(report.counts) for report in reports), Counter[str]())
    console.OUT.print(f"articles: {console.listed(counts) or 'nothing waited'}", soft_wrap=True)
    return console.settle([f"{file}: {one.damage}" for file, one in zip(call.files, readings, strict=True) if one.damage])


def _read_archive(
    connection: db.Connection, file: Path, wanted: Sequence[Source], call: argparse.Namespace, progress: Progress
) -> archive.Loaded:
    try:
        task = progress.add_task(file.name, total=file.stat().st_size)
        done = partial(_show_done, progress, task)
        return archive.load(connection, file, wanted, again=call.again, on_progress=done)
    except OSError as error:
        raise WrongCallError(f"{file}: {error.strerror}") from error


def _show_done(progress: Progress, task: TaskID, done: int) -> None:
    progress.update(task, completed=done)


def _print_reading(file: Path, reading: archive.Loaded) -> None:
    went_on = f", from byte {reading.began_at:,} on" if reading.began_at else ""
    read = f"{sum(reading.counts.values()):,} records{went_on}: {console.listed(reading.counts)}"
    console.OUT.print(f"{file.name}: {read if reading.counts else 'was read whole before'}", soft_wrap=True, markup=False)


def _add_ingest_warc(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("files", nargs="+", type=Path, metavar="FILE", help="WARC files, plain or .gz; each goes on where it was")
    verb.add_argument("--source", help="only this one (default: all sources)")
    verb.add_argument("--again", action="store_true", help="from the beginning, what was read before or not")
    verb.set_defaults(verb=_ingest_warc)
