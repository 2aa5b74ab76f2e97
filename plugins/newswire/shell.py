"""The command line: the verbs of the pipeline without Airflow, for people who add sources and look into things.

Exit codes: 0 done; 1 the run failed (a site that cannot be reached, too many errors, a rule of severity `fail` broken);
2 the call or a setting is wrong, and nothing was written.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from newswire import db, encoding, export, fetch, language, pipeline, settings, sources, urls, window
from newswire.local import airflow, postgres
from newswire.model import Announcement, Article, Page, Rejected, Source, Window

OUT = Console(highlight=False)
ERR = Console(stderr=True, highlight=False)

DATABASE = "newswire"
"""Name of the database in the embedded PostgreSQL."""


SHORT = 20
"""Cells up to this width are never broken into two lines."""


class WrongCallError(Exception):
    """The call or a setting is wrong: one line for a person, exit code 2."""


def main(arguments: Sequence[str]) -> int:
    """Run one verb and return the exit code."""
    call = _parser().parse_args(arguments)
    try:
        return int(call.verb(call))
    except (WrongCallError, ValueError, db.DatabaseError, postgres.PostgresError) as error:
        ERR.print(f"newswire: {error}", style="red", markup=False, soft_wrap=True)
        return 2
    except KeyboardInterrupt:
        ERR.print("newswire: interrupted; run it again, it goes on where it was")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m newswire",
        description="News of many outlets and channels: fetched, cleaned, told apart, kept in PostgreSQL.",
        epilog="The database is NEWSWIRE_DATABASE_URL, or an embedded PostgreSQL in .newswire, started when needed.",
    )
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)

    verb = verbs.add_parser("ingest", help="discover, fetch and normalise a source, then judge duplicates")
    verb.add_argument("source", help="name of a source; see `sources`")
    _add_window(verb)
    verb.add_argument("--feeds", nargs="+", metavar="FEED", help="editions or channels (default: all of the source)")
    verb.add_argument("--limit", type=_positive, metavar="N", help="fetch at most N pages")
    verb.add_argument("--refetch", action="store_true", help="fetch all of the window again, due or not")
    verb.set_defaults(verb=_ingest)

    verb = verbs.add_parser("parse", help="print what a saved page gives as JSON lines; needs no database")
    verb.add_argument("source", help="name of a source; `telegram` for any channel's page")
    verb.add_argument("file", type=Path, help="the saved page; - for standard input")
    verb.add_argument("--url", required=True, help="the address that the page was saved from")
    verb.add_argument("--feed", help="edition or channel (default: the source's first, or the channel of the address)")
    verb.set_defaults(verb=_parse)

    verb = verbs.add_parser("show", help="print all that is known of one article")
    verb.add_argument("id", help="its number, its URL, or its publisher's identifier (durov/519)")
    verb.set_defaults(verb=_show)

    verb = verbs.add_parser("export", help="write each day as texts and JSON Lines")
    _add_window(verb)
    verb.add_argument("--folder", type=Path, help="where to (default: NEWSWIRE_EXPORT, else .newswire/export)")
    verb.add_argument("--sources", nargs="+", metavar="SOURCE", help="only these")
    verb.add_argument("--languages", nargs="+", metavar="CODE", help="only these")
    verb.add_argument("--originals", action="store_true", help="without copies")
    verb.set_defaults(verb=_export)

    verb = verbs.add_parser("coverage", help="print what was announced, stored and rejected, by source and day")
    verb.set_defaults(verb=_coverage)
    verb = verbs.add_parser("deduplicate", help="reach the duplicate verdicts that are due")
    verb.set_defaults(verb=_deduplicate)
    verb = verbs.add_parser("check", help="run the quality rules")
    verb.add_argument("names", nargs="*", metavar="RULE", help="only these (default: all of sql/checks)")
    verb.set_defaults(verb=_check)
    verb = verbs.add_parser("sources", help="list the sources and their feeds")
    verb.set_defaults(verb=_sources)
    verb = verbs.add_parser("pools", help="print the pools of the Dags, for `airflow pools import`")
    verb.set_defaults(verb=_pools)
    verb = verbs.add_parser("migrate", help="bring the database to this version")
    verb.set_defaults(verb=_migrate)
    verb = verbs.add_parser("maintain", help="make the partitions of this month and the next")
    verb.set_defaults(verb=_maintain)
    return parser


def _add_window(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--from", dest="start", metavar="DAY", help="published from here on (default: yesterday, Kyiv)")
    verb.add_argument("--to", dest="end", metavar="DAY", help="published before this day or moment (default: now)")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _window(call: argparse.Namespace) -> Window:
    return window.window(call.start, call.end, datetime.now(UTC))


@contextmanager
def _database() -> Iterator[db.Connection]:
    """Open the configured database, or the embedded one; it is brought to this version where it is not."""
    url = settings.database_url()
    if url is None:
        cluster = postgres.Cluster(settings.home() / "postgres")
        cluster.start()
        url = cluster.ensure_database(DATABASE)
    connection = db.connect(url)
    try:
        if not db.is_migrated(connection):
            db.migrate(connection)
        yield connection
    finally:
        connection.close()


# --- verbs


def _ingest(call: argparse.Namespace) -> int:
    source, asked, fetching = sources.load(call.source), _window(call), settings.fetching()
    names = [_feed_name(source, name) for name in call.feeds or [feed.name for feed in source.feeds]]
    detect = partial(language.detect, engine=settings.language_engine())
    with _database() as connection, fetch.Client(fetching, source.politeness) as client, _progress() as progress:
        walks = [
            pipeline.discover(connection, source, source.feed(name), asked, client).summary()
            for name in progress.track(names, description="discover")
        ]
        plan = pipeline.plan(connection, source, names, window=asked, limit=call.limit, refetch=call.refetch)
        task = progress.add_task("fetch", total=len(plan.numbers))
        done = partial(progress.advance, task)
        pages = pipeline.fetch(connection, source, plan.numbers, client, planned_at=plan.planned_at, on_progress=done)
        task = progress.add_task("normalise", total=None)
        done = partial(progress.advance, task)
        articles = pipeline.normalise(connection, source, names, detect, on_progress=done)
        progress.update(task, total=progress.tasks[task].completed)
        pipeline.deduplicate(connection)
        _print_counts(walks, pages.summary(), articles.summary())
        return _settle(pipeline.problems(source, walks, [pages.summary(), articles.summary()]))


def _feed_name(source: Source, name: str) -> str:
    try:
        return source.feed(name).name
    except KeyError as error:
        raise WrongCallError(str(error.args[0])) from error


def _print_counts(walks: Sequence[pipeline.Summary], *pages: pipeline.Summary) -> None:
    walked: Counter[str] = Counter()
    for walk in walks:
        walked.update(walk["counts"])
    OUT.print(f"announced {walked['announced']}, of them new {walked['new']}")
    for name, summary in zip(("fetched", "articles"), pages, strict=True):
        counts = ", ".join(f"{code} {count}" for code, count in sorted(summary["counts"].items()))
        OUT.print(f"{name}: {counts or 'nothing was due'}", soft_wrap=True)


def _settle(problems: Sequence[str]) -> int:
    for line in problems:
        ERR.print(f"newswire: {line}", style="red", markup=False, soft_wrap=True)
    return 1 if problems else 0


def _parse(call: argparse.Namespace) -> int:
    source = sources.load(call.source)
    url = urls.canonical(call.url)
    feed = _feed_name(source, call.feed) if call.feed else _feed_of(source, url)
    try:
        body = sys.stdin.buffer.read() if str(call.file) == "-" else call.file.read_bytes()
    except OSError as error:
        raise WrongCallError(f"{call.file}: {error.strerror}") from error
    page = Page(url, url, 200, body, datetime.now(UTC), encoding=encoding.encoding_of(body, None))
    for item in source.parse(source, page, Announcement(source.name, feed, url)):
        sys.stdout.write(_item_line(item, source.feed(feed).languages) + "\n")
    return 0


def _feed_of(source: Source, url: str) -> str:
    """Return the feed that a saved page belongs to when nobody says: a channel's page names its channel."""
    channel = urlsplit(url).path.strip("/").removeprefix("s/").partition("/")[0]
    return channel if source.open_feeds and channel else source.feeds[0].name


def _item_line(item: Article | Rejected, languages: Sequence[str]) -> str:
    if isinstance(item, Rejected):
        return db.dumps({"rejected": item.outcome, **asdict(item)})
    code, confidence = language.detect(pipeline.readable(item), languages)
    return db.dumps({**asdict(item), "language": code, "language_confidence": confidence})


def _show(call: argparse.Namespace) -> int:
    with _database() as connection:
        found = db.row(connection, "show_article", key=call.id, url=urls.canonical_or_none(call.id))
    if found is None:
        raise WrongCallError(f"no article {call.id!r}: give its number, its URL or its publisher's identifier")
    found = {key: value for key, value in found.items() if not key.endswith("_hash")}
    body = found.pop("body")
    OUT.print_json(db.dumps(found))
    OUT.print(export.plain_text(found["title"], found["lead"], body, found["published_at"]), markup=False, soft_wrap=True)
    return 0


def _export(call: argparse.Namespace) -> int:
    asked = _window(call)
    folder = (call.folder or settings.export_folder()).resolve()
    with _database() as connection:
        try:
            days = export.export(
                connection, asked, folder, sources=call.sources, languages=call.languages, originals=call.originals
            )
        except OSError as error:
            raise WrongCallError(f"{error.filename or folder}: {error.strerror}") from error
    for day, count in sorted(days.items()):
        OUT.print(f"{day}: {count} articles in {folder / day}", soft_wrap=True)
    if not days:
        OUT.print(f"no articles from {asked.start} to {asked.end}", soft_wrap=True)
    return 0


def _coverage(_: argparse.Namespace) -> int:
    with _database() as connection:
        print_coverage(connection)
    return 0


def print_coverage(connection: db.Connection) -> None:
    """Print how what was announced ended, by source and day."""
    rows = db.rows(connection, "coverage_report")
    for row in rows:
        row["rejected"] = "\n".join(f"{code} {count}" for code, count in row["rejected"].items())
    print_rows("Coverage by source and day (Kyiv)", rows)


def print_rows(title: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Print the rows of a query as a table that fits the terminal."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    for name, value in (rows[0] if rows else {}).items():
        short = all(len(line) <= SHORT for row in rows for line in str(row[name]).splitlines())
        table.add_column(name, justify="right" if isinstance(value, int) else "left", no_wrap=short, overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    OUT.print(table)
    OUT.print()


def _deduplicate(_: argparse.Namespace) -> int:
    with _database() as connection:
        OUT.print_json(json.dumps(pipeline.deduplicate(connection).summary()["counts"]))
    return 0


def _check(call: argparse.Namespace) -> int:
    with _database() as connection:
        results = [pipeline.check(connection, name) for name in call.names or pipeline.checks()]
    for result in results:
        verdict = "holds" if not result.breakers else f"{result.severity}: {result.breakers} rows"
        OUT.print(f"{result.name:24} {verdict}")
    return 1 if any(result.failed for result in results) else 0


def _sources(_: argparse.Namespace) -> int:
    for source in sources.load_all():
        feeds = ", ".join(feed.name for feed in source.feeds)
        OUT.print(f"{source.name:12} {source.title} ({source.home}): {feeds}", soft_wrap=True)
    return 0


def _pools(_: argparse.Namespace) -> int:
    OUT.print_json(json.dumps(airflow.pools()))
    return 0


def _migrate(_: argparse.Namespace) -> int:
    url = settings.database_url()
    if url is None:
        with _database():
            return 0
    connection = db.connect(url)
    for name in db.migrate(connection):
        OUT.print(f"applied {name}")
    connection.close()
    return 0


def _maintain(_: argparse.Namespace) -> int:
    with _database() as connection:
        pipeline.maintain(connection)
    return 0


def _progress() -> Progress:
    columns = (TextColumn("{task.description:10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal)
