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
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from newswire import (
    archive,
    content,
    db,
    deduplication,
    delivery,
    dictionary,
    encoding,
    export,
    fetch,
    forget,
    language,
    live,
    pipeline,
    quality,
    recordings,
    reprocess,
    retention,
    search,
    settings,
    sources,
    urls,
    window,
)
from newswire.local import airflow, postgres
from newswire.model import Announcement, Article, Failed, Page, Rejected, Source, Window

OUT = Console(highlight=False)
ERR = Console(stderr=True, highlight=False)

DATABASE = "newswire"
"""Name of the database in the embedded PostgreSQL."""

DICTIONARY_DATABASE = "newswire_dictionary"
"""Name of an empty one beside it, for a moment."""


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
    verb.add_argument("--feed", help="edition or channel (default: the one that the address looks like)")
    verb.set_defaults(verb=_parse)

    verb = verbs.add_parser("record", help="keep a page as a fixture, with what its source reads from it; needs no database")
    _add_page(verb)
    verb.set_defaults(verb=_record)

    verb = verbs.add_parser("show", help="print all that is known of one article")
    verb.add_argument("id", help="its number, its URL, or its publisher's identifier (durov/519)")
    verb.set_defaults(verb=_show)

    _add_export(verbs.add_parser("export", help="write each day as texts, JSON Lines, Parquet, CSV; the fetched pages as WARC"))

    _add_rereading(verbs.add_parser("reprocess", help="read kept pages again after a parser has changed"))
    _add_looking(verbs.add_parser("live", help="ask sources for their newest articles, and say which of them have moved"))
    _add_archives(verbs.add_parser("ingest-warc", help="take pages of known sources out of web archives, without the network"))

    verb = verbs.add_parser("coverage", help="print what was announced, stored and rejected, by source and day")
    verb.set_defaults(verb=_coverage)
    verb = verbs.add_parser("deduplicate", help="reach the duplicate verdicts that are due")
    verb.set_defaults(verb=_deduplicate)
    verb = verbs.add_parser("explain", help="say why an article is or is not a copy of its nearest candidates")
    verb.add_argument("id", help="its number, its URL, or its publisher's identifier (durov/519)")
    verb.set_defaults(verb=_explain)
    verb = verbs.add_parser("refresh", help="bring the materialised views of mart up to the articles")
    verb.set_defaults(verb=_refresh)
    verb = verbs.add_parser("index", help="bring the full-text index up to the articles")
    verb.set_defaults(verb=_index)
    _add_search(verbs.add_parser("search", help="find articles by words in any of their forms, the best first"))
    verb = verbs.add_parser("check", help="run the quality rules")
    verb.add_argument("names", nargs="*", metavar="RULE", help="only these (default: all of sql/checks)")
    verb.set_defaults(verb=_check)
    verb = verbs.add_parser("sources", help="list the sources and their feeds")
    verb.set_defaults(verb=_sources)
    verb = verbs.add_parser("pools", help="print the pools of the Dags, for `airflow pools import`")
    verb.set_defaults(verb=_pools)
    verb = verbs.add_parser("migrate", help="bring the database to this version")
    verb.set_defaults(verb=_migrate)
    verb = verbs.add_parser("maintain", help="make the partitions of this month and the next; drop pages whose time is over")
    verb.set_defaults(verb=_maintain)
    _add_forgetting(verbs.add_parser("forget", help="take an article down: text, history and bytes go, and stay away"))
    _add_dictionary(verbs.add_parser("dictionary", help="write what every view, table and column means"))
    return parser


def _add_window(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--from", dest="start", metavar="DAY", help="published from here on (default: yesterday, Kyiv)")
    verb.add_argument("--to", dest="end", metavar="DAY", help="published before this day or moment (default: now)")


def _add_export(verb: argparse.ArgumentParser) -> None:
    _add_window(verb)
    verb.add_argument(
        "--format",
        nargs="+",
        choices=export.ALL_FORMATS,
        default=export.DEFAULT_FORMATS,
        metavar="FORMAT",
        help=f"{', '.join(export.ALL_FORMATS)} (default: {' '.join(export.DEFAULT_FORMATS)})",
    )
    verb.add_argument("--folder", help="where to: a path, or a URL as s3://bucket/news (default: NEWSWIRE_EXPORT)")
    verb.add_argument("--sources", nargs="+", metavar="SOURCE", help="only these")
    verb.add_argument("--languages", nargs="+", metavar="CODE", help="only these")
    verb.add_argument("--originals", action="store_true", help="without copies")
    verb.set_defaults(verb=_export)


def _add_archives(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("files", nargs="+", type=Path, metavar="FILE", help="WARC files, plain or .gz; each goes on where it was")
    verb.add_argument("--source", help="only this one (default: all sources)")
    verb.add_argument("--again", action="store_true", help="from the beginning, what was read before or not")
    verb.set_defaults(verb=_ingest_warc)


def _add_search(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("query", help='words; "a phrase", -without, or; put -- in front of a query that begins with a minus')
    verb.add_argument("--from", dest="start", type=_day, metavar="DAY", help="published from this day on (Kyiv)")
    verb.add_argument("--to", dest="end", type=_day, metavar="DAY", help="published before this day")
    verb.add_argument("--sources", nargs="+", metavar="SOURCE", help="only these")
    verb.add_argument("--languages", nargs="+", metavar="CODE", help="only these")
    verb.add_argument("--originals", action="store_true", help="without copies")
    verb.add_argument("--limit", type=_positive, default=20, metavar="N", help="show at most N (default: 20)")
    verb.set_defaults(verb=_search)


def _add_page(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("source", help="name of a source; `telegram` for any channel's page")
    verb.add_argument("url", help="address of an article, a channel's page, a feed or a listing")
    verb.add_argument("--feed", help="edition or channel (default: the one that the address looks like)")
    verb.add_argument("--file", type=Path, metavar="PAGE", help="take this saved page, not the network; - for standard input")
    verb.add_argument("--at", metavar="TIME", help="when PAGE was saved (default: the file's time)")
    verb.add_argument("--by-hand", action="store_true", help="PAGE was made by hand in the site's shape")
    verb.add_argument(
        "--announced",
        nargs="+",
        default=[],
        metavar="FIELD=VALUE",
        help="what the feed said of it: published_at=2026-02-20T18:30, title=…, lead=…, section=…, guid=…",
    )
    verb.add_argument("--folder", type=Path, default=recordings.FIXTURES, help="where fixtures are (default: tests/fixtures)")
    verb.add_argument("--force", action="store_true", help="replace the recording that is there")


def _add_rereading(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("source", help="name of a source; see `sources`")
    verb.add_argument("--from", dest="start", metavar="DAY", help="published from here on (default: all)")
    verb.add_argument("--to", dest="end", metavar="DAY", help="published before this day or moment (default: all)")
    verb.add_argument("--feeds", nargs="+", default=[], metavar="FEED", help="editions or channels (default: all)")
    verb.add_argument("--outcome", nargs="+", default=[], metavar="CODE", help="only what ended so: no_text, error, ok …")
    verb.add_argument("--outdated", action="store_true", help="leave out articles that this version of the parser has read")
    verb.add_argument("--limit", type=_positive, metavar="N", help="read at most N pages, newest first")
    verb.add_argument("--dry-run", action="store_true", help="write nothing, tell what would change")
    verb.set_defaults(verb=_reprocess)


def _add_forgetting(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("id", help="its number, its URL, or its publisher's identifier (durov/519)")
    verb.add_argument("--reason", default="", metavar="TEXT", help="why; it stays, and analysts can read it")
    verb.set_defaults(verb=_forget)


def _add_dictionary(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("file", nargs="?", type=Path, default=dictionary.FILE, help="where to (default: sql/DICTIONARY.md)")
    verb.add_argument("--check", action="store_true", help="write nothing; exit code 1 when it is not up to date")
    verb.set_defaults(verb=_dictionary)


def _add_looking(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("sources", nargs="*", metavar="SOURCE", help="only these (default: all)")
    verb.set_defaults(verb=_live)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-02-20") from error


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
    detect = partial(language.judge, engine=settings.language_engine())
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
        _follow_up(connection)
        _print_counts(walks, pages.summary(), articles.summary())
        return _settle(pipeline.problems(source, walks, [pages.summary(), articles.summary()]))


def _follow_up(connection: db.Connection) -> None:
    """Do what is due behind new, changed or missing articles: verdicts, the full-text index, the materialised views."""
    deduplication.deduplicate(connection)
    search.index(connection)
    pipeline.refresh(connection)


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
    feed = _feed_name(source, call.feed or recordings.place_of(source, url)[0])
    page = _saved_page(url, call.file, datetime.now(UTC))
    for item in source.parse(source, page, Announcement(source.name, feed, url)):
        sys.stdout.write(_item_line(item, source.feed(feed).languages) + "\n")
    return 0


def _saved_page(url: str, file: Path, saved_at: datetime) -> Page:
    try:
        body = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise WrongCallError(f"{file}: {error.strerror}") from error
    return Page(url, url, 200, body, saved_at, encoding=encoding.encoding_of(body, None))


def _item_line(item: Article | Rejected, languages: Sequence[str]) -> str:
    if isinstance(item, Rejected):
        return db.dumps({"rejected": item.outcome, **asdict(item)})
    told = language.judge(pipeline.readable(item), languages)
    found = replace(item, language=told.code, language_confidence=told.confidence, is_mixed=told.is_mixed)
    return db.dumps(asdict(found))


def _record(call: argparse.Namespace) -> int:
    source = sources.load(call.source)
    url, feed, holds = _recorded_place(source, call)
    announcement = recordings.announced(source.name, feed, url, _announced(call.announced))
    now = window.moment(call.at) if call.at else _saved_at(call.file)
    folder = recordings.folder_for(call.folder.resolve(), source.name, url, now)
    if folder.exists() and not call.force:
        raise WrongCallError(f"{folder} is there already; --force replaces it")
    page = _saved_page(url, call.file, now) if call.file else _fetched_page(source, url, holds)
    if isinstance(page, Failed):
        return _settle([f"{source.name}: {page.outcome} at {page.url}: {page.detail}"])
    recording = recordings.Recording(
        folder,
        page,
        announcement,
        recordings.Holds.FEED if recordings.looks_like_feed(page) else holds,
        recordings.BY_HAND if call.by_hand else recordings.RECORDED,
    )
    return _keep(source, recording, force=call.force)


def _recorded_place(source: Source, call: argparse.Namespace) -> tuple[str, str, recordings.Holds]:
    """Return the address that is to be recorded, its feed, and what its page should hold."""
    if not call.file and (call.at or call.by_hand):
        raise WrongCallError("--at and --by-hand speak of a saved page: name it with --file")
    canonical = urls.canonical(call.url)
    if not call.feed and not recordings.is_of(source, canonical):
        raise WrongCallError(f"{call.url} is on no site of {source.name}; if it is the publisher's all the same, name its --feed")
    feed, holds = recordings.place_of(source, call.url)
    # an article is asked for as in a run, by its canonical address; a feed as the source has it
    return canonical if holds is recordings.Holds.ARTICLES else call.url, _feed_name(source, call.feed or feed), holds


def _announced(pairs: Sequence[str]) -> dict[str, str]:
    """Return what `FIELD=VALUE` says."""
    for pair in pairs:
        if "=" not in pair:
            raise WrongCallError(f"--announced takes FIELD=VALUE, not {pair!r}")
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


def _saved_at(file: Path | None) -> datetime:
    """Return when a page was saved, as far as its file tells; now where it does not."""
    return datetime.fromtimestamp(file.stat().st_mtime, UTC) if file and file.exists() else datetime.now(UTC)


def _fetched_page(source: Source, url: str, holds: recordings.Holds) -> Page | Failed:
    """Return a page that the source's own client fetched, where it is what it should be: a web page, or a feed."""
    with fetch.Client(settings.fetching(), source.politeness) as client:
        page = client.get(url, expect="any")
    if isinstance(page, Failed):
        return page
    is_feed = holds is recordings.Holds.FEED or recordings.looks_like_feed(page)
    problem = content.unfit(page.body, page.headers.get("content-type"), "feed" if is_feed else "html")
    return Failed(page.final_url, *problem, page) if problem else page


def _keep(source: Source, recording: recordings.Recording, *, force: bool) -> int:
    """Write a recording and show it. The page is kept before it is read, so that it is there when the source's rules fail."""
    try:
        file = recordings.save(recording, replace=force)
    except OSError as error:
        raise WrongCallError(f"{error.filename or recording.folder}: {error.strerror}") from error
    page = recording.page
    OUT.print(f"kept {recording.folder}", soft_wrap=True, markup=False)
    _print_facts(("page", f"{file.name}, {len(page.body):,} bytes in {page.encoding}, feed {recording.announcement.feed}"))
    try:
        items = recordings.replay(source, recording)
    except ValueError as error:
        return _settle([f"the page is kept, and no expectation was written: {error} (tests/test_recordings.py says where)"])
    recordings.write_expectation(recording.folder, recordings.described(recording, items))
    _print_items(source, items)
    OUT.print(f"Next: read {recordings.EXPECTED} beside the page. Where it is wrong, correct the source's rules,", soft_wrap=True)
    OUT.print("delete it and run tests/test_recordings.py, which writes it anew; then commit the folder.", soft_wrap=True)
    return 0


def _print_facts(*facts: tuple[str, str]) -> None:
    for name, value in facts:
        OUT.print(f"  {name:10} {value}", soft_wrap=True, markup=False)


def _print_items(source: Source, items: Sequence[recordings.Item]) -> None:
    """Print what a source read from a page: how many of each kind, then the newest article, or the ends of a list."""
    kinds = (f"rejected {item.outcome}" if isinstance(item, Rejected) else type(item).__name__.lower() for item in items)
    counts = ", ".join(f"{kind} {count}" for kind, count in Counter(kinds).items())
    _print_facts(("holds", counts or "nothing"))
    articles = [item for item in items if isinstance(item, Article)]
    if articles:
        _print_article(source, max(articles, key=lambda article: article.published_at))
    elif len(items) == 1 and isinstance(items[0], Rejected):
        _print_facts(("because", items[0].detail))
    elif items and isinstance(items[0], Announcement):
        _print_facts(*((name, _headline(item)) for name, item in (("first", items[0]), ("last", items[-1]))))


def _print_article(source: Source, article: Article) -> None:
    missing = quality.assess(article, channel=source.kind == "channel").missing
    texts = [block.text for block in article.body if block.text]
    _print_facts(
        ("title", article.title or "-"),
        ("published", f"{article.published_at.astimezone(window.KYIV):%Y-%m-%d %H:%M} Kyiv ({article.time_origin})"),
        ("lines", str(len(texts))),
        *zip(("first", "last"), (texts[0], texts[-1]) if texts else (), strict=False),
        ("missing", ", ".join(missing) or "nothing"),
    )


def _headline(item: recordings.Item) -> str:
    """Return an announcement as one line: its time in Kyiv, and its title or address."""
    if not isinstance(item, Announcement):
        return item.url
    at = f"{item.published_at.astimezone(window.KYIV):%Y-%m-%d %H:%M}" if item.published_at else "without a time"
    return f"{at}  {item.title or item.url}"


def _article(connection: db.Connection, key: str) -> dict[str, Any]:
    """Return the row of the article that a person names."""
    found = db.row(connection, "show_article", key=key, url=urls.canonical_or_none(key))
    if found is None:
        raise WrongCallError(f"no article {key!r}: give its number, its URL or its publisher's identifier")
    return found


def _show(call: argparse.Namespace) -> int:
    with _database() as connection:
        found = _article(connection, call.id)
    found = {key: value for key, value in found.items() if not key.endswith("_hash")}
    body = found.pop("body")
    OUT.print_json(db.dumps(found))
    OUT.print(export.plain_text(found["title"], found["lead"], body, found["published_at"]), markup=False, soft_wrap=True)
    return 0


def _export(call: argparse.Namespace) -> int:
    asked = _window(call)
    chosen = [tuple(names) if names else None for names in (call.sources, call.languages)]
    selection = export.Selection(chosen[0], chosen[1], call.originals)
    export.check(call.format, selection)
    folder = _folder(call.folder or delivery.default_folder())
    with _database() as connection:
        try:
            delivered = export.deliver(connection, asked, folder, call.format, selection)
        except OSError as error:
            raise WrongCallError(f"{error.filename or folder}: {error.strerror or error}") from error
    for one in delivered:
        OUT.print(f"{one.day}: {one.rows} {one.what} in {folder / one.place}", soft_wrap=True)
    if not delivered:
        what = "pages" if list(call.format) == ["warc"] else "articles"
        OUT.print(f"no {what} from {asked.start} to {asked.end}", soft_wrap=True)
    return 0


def _folder(named: str) -> Any:
    """Return a local path, or the path of an object store: whatever the installed packages of fsspec know."""
    if "://" not in named:
        return Path(named).resolve()
    from upath import UPath  # noqa: PLC0415 - loads fsspec, which only URLs need

    try:
        folder = UPath(named)
        folder.fs  # noqa: B018 - only now it is looked for
    except (ImportError, ValueError) as error:
        raise WrongCallError(f"{named}: {error}") from error
    return folder


def _ingest_warc(call: argparse.Namespace) -> int:
    wanted = [sources.load(call.source)] if call.source else sources.load_all()
    detect = partial(language.judge, engine=settings.language_engine())
    with _database() as connection, _bytes_progress() as progress:
        readings = [_read_archive(connection, file, wanted, call, progress) for file in call.files]
        feeds = archive.queued(connection, wanted)
        reports = [pipeline.normalise(connection, one, feeds[one.name], detect) for one in wanted if one.name in feeds]
        _follow_up(connection)
    for file, reading in zip(call.files, readings, strict=True):
        _print_reading(file, reading)
    counts = sum((Counter(report.counts) for report in reports), Counter[str]())
    OUT.print(f"articles: {_listed(counts) or 'nothing waited'}", soft_wrap=True)
    return _settle([f"{file}: {one.damage}" for file, one in zip(call.files, readings, strict=True) if one.damage])


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
    read = f"{sum(reading.counts.values()):,} records{went_on}: {_listed(reading.counts)}"
    OUT.print(f"{file.name}: {read if reading.counts else 'was read whole before'}", soft_wrap=True, markup=False)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{code} {count}" for code, count in sorted(counts.items()))


def _reprocess(call: argparse.Namespace) -> int:
    source = sources.load(call.source)
    detect = partial(language.judge, engine=settings.language_engine())
    wanted = reprocess.Wanted(
        reprocess.span(call.start, call.end),
        tuple(_feed_name(source, name) for name in call.feeds),
        tuple(call.outcome),
        outdated=call.outdated,
        limit=call.limit,
    )
    with _database() as connection, _progress() as progress:
        done = partial(progress.advance, progress.add_task("reprocess", total=None))
        report = reprocess.reprocess(connection, source, detect, wanted, dry_run=call.dry_run, on_progress=done)
        if report.changed and not call.dry_run:
            _follow_up(connection)
    for line in report.lines():
        OUT.print(line, markup=False, soft_wrap=True)
    return 0


def _live(call: argparse.Namespace) -> int:
    asked = [sources.load(name) for name in call.sources] or sources.load_all()
    detect = partial(language.judge, engine=settings.language_engine())
    with _database() as connection, _progress() as progress:
        probes = [_probe(connection, source, detect) for source in progress.track(asked, description="live")]
    rows = [{"source": one.source, "state": one.state, "found": "\n".join(one.lines()) or "fine"} for one in probes]
    print_rows("Sources", rows)
    return 0 if all(one.is_fine for one in probes) else 1


def _probe(connection: db.Connection, source: Source, detect: pipeline.Detect) -> live.Probe:
    with fetch.Client(settings.fetching(), source.politeness) as client:
        return live.probe(connection, source, client, detect)


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
        OUT.print_json(json.dumps(deduplication.deduplicate(connection).summary()["counts"]))
    return 0


def _index(_: argparse.Namespace) -> int:
    with _database() as connection:
        OUT.print_json(json.dumps(search.index(connection).summary()["counts"]))
    return 0


def _search(call: argparse.Namespace) -> int:
    with _database() as connection:
        hits = search.search(
            connection,
            call.query,
            from_day=call.start,
            to_day=call.end,
            languages=call.languages,
            sources=call.sources,
            originals=call.originals,
            most=call.limit,
        )
    for hit in hits:
        at = f"{hit.published_at.astimezone(window.KYIV):%Y-%m-%d %H:%M}"
        copy = f", a copy of {hit.original_id}" if hit.original_id else ""
        OUT.print(f"{hit.title or hit.outlet}", style="bold", markup=False, soft_wrap=True)
        OUT.print(hit.snippet, markup=False, soft_wrap=True)
        OUT.print(f"{at}  {hit.outlet}  {hit.language}  {hit.url}  ({hit.article_id}{copy})\n", markup=False, soft_wrap=True)
    if not hits:
        OUT.print("nothing found")
    return 0


def _explain(call: argparse.Namespace) -> int:
    with _database() as connection:
        found = deduplication.explain(connection, _article(connection, call.id)["article_id"])
    row = found.verdict
    of_what = f"a copy ({row['kind']}, {row['similarity']:.0%}) of article {row['original_id']}, {row['original_url']}"
    verdict = of_what if row["original_id"] else f"an original with {row['copies']} copies"
    OUT.print(f"Article {row['article_id']}, {row['url']}, is {verdict}.", soft_wrap=True, markup=False)
    OUT.print(row["reason"] or ("" if row["judged"] else "Its verdict is due: run `deduplicate`."), soft_wrap=True, markup=False)
    neighbours = [
        {
            "article": one.article_id,
            "published": f"{one.published_at:%Y-%m-%d %H:%M}",
            "verdict": one.match.kind if one.match else "no",
            "why": one.reason,
            "url": one.url,
        }
        for one in found.neighbours
    ]
    print_rows("Nearest by their passages" if neighbours else deduplication.ALONE, neighbours)
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
    place = settings.warc_folder()
    keep = retention.Keep(settings.pages_kept(), _folder(place) if place else None)
    with _database() as connection:
        OUT.print_json(json.dumps(pipeline.maintain(connection, keep).summary()["counts"]))
    return 0


def _refresh(_: argparse.Namespace) -> int:
    with _database() as connection:
        OUT.print_json(json.dumps(pipeline.refresh(connection).summary()["counts"]))
    return 0


def _forget(call: argparse.Namespace) -> int:
    with _database() as connection:
        try:
            done = forget.forget(connection, call.id, reason=call.reason)
        except forget.UnknownError as error:
            raise WrongCallError(error.args[0]) from error
        if done.articles:
            _follow_up(connection)
    if done.forgotten_at:
        OUT.print(f"It was taken down at {done.forgotten_at:%Y-%m-%d %H:%M} UTC.", soft_wrap=True)
    else:
        numbers = ", ".join(map(str, done.articles))
        OUT.print(f"Taken down: article {numbers}; the bytes of {done.withheld} pages were deleted.", soft_wrap=True)
        OUT.print(f"Exports, WARC files and backups of {', '.join(done.days)} may hold it still.", soft_wrap=True)
    return 0


def _dictionary(call: argparse.Namespace) -> int:
    text = _fresh_dictionary()
    current = call.file.read_text(encoding="utf-8") if call.file.exists() else ""
    if call.check:
        return _settle([] if text == current else [f"{call.file} is not up to date: run `python -m newswire dictionary`"])
    call.file.write_text(text, encoding="utf-8")
    OUT.print(f"{'wrote' if text != current else 'is up to date:'} {call.file}", soft_wrap=True, markup=False)
    return 0


def _fresh_dictionary() -> str:
    """Return the dictionary of an empty database, made for it in the embedded PostgreSQL."""
    cluster = postgres.Cluster(settings.home() / "postgres")
    cluster.start()
    cluster.drop_database(DICTIONARY_DATABASE)
    connection = db.connect(cluster.ensure_database(DICTIONARY_DATABASE))
    try:
        db.migrate(connection)
        return dictionary.markdown(connection)
    finally:
        connection.close()
        cluster.drop_database(DICTIONARY_DATABASE)


def _progress() -> Progress:
    columns = (TextColumn("{task.description:10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal)


def _bytes_progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    return Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal)
