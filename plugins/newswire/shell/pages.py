"""The verbs that look at one page, without a database: parse, record."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from newswire import content, db, encoding, fetch, language, pipeline, quality, recordings, settings, sources, urls, window
from newswire.model import Announcement, Article, Failed, Page, Rejected, Source
from newswire.shell import arguments, console
from newswire.shell.arguments import Verbs
from newswire.shell.console import WrongCallError


def add(verbs: Verbs) -> None:
    """Add these verbs to the parser."""
    verb = verbs.add_parser("parse", help="print what a saved page gives as JSON lines; needs no database")
    verb.add_argument("source", help="name of a source; `telegram` for any channel's page")
    verb.add_argument("file", type=Path, help="the saved page; - for standard input")
    verb.add_argument("--url", required=True, help="the address that the page was saved from")
    verb.add_argument("--feed", help="edition or channel (default: the one that the address looks like)")
    verb.set_defaults(verb=_parse)

    _add_record(
        verbs.add_parser("record", help="keep a page as a fixture, with what its source reads from it; needs no database")
    )


def _parse(call: argparse.Namespace) -> int:
    source = sources.load(call.source)
    url = urls.canonical(call.url)
    feed = arguments.feed_name(source, call.feed or recordings.place_of(source, url)[0])
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
        return console.settle([f"{source.name}: {page.outcome} at {page.url}: {page.detail}"])
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
    return canonical if holds is recordings.Holds.ARTICLES else call.url, arguments.feed_name(source, call.feed or feed), holds


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
    console.OUT.print(f"kept {recording.folder}", soft_wrap=True, markup=False)
    console.print_facts(("page", f"{file.name}, {len(page.body):,} bytes in {page.encoding}, feed {recording.announcement.feed}"))
    try:
        items = recordings.replay(source, recording)
    except ValueError as error:
        return console.settle(
            [f"the page is kept, and no expectation was written: {error} (tests/test_recordings.py says where)"]
        )
    recordings.write_expectation(recording.folder, recordings.described(recording, items))
    _print_items(source, items)
    console.OUT.print(
        f"Next: read {recordings.EXPECTED} beside the page. Where it is wrong, correct the source's rules,", soft_wrap=True
    )
    console.OUT.print("delete it and run tests/test_recordings.py, which writes it anew; then commit the folder.", soft_wrap=True)
    return 0


def _print_items(source: Source, items: Sequence[recordings.Item]) -> None:
    """Print what a source read from a page: how many of each kind, then the newest article, or the ends of a list."""
    kinds = (f"rejected {item.outcome}" if isinstance(item, Rejected) else type(item).__name__.lower() for item in items)
    counts = ", ".join(f"{kind} {count}" for kind, count in Counter(kinds).items())
    console.print_facts(("holds", counts or "nothing"))
    articles = [item for item in items if isinstance(item, Article)]
    if articles:
        _print_article(source, max(articles, key=lambda article: article.published_at))
    elif len(items) == 1 and isinstance(items[0], Rejected):
        console.print_facts(("because", items[0].detail))
    elif items and isinstance(items[0], Announcement):
        console.print_facts(*((name, _headline(item)) for name, item in (("first", items[0]), ("last", items[-1]))))


def _print_article(source: Source, article: Article) -> None:
    missing = quality.assess(article, channel=source.kind == "channel").missing
    texts = [block.text for block in article.body if block.text]
    console.print_facts(
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


def _add_record(verb: argparse.ArgumentParser) -> None:
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
    verb.set_defaults(verb=_record)
