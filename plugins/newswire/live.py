"""The verb live: ask a source's feeds, fetch a few of its newest articles, and say what has moved.

What is asked for goes through the pipeline's own verbs: it is kept, counted in the ledger, and not asked for again. The judgement
is made from the database, over the last 24 hours, so it speaks of the daily runs as much as of the probe.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from newswire import db, pipeline
from newswire.model import Failed, Feed, Outcome, Page, Source, Window
from newswire.window import KYIV

DAY = timedelta(hours=24)
"""What is judged: a whole day, for news come by day and hardly by night."""

ARTICLES = 5
"""Articles that a probe fetches of a source: enough to see that their pages have changed, few enough for every night."""

LEAST = 5
"""Pages or articles below which a share says nothing."""

MUCH = 0.5
"""Share of a probe's own pages that must be unreadable: of five, two may be a video and a live ticker."""

LOW_QUALITY = 0.5
"""Quality below which an article of a site lacks its text or most of its fields (`quality.SITE_FIELDS`)."""

SELDOM, MOSTLY = 0.2, 0.8
"""A field that was missing at most so seldom and is missing mostly now: its place on the page has changed."""

NO_ARTICLES = (Outcome.REDIRECTED, Outcome.SERVICE, Outcome.UNSUPPORTED, Outcome.NOT_ARTICLE)
"""Announcements that are no articles of their own: they do not count towards `min_daily`."""

UNREADABLE = (Outcome.NOT_ARTICLE, Outcome.NO_TEXT, Outcome.NO_TITLE, Outcome.NO_DATE)
UNSERVED = (
    Outcome.GONE, Outcome.REFUSED, Outcome.THROTTLED, Outcome.SERVER_ERROR, Outcome.UNREACHABLE, Outcome.ROBOTS,
    Outcome.TOO_LARGE, Outcome.TRUNCATED, Outcome.NOT_HTML,
)  # fmt: skip


class Severity(StrEnum):
    """How urgent a finding is."""

    MOVED = "moved"
    """The source no longer gives what it should: its file has to be corrected."""
    LOOK = "look"
    """A person should look; news still come in."""
    NOTE = "note"
    """Said for completeness; no finding."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a person should know of a source."""

    severity: Severity
    what: str
    """What is the matter, with its figures."""
    todo: str
    """What to do about it."""

    @property
    def is_finding(self) -> bool:
        """Whether anybody needs to look; a note is only said."""
        return self.severity is not Severity.NOTE


@dataclass(frozen=True, slots=True)
class Probe:
    """How a source does."""

    source: str
    state: str
    """One line: how much was announced, how new the newest article is."""
    findings: tuple[Finding, ...] = ()
    """Notes included."""

    @property
    def has_moved(self) -> bool:
        """Whether the source's file has to be corrected."""
        return any(finding.severity is Severity.MOVED for finding in self.findings)

    @property
    def is_fine(self) -> bool:
        """Whether nobody needs to look; notes may be there."""
        return not any(finding.is_finding for finding in self.findings)

    def lines(self) -> list[str]:
        """Return one line for each finding, most urgent first."""
        ordered = sorted(self.findings, key=lambda finding: list(Severity).index(finding.severity))
        return [f"{self.source} ({finding.severity}): {finding.what}; {finding.todo}" for finding in ordered]


def probe(
    connection: db.Connection,
    source: Source,
    client: pipeline.Client,
    detect: pipeline.Detect,
    *,
    articles: int = ARTICLES,
    caller: str = "shell",
) -> Probe:
    """Ask a source for its last 24 hours and a few of its newest articles, and judge how it does."""
    now = datetime.now(UTC)
    window, names = Window(now - DAY, now), [feed.name for feed in source.feeds]
    work = _Work(connection, source, window, client, caller)
    walks = [_walk(work, feed) for feed in source.feeds]
    due = pipeline.plan(connection, source, names, window=window)
    with db.transaction(connection):
        newest = db.rows(connection, "newest_announcements", ids=list(due.numbers), limit=articles)
    numbers = [row["announcement_id"] for row in newest]
    pipeline.fetch(connection, source, numbers, client, planned_at=due.planned_at, caller=caller)
    pipeline.normalise(connection, source, names, detect, caller=caller)
    return judge(connection, source, window, numbers, walks)


# --- asking


@dataclass(frozen=True, slots=True)
class _Work:
    """What a probe works with."""

    connection: db.Connection
    source: Source
    window: Window
    client: pipeline.Client
    caller: str


@dataclass(frozen=True, slots=True)
class Walk:
    """How one feed answered."""

    feed: str
    problems: tuple[str, ...]
    """What failed, one line each: the walk itself, or a feed's address that a listing made up for."""


@dataclass(frozen=True, slots=True)
class _Watched:
    """A client that remembers which addresses failed."""

    client: pipeline.Client
    failed: dict[str, Failed] = field(default_factory=dict)

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        expect: Literal["html", "feed", "any"] = "html",
    ) -> Page | Failed:
        """Return what the client returns."""
        answer = self.client.get(url, etag=etag, last_modified=last_modified, expect=expect)
        if isinstance(answer, Failed):
            self.failed[url] = answer
        return answer


def _walk(work: _Work, feed: Feed) -> Walk:
    watched = _Watched(work.client)
    report = pipeline.discover(work.connection, work.source, feed, work.window, watched, caller=work.caller)
    with db.transaction(work.connection):
        notes = [row["note"] for row in db.rows(work.connection, "live_notes", run_id=report.run_id)]
    dead = [pipeline.failure_line(watched.failed[url]) for url in feed.rss if url in watched.failed]
    unlike = [
        f"{Outcome.NOT_FEED} at {url}: no RSS or Atom" for url in feed.rss if _is_noted(f"{url}: {Outcome.NOT_FEED}", notes)
    ]
    return Walk(feed.name, tuple(dict.fromkeys((*report.failures, *dead, *unlike))))


def _is_noted(beginning: str, notes: Iterable[str]) -> bool:
    return any(note.startswith(beginning) for note in notes)


# --- judging


def judge(connection: db.Connection, source: Source, window: Window, probed: Sequence[int], walks: Sequence[Walk]) -> Probe:
    """Return how a source does by what is stored of it; `probed` are the announcements that were just visited."""
    names = [feed.name for feed in source.feeds]
    where = {"source": source.name, "feeds": names, "start": window.start}
    with db.transaction(connection):
        state = db.row(connection, "live_state", **where, end=window.end, low=LOW_QUALITY, no_articles=list(NO_ARTICLES))
        outcomes = db.rows(connection, "live_outcomes", **where, probed=list(probed))
        missing = db.rows(connection, "live_missing", **where)
    assert state is not None  # one row of sub-selects
    findings = (
        *_dead_feeds(source, walks),
        *_amount(source, state, walks),
        *_outcomes(source, outcomes),
        *_quality(source, state, missing),
    )
    return Probe(source.name, _state(state, window.end, sum(row["in_probe"] for row in outcomes)), findings)


def _state(state: dict[str, Any], now: datetime, fetched: int) -> str:
    newest = f"the newest article {_age(now - state['newest_at'])} old" if state["newest_at"] else "no article yet"
    return f"{state['announced']} announced in 24 hours, {fetched} fetched now, {newest}"


def _age(age: timedelta) -> str:
    hours, rest = divmod(max(age, timedelta()), timedelta(hours=1))
    return f"{hours} h {rest // timedelta(minutes=1)} min" if age < 2 * DAY else f"{age.days} days"


def _file(source: Source) -> str:
    return f"sources/{source.name}.py"


def _dead_feeds(source: Source, walks: Sequence[Walk]) -> Iterator[Finding]:
    """Yield one finding for each reason: a host that is out of reach is so for all of its feeds."""
    dead = sum(bool(walk.problems) for walk in walks)
    severity = Severity.MOVED if dead > source.error_share * len(walks) else Severity.LOOK
    feeds: dict[str, list[str]] = {}
    for walk in walks:
        for problem in walk.problems:
            feeds.setdefault(problem, []).append(walk.feed)
    for problem, names in feeds.items():
        yield Finding(severity, f"{', '.join(names)}: {problem}", _feed_advice(source, problem))


def _feed_advice(source: Source, problem: str) -> str:
    code = problem.partition(" at ")[0]
    if code in (Outcome.UNREACHABLE, Outcome.SERVER_ERROR, Outcome.THROTTLED):
        return f"run it again later; if it stays so, look at {source.home} in a browser"
    if code in (Outcome.REFUSED, Outcome.ROBOTS):
        return "the publisher does not serve us there: read its robots.txt, and write to it"
    if source.kind == "channel":
        return f"look at the channel in a browser, then correct or drop its line in {_file(source)}"
    return f"look for its new address on {source.home}, then correct {_file(source)}"


def _amount(source: Source, state: dict[str, Any], walks: Sequence[Walk]) -> Iterator[Finding]:
    announced, newest, uncovered = state["announced"], state["newest_at"], state["uncovered"]
    known = f"the newest article is of {newest.astimezone(KYIV):%Y-%m-%d %H:%M} Kyiv" if newest else "no article is known"
    if not announced:
        if not all(walk.problems for walk in walks):
            advice = f"if {source.home} has news of today, its feeds and listings have moved: correct {_file(source)}"
            yield Finding(Severity.MOVED, f"nothing was announced in 24 hours, {known}", advice)
        return
    if not state["articles"]:
        advice = f"see in mart.rejected what became of the others, and correct {_file(source)}"
        yield Finding(Severity.MOVED, f"{announced} were announced in 24 hours, and {known}", advice)
    if uncovered:
        what = f"not all of the last 24 hours was seen ({', '.join(uncovered)}), {announced} were announced in what was"
        yield Finding(Severity.NOTE, what, f"min_daily ({source.min_daily}) is not judged")
    elif announced < source.min_daily:
        advice = f"compare with {source.home}; if it publishes no more than that, lower min_daily in {_file(source)}"
        yield Finding(Severity.LOOK, f"{announced} were announced in 24 hours, min_daily is {source.min_daily}", advice)


def _outcomes(source: Source, rows: Sequence[dict[str, Any]]) -> Iterator[Finding]:
    again = f"then `reprocess {source.name} --outcome"
    advice = {
        UNREADABLE: f"its pages have changed: correct {_file(source)}, {again} {' '.join(UNREADABLE)}`",
        (Outcome.ERROR,): f"the parser fails, mart.rejected says how: correct it, {again} error`",
        UNSERVED: f"open one of them (mart.rejected) in a browser: if it is there, correct {_file(source)}",
    }
    for codes, todo in advice.items():
        if counted := _too_many(source, rows, codes):
            yield Finding(Severity.MOVED, counted, todo)


def _too_many(source: Source, rows: Sequence[dict[str, Any]], codes: Sequence[Outcome]) -> str | None:
    """Return how many pages ended so, where that is too large a share of the day's or of the probe's."""
    for column, among, allowed in (("in_all", "visited in 24 hours", source.error_share), ("in_probe", "visited now", MUCH)):
        total = sum(row[column] for row in rows)
        counted = {row["outcome"]: row[column] for row in rows if row["outcome"] in codes and row[column]}
        if sum(counted.values()) > allowed * max(total, LEAST):
            ended = ", ".join(f"{code} {count}" for code, count in counted.items())
            return f"of {total} pages {among}, too many ended as {ended}"
    return None


def _quality(source: Source, state: dict[str, Any], missing: Sequence[dict[str, Any]]) -> Iterator[Finding]:
    articles, before = state["articles"], state["articles_before"]
    if articles < LEAST:
        return
    advice = f"compare some of them with their pages (mart.article, quality and found_by), and correct {_file(source)}"
    if state["low"] > source.error_share * articles:
        what = f"{state['low']} of {articles} articles of 24 hours have a quality below {LOW_QUALITY}"
        yield Finding(Severity.LOOK, what, advice)
    for row in missing:
        if before >= LEAST and row["since"] >= MOSTLY * articles and row["before"] <= SELDOM * before:
            what = f"{row['field']} is missing in {row['since']} of {articles} articles, before in {row['before']} of {before}"
            yield Finding(Severity.LOOK, what, advice)
