"""The verb reprocess: read kept pages again after a parser has changed, and show what that would change before it does.

Of each announcement the newest page that answered is read again, and of an article whose later visits ended without one the page
that made it. Earlier pages are not: revisions are what readers were shown, and another parser does not change that.

What a parser no longer finds is not deleted. It is more often broken than it is right about an article that was there: the
article is counted as lost, and its row, outcome and parser_version stay, so that the next reading finds it again.
"""

from __future__ import annotations

from collections import ChainMap, Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby, islice
from typing import Any

from psycopg2.extras import RealDictCursor

from newswire import db, ledger, pipeline, store
from newswire.changes import SHOWN, Change, Kind, compare, shown
from newswire.model import Announcement, Article, Outcome, Source, Window
from newswire.window import moment

PARSED = (
    Outcome.OK, Outcome.REDIRECTED, Outcome.NOT_ARTICLE, Outcome.NO_TEXT, Outcome.NO_TITLE, Outcome.NO_DATE, Outcome.SERVICE,
    Outcome.UNSUPPORTED, Outcome.NO_CHANNEL, Outcome.PREVIEW_OFF, Outcome.SOFT_BAN, Outcome.ERROR,
)  # fmt: skip
"""Outcomes that a parser gives: another parser may give others. All the rest is what a server or the network did."""

WRITTEN = frozenset({Kind.HOW_READ, Kind.COUNTERS, Kind.RECORD, Kind.CONTENT, Kind.NEW})
"""Kinds of changes that write something."""

SAMPLES = 5
"""Changed articles that are shown, of each kind that is worth showing."""

BEGINNING, END = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""What an open end of a window means: no person means a day beyond (see `window.YEARS`)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which kept pages to read again; as it stands, all of a source's."""

    window: Window | None = None
    """Publication times, of the article, else as announced; where none is known, the time at which the page was fetched."""
    feeds: tuple[str, ...] = ()
    """Editions or channels; none: all."""
    outcomes: tuple[str, ...] = ()
    """Codes with which the announcements ended so far; none: all that a parser gives, and articles whatever came later."""
    outdated: bool = False
    """Leave out the articles that this version of the parser has read; pages without an article are always read."""
    limit: int | None = None
    """Pages at the most, newest first; None: all."""


@dataclass(frozen=True, slots=True)
class Reread:
    """What another reading changed, or would change."""

    counts: Mapping[str, int]
    """`pages`; articles by `changes.Kind`; `errors`; `elsewhere`: newer pages came meanwhile; `no_page`: pages that are no longer
    kept; `field NAME`: articles of which it differs; `outcome FROM → TO`: announcements."""
    samples: tuple[str, ...] = ()
    """Some of the changed articles, a few lines each."""
    failures: tuple[str, ...] = ()
    """Pages that broke the parser, one line each; some of them where there are many."""

    def lines(self) -> list[str]:
        """Return what changed as lines for a person: samples, pages that failed, then the counts."""
        counts = [f"{count:8} {code}" for code, count in sorted(self.counts.items())]
        return [*self.samples, *self.failures, *(counts or ["no kept page is asked for by that"])]

    @property
    def changed(self) -> int:
        """How many articles are new or say something else."""
        return sum(self.counts.get(kind, 0) for kind in (Kind.NEW, Kind.CONTENT, Kind.RECORD))


def span(start: str | None, end: str | None) -> Window | None:
    """Return the window that a person wrote, open where an end was left out; None without either.

    Raises:
        ValueError: one is no date, or the end is not after the start.
    """
    if not start and not end:
        return None
    return Window(moment(start) if start else BEGINNING, moment(end) if end else END)


def reprocess(
    connection: db.Connection,
    source: Source,
    detect: pipeline.Detect,
    wanted: Wanted = Wanted(),
    *,
    dry_run: bool = False,
    caller: str = "shell",
    on_progress: Callable[[int], None] = lambda _: None,
) -> Reread:
    """Read kept pages again and store what really changed; it may be killed, run again, and run beside any other verb.

    `dry_run` compares as the real run does, in transactions in which the server refuses to write; what no column takes (a NUL,
    a key too long) is found by a real run only, which sets that page aside.

    Raises:
        ValueError: an outcome is none that a parser gives.
        KeyError: the source has no such feed.
    """
    if others := sorted(set(wanted.outcomes) - set(PARSED)):
        raise ValueError(f"no parser gives {', '.join(others)}; those are: {', '.join(PARSED)}")
    work = _Work(connection, source, detect, wanted, _conditions(source, wanted), on_progress=on_progress)
    if dry_run:
        _read_all(work)
        connection.rollback()  # the plan's end has begun a transaction
    else:
        with ledger.run(connection, "reprocess", source=source.name, window=wanted.window, caller=caller) as run:
            work.run_id, work.counts = run.run_id, run.counts
            _read_all(work)
    samples = tuple(line for kind in SHOWN for line in work.samples.get(kind, ()))
    return Reread({str(code): count for code, count in work.counts.items()}, samples, tuple(work.failures))


@dataclass(slots=True)
class _Work:
    """What the verb works with while it runs."""

    connection: db.Connection
    source: Source
    detect: pipeline.Detect
    wanted: Wanted
    conditions: dict[str, Any]
    """The parameters of `kept_announcements`."""
    on_progress: Callable[[int], None]
    run_id: int | None = None
    """None of a dry run: it writes nothing, not even that."""
    told: dict[str, int] = field(default_factory=dict)
    """What a dry run would have stored as new by now: identity → announcement (0: of none yet)."""
    counts: Counter[str] = field(default_factory=Counter)
    samples: dict[Kind, list[str]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def _conditions(source: Source, wanted: Wanted) -> dict[str, Any]:
    # a feed that has left the source's file cannot be asked for its languages: its pages are left alone
    own = None if source.open_feeds else [feed.name for feed in source.feeds]
    return {
        "source": source.name,
        "parsed": list(PARSED),
        "ids": None,
        "feeds": [source.feed(name).name for name in wanted.feeds] or own,
        "outcomes": list(wanted.outcomes) or None,
        "version": pipeline.parser_version(source) if wanted.outdated else None,
        "start": wanted.window and wanted.window.start,
        "end": wanted.window and wanted.window.end,
    }


# --- which pages


@dataclass(frozen=True, slots=True)
class _Kept:
    """A kept page, and the announcements that are to be answered from it (rows of `kept_announcements`)."""

    page_id: int
    fetched_at: datetime
    rows: tuple[Mapping[str, Any], ...]


def _read_all(work: _Work) -> None:
    with _planned(work) as plan:
        while _read_batch(work, plan):
            pass


@contextmanager
def _planned(work: _Work) -> Iterator[Iterator[_Kept]]:
    """Yield what is to be read: the server keeps the list, whatever its length, over the transactions that work through it."""
    connection, conditions = work.connection, work.conditions
    with connection.cursor(name="reprocess", withhold=True, cursor_factory=RealDictCursor) as cursor:
        with db.transaction(connection):
            cursor.execute(db.query("kept_announcements"), conditions)
        yield islice(_by_page(work.source, cursor), work.wanted.limit)


def _by_page(source: Source, rows: Iterable[Mapping[str, Any]]) -> Iterator[_Kept]:
    # a site's page answers one announcement at a time, a channel's page all of its posts at once
    for key, group in groupby(rows, key=lambda row: (row["page_id"], None if source.visits else row["announcement_id"])):
        found = tuple(group)
        yield _Kept(key[0], found[0]["page_fetched_at"], found)


def _read_batch(work: _Work, plan: Iterator[_Kept]) -> bool:
    """Read some pages in one transaction; return False when there were none left."""
    connection = work.connection
    with db.transaction(connection):
        if work.run_id is None:
            db.run(connection, "read_only")
        else:
            db.run(connection, "lock_source", source=work.source.name)
        planned = list(islice(plan, pipeline.PAGES_A_BATCH))
        readings = _read(work, _still_so(work, planned))
        if work.run_id is not None:
            _store_or_set_aside(work, work.run_id, readings)
    for reading in readings:
        _count(work, reading)
    work.on_progress(len(planned))
    return bool(planned)


def _still_so(work: _Work, planned: Sequence[_Kept]) -> list[_Kept]:
    """Return what of a plan still holds under the lock: newer pages may have come, another may have read these."""
    numbers = [row["announcement_id"] for kept in planned for row in kept.rows]
    found = db.rows(work.connection, "kept_announcements", **{**work.conditions, "ids": numbers})
    now = {(row["page_id"], row["announcement_id"]): row for row in found}
    held = [
        replace(kept, rows=tuple(now[key] for row in kept.rows if (key := (kept.page_id, row["announcement_id"])) in now))
        for kept in planned
    ]
    work.counts.update({"elsewhere": moved} if (moved := len(numbers) - sum(len(kept.rows) for kept in held)) else {})
    return [kept for kept in held if kept.rows]


# --- reading


@dataclass(slots=True)
class _Reading:
    """What one page gives now."""

    kept: _Kept
    parsed: pipeline.ParsedPage
    changes: list[Change] = field(default_factory=list)
    outcomes: dict[int, tuple[Outcome, str | None]] = field(default_factory=dict)
    """Announcement → how it ends, with its detail; only where this page is the one that decides."""


def _read(work: _Work, kept: Sequence[_Kept]) -> list[_Reading]:
    ids, times = [one.page_id for one in kept], [one.fetched_at for one in kept]
    pages = {row["page_id"]: row for row in db.rows(work.connection, "kept_pages", pages=ids, times=times)}
    work.counts.update("no_page" for one in kept if one.page_id not in pages)
    readings = [_Reading(one, _parse(work, one, pages[one.page_id])) for one in kept if one.page_id in pages]
    if work.run_id is not None:
        work.counts.update(pipeline.hide_forgotten(work.connection, work.source, [reading.parsed for reading in readings]))
    known = _Known(_stored(work, readings), _heard(work, readings), ChainMap({}, work.told))
    for reading in readings:
        _judge(work.source, reading, known)
    if work.run_id is None:
        new = [change.parsed for reading in readings for change in reading.changes if change.kind is Kind.NEW and change.parsed]
        work.told.update((one.article.external_id, one.announcement_id) for one in new)
    return readings


@dataclass(frozen=True, slots=True)
class _Known:
    """What a batch of pages is compared with."""

    articles: Mapping[str, Mapping[str, Any]]
    """The articles that the pages show or have shown, by external_id."""
    heard: set[str]
    """Addresses with announcements of their own, on a site those that became articles: each is read from its own newest page."""
    claimed: MutableMapping[str, int]
    """Identities that were read in this batch, newest page first → their announcements: nothing else may take them."""


def _parse(work: _Work, kept: _Kept, page: Mapping[str, Any]) -> pipeline.ParsedPage:
    return pipeline.parse_page(work.source, {**page, "feed": kept.rows[0]["feed"]}, kept.rows, work.detect)


def _stored(work: _Work, readings: Sequence[_Reading]) -> dict[str, dict[str, Any]]:
    read = {article.external_id for reading in readings for article in reading.parsed.articles}
    owned = {row["external_id"] for reading in readings for row in reading.kept.rows if row["external_id"]}
    rows = db.rows(work.connection, "kept_articles", source=work.source.name, external_ids=sorted(read | owned))
    return {row["external_id"]: row for row in rows}


def _heard(work: _Work, readings: Sequence[_Reading]) -> set[str]:
    read = sorted({article.url for reading in readings for article in reading.parsed.articles})
    rows = db.rows(work.connection, "heard_urls", source=work.source.name, urls=read)
    return {row["url"] for row in rows if work.source.visits or row["has_article"]}


def _judge(source: Source, reading: _Reading, known: _Known) -> None:
    parsed, rows = reading.parsed, {row["url"]: row for row in reading.kept.rows}
    answered = set()
    for article in parsed.articles:
        url = pipeline.announced_url(source, parsed, article.url)
        if url in rows or url not in known.heard:
            answered.add(url)
            known.heard.update({url} - rows.keys())
            _take(source, reading, article, rows.get(url), known)
    for rejected in parsed.rejected:
        url = pipeline.announced_url(source, parsed, rejected.url)
        if url in rows:
            answered.add(url)
            _refuse(reading, rows[url], known, rejected.outcome, rejected.detail)
    for url in rows.keys() - answered:
        outcome, detail = parsed.refusal or (None, "no longer found on its page")
        _refuse(reading, rows[url], known, outcome, detail)


def _take(source: Source, reading: _Reading, article: Article, row: Mapping[str, Any] | None, known: _Known) -> None:
    """Compare an article that was read with the one that is stored. `row` is None of a post that nobody announced."""
    number, owned = (row["announcement_id"], row["external_id"]) if row else (0, None)
    is_own = row is None or row["url"] == article.url
    if row and _is_anothers(article, number, known, is_own=is_own):
        _lead_elsewhere(reading, article, row, known)
        return
    before = known.articles.get(article.external_id) or known.articles.get(owned or "")
    is_older = before is not None and reading.kept.fetched_at < before["page_fetched_at"]
    if is_older or article.external_id in known.claimed:
        return  # a newer page has said what it says
    known.claimed[article.external_id] = number
    ready = pipeline.ready(source, article, reading.parsed.page, number, is_own=is_own)
    reading.changes.append(compare(ready, before, channel=source.kind == "channel"))
    if row and row["decides"]:
        reading.outcomes[number] = (Outcome.OK, None)


def _is_anothers(article: Article, number: int, known: _Known, *, is_own: bool) -> bool:
    """Tell an article that another announcement has brought, or will be read for."""
    stored = known.articles.get(article.external_id)
    if known.claimed.get(article.external_id, number) != number:
        return True
    return not is_own and (article.url in known.heard if stored is None else stored["announcement_id"] != number)


def _lead_elsewhere(reading: _Reading, article: Article, row: Mapping[str, Any], known: _Known) -> None:
    if row["external_id"]:
        reading.changes.append(_lost(known.articles[row["external_id"]], f"the page is now read as {article.url}"))
    elif row["decides"]:
        reading.outcomes[row["announcement_id"]] = (Outcome.REDIRECTED, None)


def _refuse(reading: _Reading, row: Mapping[str, Any], known: _Known, outcome: Outcome | None, detail: str) -> None:
    """Note that an announcement is not answered by an article. None: nothing is known of it."""
    article = known.articles.get(row["external_id"])
    was_here = article is not None and (row["outcome"] == Outcome.OK or article["page_fetched_at"] == reading.kept.fetched_at)
    if was_here and article and outcome is not Outcome.ERROR:
        reading.changes.append(_lost(article, f"{outcome}: {detail}" if outcome else detail))
    elif outcome and row["decides"]:
        reading.outcomes[row["announcement_id"]] = (outcome, detail or None)


def _lost(article: Mapping[str, Any], reason: str) -> Change:
    return Change(Kind.LOST, None, article, reason=reason)


# --- writing


def _store_or_set_aside(work: _Work, run_id: int, readings: list[_Reading]) -> None:
    """Store a batch; where the database does not take it, page by page, so that one bad page delays no other."""
    try:
        with db.savepoint(work.connection):
            _store(work, run_id, readings)
    except db.UNSTORABLE:
        for number, reading in enumerate(readings):
            readings[number] = _store_alone(work, run_id, reading)


def _store_alone(work: _Work, run_id: int, reading: _Reading) -> _Reading:
    try:
        with db.savepoint(work.connection):
            _store(work, run_id, [reading])
    except db.UNSTORABLE as error:
        reason = f"{type(error).__name__} while storing {reading.parsed.page.url}: {' '.join(str(error).split())}"
        aside = pipeline.set_aside(work.source, reading.parsed, reason)
        decided = [row["announcement_id"] for row in reading.kept.rows if row["decides"]]
        reading = _Reading(reading.kept, aside, outcomes=dict.fromkeys(decided, (Outcome.ERROR, aside.crash)))
        _store(work, run_id, [reading])
    return reading


def _store(work: _Work, run_id: int, readings: Sequence[_Reading]) -> None:
    connection, source = work.connection, work.source
    parsed = [one for reading in readings for one in _to_be_stored(work, reading)]
    known = [change for reading in readings for change in reading.changes if change.row and change.kind in WRITTEN]
    _rename(connection, known)
    _keep_revisions(connection, known)
    stored = store.save_articles(connection, source.name, parsed, run_id=run_id)
    removed = [
        (change.row["article_id"], change.row["removed_at"]) for change in known if change.row and change.row["removed_at"]
    ]
    db.run_values(connection, "keep_removed", removed)
    ended = {number: outcome for reading in readings for number, outcome in reading.outcomes.items()}
    ended |= {number: (Outcome.REDIRECTED, None) for number, outcome in stored.items() if outcome is Outcome.REDIRECTED}
    db.run_values(connection, "save_outcomes", [(number, *ended[number]) for number in sorted(ended)])


def _to_be_stored(work: _Work, reading: _Reading) -> list[store.Parsed]:
    """Return what is to be written of a page; posts that nobody announced are entered into the ledger."""
    found = [change.parsed for change in reading.changes if change.parsed and change.kind in WRITTEN]
    page, feed = reading.parsed.page, reading.parsed.feed
    unheard = [Announcement(work.source.name, feed, one.article.url) for one in found if not one.announcement_id]
    assert page.page_id is not None  # it was read from the database
    entered = store.save_announcements(work.connection, unheard, page_id=page.page_id, now=page.fetched_at, visit=False)
    reading.outcomes |= {number: (Outcome.OK, None) for number, _ in entered.values()}
    return [one if one.announcement_id else replace(one, announcement_id=entered[one.article.url][0]) for one in found]


def _rename(connection: db.Connection, changes: Sequence[Change]) -> None:
    both = [(change.row, change.parsed.article) for change in changes if change.row and change.parsed]
    renamed = [(row["article_id"], article.external_id) for row, article in both if row["external_id"] != article.external_id]
    db.run_values(connection, "rename_articles", renamed)


def _keep_revisions(connection: db.Connection, changes: Sequence[Change]) -> None:
    """Keep the former texts as the parser's doing before the store would: it calls a change the publisher's on another page.

    The row's own parser had found that page to say the same as the one which made the row.
    """
    changed = [(change.row, change.parsed) for change in changes if change.kind is Kind.CONTENT]
    table = [(row["article_id"], parsed.page.fetched_at, "parser") for row, parsed in changed if row and parsed]
    db.run_values(connection, "save_revisions", table)


# --- counting


def _count(work: _Work, reading: _Reading) -> None:
    counts = work.counts
    counts["pages"] += 1
    if reading.parsed.crash:
        counts["errors"] += 1
        work.failures += [reading.parsed.crash][: pipeline.LINES - len(work.failures)]
    for change in reading.changes:
        counts[change.kind] += 1
        counts.update(f"field {name}" for name in change.fields)
        if change.kind in SHOWN and len(samples := work.samples.setdefault(change.kind, [])) < SAMPLES:
            samples.append(shown(change))
    former = {row["announcement_id"]: row["outcome"] for row in reading.kept.rows}
    ended = {number: outcome for number, (outcome, _) in reading.outcomes.items() if number in former}
    counts.update(f"outcome {former[number]} → {outcome}" for number, outcome in ended.items() if outcome != former[number])
