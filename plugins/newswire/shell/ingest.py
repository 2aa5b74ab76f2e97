"""The verbs that ask the publishers: ingest, live, coverage, sources."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from functools import partial

from newswire import db, fetch, language, live, pipeline, settings, sources
from newswire.model import Source
from newswire.shell import arguments, console, database
from newswire.shell.arguments import Verbs


def add(verbs: Verbs) -> None:
    """Add these verbs to the parser."""
    verb = verbs.add_parser("ingest", help="discover, fetch and normalise a source, then judge duplicates")
    verb.add_argument("source", help="name of a source; see `sources`")
    arguments.add_window(verb)
    verb.add_argument("--feeds", nargs="+", metavar="FEED", help="editions or channels (default: all of the source)")
    verb.add_argument("--limit", type=arguments.positive, metavar="N", help="fetch at most N pages")
    verb.add_argument("--refetch", action="store_true", help="fetch all of the window again, due or not")
    verb.set_defaults(verb=_ingest)

    verb = verbs.add_parser("live", help="ask sources for their newest articles, and say which of them have moved")
    verb.add_argument("sources", nargs="*", metavar="SOURCE", help="only these (default: all)")
    verb.set_defaults(verb=_live)

    verb = verbs.add_parser("coverage", help="print what was announced, stored and rejected, by source and day")
    verb.set_defaults(verb=_coverage)

    verb = verbs.add_parser("sources", help="list the sources and their feeds")
    verb.set_defaults(verb=_sources)


def _ingest(call: argparse.Namespace) -> int:
    source, asked, fetching = sources.load(call.source), arguments.window_of(call), settings.fetching()
    names = [arguments.feed_name(source, name) for name in call.feeds or [feed.name for feed in source.feeds]]
    detect = partial(language.judge, engine=settings.language_engine())
    with database.opened() as connection, fetch.Client(fetching, source.politeness) as client, console.progress() as progress:
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
        database.follow_up(connection)
        _print_counts(walks, pages.summary(), articles.summary())
        return console.settle(pipeline.problems(source, walks, [pages.summary(), articles.summary()]))


def _print_counts(walks: Sequence[pipeline.Summary], *pages: pipeline.Summary) -> None:
    walked: Counter[str] = Counter()
    for walk in walks:
        walked.update(walk["counts"])
    console.OUT.print(f"announced {walked['announced']}, of them new {walked['new']}")
    for name, summary in zip(("fetched", "articles"), pages, strict=True):
        counts = ", ".join(f"{code} {count}" for code, count in sorted(summary["counts"].items()))
        console.OUT.print(f"{name}: {counts or 'nothing was due'}", soft_wrap=True)


def _live(call: argparse.Namespace) -> int:
    asked = [sources.load(name) for name in call.sources] or sources.load_all()
    detect = partial(language.judge, engine=settings.language_engine())
    with database.opened() as connection, console.progress() as progress:
        probes = [_probe(connection, source, detect) for source in progress.track(asked, description="live")]
    rows = [{"source": one.source, "state": one.state, "found": "\n".join(one.lines()) or "fine"} for one in probes]
    console.print_rows("Sources", rows)
    return 0 if all(one.is_fine for one in probes) else 1


def _probe(connection: db.Connection, source: Source, detect: pipeline.Detect) -> live.Probe:
    with fetch.Client(settings.fetching(), source.politeness) as client:
        return live.probe(connection, source, client, detect)


def _coverage(_: argparse.Namespace) -> int:
    with database.opened() as connection:
        print_coverage(connection)
    return 0


def print_coverage(connection: db.Connection) -> None:
    """Print how what was announced ended, by source and day."""
    rows = db.rows(connection, "coverage_report")
    for row in rows:
        row["rejected"] = "\n".join(f"{code} {count}" for code, count in row["rejected"].items())
    console.print_rows("Coverage by source and day (Kyiv)", rows)


def _sources(_: argparse.Namespace) -> int:
    for source in sources.load_all():
        feeds = ", ".join(feed.name for feed in source.feeds)
        console.OUT.print(f"{source.name:12} {source.title} ({source.home}): {feeds}", soft_wrap=True)
    return 0
