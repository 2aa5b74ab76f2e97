"""The verbs: discover, fetch, normalise, check, refresh, maintain.

Each is given its source, its client and its connection; none looks anything up. Each may run twice, or die half-way and
run again, and leaves the same rows: what is fetched is stored before the next request, and what is parsed leaves the
queue in the transaction that stores its articles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Literal, Protocol, TypedDict

from psycopg2.extras import Json

from newswire import db, entities, ledger, quality, retention, store, story_ledger, tombstones, urls
from newswire.model import (
    Announcement,
    Article,
    Failed,
    Feed,
    Found,
    Judgement,
    Known,
    Outcome,
    Page,
    Reached,
    Rejected,
    Source,
    Window,
)
from newswire.text import clean

HEAL = timedelta(days=7)
"""How far back a run walks beyond its window to close a gap that earlier runs left."""

PAGES_A_BATCH = 40
"""Pages that are parsed and stored in one transaction: some ten megabytes, and little to do again after a kill."""

SKETCHES_KEPT = timedelta(days=90)
"""Behind the 30 days in which copies are looked for: time enough to bring in a late month."""

ENTITIES_A_BATCH = 1000
"""Stored articles whose entities are read in one transaction."""

SAMPLE = 10
"""Rows of a rule's breakers that are kept with its result."""


class Client(Protocol):
    """What fetches: `fetch.Client`."""

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        expect: Literal["html", "feed", "any"] = "html",
    ) -> Page | Failed:
        """Return the page, or how it failed."""


Detect = Callable[[str, Sequence[str]], Judgement]
"""`language.judge`: text and expected languages → code, confidence and whether it is in two languages."""


class Summary(TypedDict):
    """A report as one task hands it to another: counts and a few lines, never articles."""

    feed: str
    counts: dict[str, int]
    failures: list[str]
    errors: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a verb did."""

    run_id: int
    counts: Mapping[str, int]
    """Outcomes and rows by code."""
    failures: tuple[str, ...] = ()
    """One line each for a person; empty when all went well."""
    feed: str = ""
    """Edition or channel of a discovery; empty for a verb over several."""

    @property
    def errors(self) -> int:
        """How many visits or pages failed for a reason that is not the article's own."""
        return sum(self.counts.get(code, 0) for code in ERROR_CODES)

    def summary(self) -> Summary:
        """Return it small enough to be handed between tasks."""
        return {"feed": self.feed, "counts": dict(self.counts), "failures": list(self.failures[:LINES]), "errors": self.errors}


LINES = 20
"""Lines of failures that are handed on; all of them are in the ledger of announcements."""

ERROR_CODES = (Outcome.ERROR, Outcome.UNREACHABLE, Outcome.SERVER_ERROR, Outcome.REFUSED, Outcome.THROTTLED, Outcome.TRUNCATED)
"""Outcomes that speak of the site or of us, not of an article: their share decides whether a run failed."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What a verb works with while it runs."""

    connection: db.Connection
    source: Source
    run: ledger.Run


# --- discover


def discover(
    connection: db.Connection, source: Source, feed: Feed, window: Window, client: Client, *, caller: str = "shell"
) -> Report:
    """Find what a feed announced in a window; every page is stored, with its announcements, before the next is asked for.

    The walk goes further back than the window where an earlier run left a gap, and what it really reached is recorded.
    """
    now = datetime.now(UTC)
    with ledger.run(connection, "discover", source=source.name, feed=feed.name, window=window, caller=caller) as run:
        if window.start >= now:
            return Report(run.run_id, {}, ("the window lies in the future",), feed.name)
        asked = Window(window.start, min(window.end, now))
        walk_window = _with_open_gap(connection, source, feed, asked)
        known = _known(connection, source, feed, walk_window)
        job = _Job(connection, source, run)
        walk = source.discover(source, feed, walk_window, _Conditional(connection, client), known)
        reached = _store_walk(job, feed, walk)
        with db.transaction(connection):
            _save_coverage(job, feed, asked, reached)
        failure = reached.failure
        if failure is not None:
            run.counts[f"stopped_by_{failure.outcome}"] += 1
        lines = () if failure is None else (failure_line(failure),)
        return Report(run.run_id, dict(run.counts), lines, feed.name)


def failure_line(failure: Failed) -> str:
    """Return a failed request as one line for a person."""
    # a host that is out of reach is so at every address: the same line for all feeds
    where = urls.host(failure.url) if failure.outcome is Outcome.UNREACHABLE else failure.url
    return f"{failure.outcome} at {where}: {failure.detail}"


@dataclass(slots=True)
class _Conditional:
    """Fetches a feed's addresses; on 304 it answers with the bytes that were kept."""

    connection: db.Connection
    client: Client

    def __call__(self, url: str) -> Page | Failed:
        kept = db.row(self.connection, "validator", url=url)
        page = kept and db.row(self.connection, "page", page_id=kept["page_id"], fetched_at=kept["page_fetched_at"])
        self.connection.rollback()  # no transaction stays open while the network is waited for
        if not kept or not page:
            return self.client.get(url, expect="any")
        answer = self.client.get(url, etag=kept["etag"], last_modified=kept["last_modified"], expect="any")
        if isinstance(answer, Page) and answer.unchanged:
            return replace(store.load_page(page, unchanged=True), headers={**page["headers"], **answer.headers})
        return answer


def _store_walk(job: _Job, feed: Feed, walk: Iterator[Found]) -> Reached:
    while True:
        try:
            found = next(walk)
        except StopIteration as stop:
            reached: Reached = stop.value
            return reached
        with db.transaction(job.connection):
            _lock_rows(job)
            _store_found(job, feed, found)


def _lock_rows(job: _Job) -> None:
    # one writer of a source's rows at a time: two that take them in different orders would wait for one another for ever
    db.run(job.connection, "lock_source", source=job.source.name)


def _store_found(job: _Job, feed: Feed, found: Found) -> None:
    page_id = store.save_page(job.connection, job.source.name, found.page, job.run.run_id)
    page = replace(found.page, page_id=page_id)
    _keep_validator(job, page)
    job.run.counts["pages"] += 1
    visit = not found.contains_items
    entered = store.save_announcements(job.connection, found.announcements, page_id=page_id, now=page.fetched_at, visit=visit)
    job.run.counts["announced"] += len(entered)
    job.run.counts["new"] += sum(new for _, new in entered.values())
    if found.contains_items and entered:
        store.save_visit(job.connection, [number for number, _ in entered.values()], page, source=job.source.name, feed=feed.name)
    elif entered.keys() < {one.url for one in found.announcements}:
        tombstones.withhold(job.connection, [page_id])  # it announces what was taken down


def _keep_validator(job: _Job, page: Page) -> None:
    etag, last_modified = page.headers.get("etag"), page.headers.get("last-modified")
    if page.unchanged or not (etag or last_modified):
        return
    db.run(
        job.connection,
        "save_validator",
        url=page.url,
        source=job.source.name,
        etag=etag,
        last_modified=last_modified,
        page_id=page.page_id,
        page_fetched_at=page.fetched_at,
    )


def _with_open_gap(connection: db.Connection, source: Source, feed: Feed, asked: Window) -> Window:
    gap = db.row(connection, "open_gap", source=source.name, feed=feed.name, not_before=asked.start - HEAL)
    connection.rollback()
    start = gap and gap["gap_from"]
    return Window(min(asked.start, start), asked.end) if start and start < asked.end else asked


def _known(connection: db.Connection, source: Source, feed: Feed, window: Window) -> Known:
    if source.kind != "channel":
        return Known()
    found = db.row(connection, "known_posts", source=source.name, feed=feed.name, start=window.start, end=window.end)
    connection.rollback()
    assert found is not None  # one row of two sub-selects
    return Known(until_id=_post_id(found["until_url"]), before_id=_post_id(found["before_url"]))


def _post_id(url: str | None) -> int | None:
    return int(url.rpartition("/")[2]) if url else None


def _save_coverage(job: _Job, feed: Feed, asked: Window, reached: Reached) -> None:
    back_to, failure = reached.back_to, reached.failure
    db.run(
        job.connection,
        "save_coverage",
        run_id=job.run.run_id,
        source=job.source.name,
        feed=feed.name,
        asked_from=asked.start,
        asked_to=asked.end,
        reached_from=back_to,
        reached_to=back_to and max(asked.end, back_to),
        failure=failure and failure.outcome,
        failure_detail=failure and failure.detail,
        notes=list(reached.notes),
    )


# --- fetch


@dataclass(frozen=True, slots=True)
class Plan:
    """Announcements to visit: numbers only, so that it fits between two tasks."""

    planned_at: datetime
    """Who was visited since is not visited again: a plan may be carried out twice."""
    numbers: tuple[int, ...]

    def batches(self, size: int) -> list[list[int]]:
        """Return the numbers in lists of at most `size`."""
        return [list(self.numbers[start : start + size]) for start in range(0, len(self.numbers), size)]


def plan(
    connection: db.Connection,
    source: Source,
    feeds: Sequence[str],
    *,
    window: Window | None = None,
    limit: int | None = None,
    refetch: bool = False,
) -> Plan:
    """Return what is due: never visited, failed and to be tried again, or old enough for another look.

    `window` restricts it to publication times inside it; `refetch` takes all of the window, due or not.
    """
    now = datetime.now(UTC)
    with db.transaction(connection):
        due = db.rows(
            connection,
            "due",
            source=source.name,
            feeds=list(feeds),
            now=now,
            refetch=refetch,
            start=window and window.start,
            end=window and window.end,
            limit=limit,
        )
    return Plan(now, tuple(row["announcement_id"] for row in due))


def fetch(
    connection: db.Connection,
    source: Source,
    numbers: Sequence[int],
    client: Client,
    *,
    planned_at: datetime,
    caller: str = "shell",
    on_progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Visit announcements, and store each page before the next is asked for.

    `on_progress` is told after each visit how many announcements it settled.
    """
    with ledger.run(connection, "fetch", source=source.name, caller=caller) as run:
        failures = []
        for visit in _visits(connection, source, numbers, planned_at):
            failure = _visit(_Job(connection, source, run), visit, client, planned_at)
            if failure is not None:
                failures.append(failure_line(failure))
            on_progress(len(visit.entered))
        return Report(run.run_id, dict(run.counts), tuple(failures))


@dataclass(frozen=True, slots=True)
class _Visit:
    """One request, and the announcements that it settles."""

    url: str
    feed: str
    entered: tuple[store.Entered, ...]


def _visits(connection: db.Connection, source: Source, numbers: Sequence[int], planned_at: datetime) -> list[_Visit]:
    with db.transaction(connection):
        rows = db.rows(connection, "announcements", ids=list(numbers), planned_at=planned_at)
    entered = [
        store.Entered(row["announcement_id"], store.load_announcement(row), row["etag"], row["last_modified"]) for row in rows
    ]
    if source.visits is None:
        return [_Visit(one.announcement.url, one.announcement.feed, (one,)) for one in entered]
    visits = []
    for name, group in groupby(sorted(entered, key=_feed_of), key=_feed_of):
        by_url = {one.announcement.url: one for one in group}
        for page_url, expected in source.visits(source.feed(name), by_url).items():
            visits.append(_Visit(page_url, name, tuple(by_url[url] for url in expected)))
    return visits


def _feed_of(entered: store.Entered) -> str:
    return entered.announcement.feed


def _visit(job: _Job, visit: _Visit, client: Client, planned_at: datetime) -> Failed | None:
    connection, first = job.connection, visit.entered[0]
    if not _lock(connection, first.announcement_id):
        job.run.counts["elsewhere"] += 1
        return None
    try:
        with db.transaction(connection):
            if not db.rows(connection, "announcements", ids=[first.announcement_id], planned_at=planned_at):
                return None  # another visitor has been there since
        if len(visit.entered) == 1:
            answer = client.get(visit.url, etag=first.etag, last_modified=first.last_modified)
        else:
            answer = client.get(visit.url)
        with db.transaction(connection):
            _lock_rows(job)
            return _store_visit(job, visit, answer)
    finally:
        with db.transaction(connection):
            db.run(connection, "unlock_announcement", announcement_id=first.announcement_id)


def _lock(connection: db.Connection, number: int) -> bool:
    with db.transaction(connection):
        found = db.row(connection, "lock_announcement", announcement_id=number)
    return bool(found and found["locked"])


def _store_visit(job: _Job, visit: _Visit, answer: Page | Failed) -> Failed | None:
    connection, source, counts = job.connection, job.source, job.run.counts
    numbers = [one.announcement_id for one in visit.entered]
    if isinstance(answer, Failed):
        page_id = store.save_page(connection, source.name, answer.page, job.run.run_id) if answer.page else None
        store.save_miss(connection, numbers, answer, page_id=page_id, visited_at=datetime.now(UTC))
        counts[answer.outcome] += len(numbers)
        return answer if answer.outcome in ERROR_CODES else None
    if answer.unchanged:
        store.save_unchanged(connection, numbers[0], answer.fetched_at)
        counts[Outcome.UNCHANGED] += 1
        return None
    page = replace(answer, page_id=store.save_page(connection, source.name, answer, job.run.run_id))
    store.save_visit(connection, numbers, page, source=source.name, feed=visit.feed)
    counts["fetched"] += len(numbers)
    return None


# --- normalise


def normalise(
    connection: db.Connection,
    source: Source,
    feeds: Sequence[str],
    detect: Detect,
    *,
    caller: str = "shell",
    on_progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Make all fetched pages into articles. A page leaves the queue in the transaction that stores what it held."""
    with ledger.run(connection, "normalise", source=source.name, caller=caller) as run:
        failures: list[str] = []
        with db.transaction(connection):
            db.run(connection, "save_source", source=source.name, title=source.title, kind=source.kind, home=source.home)
        while True:
            with db.transaction(connection):
                # one worker a source: pages of one article in the hands of two would be stored out of their order
                db.run(connection, "lock_source", source=source.name)
                taken = db.rows(connection, "take_unparsed", source=source.name, feeds=list(feeds), limit=PAGES_A_BATCH)
                if not taken:
                    return Report(run.run_id, dict(run.counts), tuple(failures))
                announced = _announced(connection, taken)
                batch = [parse_page(source, row, _of_page(row, announced), detect) for row in taken]
                run.counts.update(hide_forgotten(connection, source, batch))
                _store_or_set_aside(_Job(connection, source, run), batch)
                db.run(connection, "drop_unparsed", pages=[row["page_id"] for row in taken])
            failures += [one.crash for one in batch if one.crash]
            on_progress(len(batch))


@dataclass(slots=True)
class ParsedPage:
    """What one page gave."""

    page: Page
    feed: str
    """Edition or channel."""
    expected: dict[str, int]
    """URL → number of the announcements that the page should answer."""
    articles: list[Article] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    crash: str = ""
    """How the parser failed, one line for a person; empty when it did not."""
    refusal: tuple[Outcome, str] | None = None
    """What the page is instead of one that shows what was expected; so nothing that it lacks is known to be gone."""


def _announced(connection: db.Connection, taken: Sequence[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """Return the announcements that pages are expected to answer, by their numbers."""
    numbers = sorted({number for row in taken for number in row["announcements"]})
    return {row["announcement_id"]: row for row in db.rows(connection, "announcements_by_id", ids=numbers)}


def _of_page(row: Mapping[str, Any], announced: Mapping[int, dict[str, Any]]) -> list[dict[str, Any]]:
    # one that was taken down while its page was fetched is not there any more
    return [announced[number] for number in row["announcements"] if number in announced]


def hide_forgotten(connection: db.Connection, source: Source, batch: Sequence[ParsedPage]) -> dict[str, int]:
    """Remove what was taken down from what pages gave, and delete the bytes of the pages that show it; return counts.

    Another address that leads there is taken down with it.
    """
    shown = {name for result in batch for item in _items(result) for name in _names(item)}
    buried = tombstones.forgotten(connection, source.name, sorted(shown))
    hidden = [(result, item) for result in batch for item in _items(result) if not buried.isdisjoint(_names(item))]
    if not hidden:
        return {}
    leading: dict[str, str] = {}
    numbers = set()
    for result, item in hidden:
        names = (*_names(item), url := announced_url(source, result, item.url))
        leading |= dict.fromkeys(names, next(name for name in names if name in buried))
        if url in result.expected:
            numbers.add(result.expected.pop(url))
        result.articles = [one for one in result.articles if one is not item]
        result.rejected = [one for one in result.rejected if one is not item]
    tombstones.follow(connection, source.name, leading, numbers)
    withheld = tombstones.withhold(connection, {result.page.page_id for result, _ in hidden if result.page.page_id is not None})
    return {Outcome.FORGOTTEN: len(hidden), "withheld": withheld}


def _items(result: ParsedPage) -> list[Article | Rejected]:
    return [*result.articles, *result.rejected]


def _names(item: Article | Rejected) -> tuple[str, ...]:
    return (item.external_id, item.url) if isinstance(item, Article) else (item.url,)


def parse_page(source: Source, row: Mapping[str, Any], announced: Sequence[Mapping[str, Any]], detect: Detect) -> ParsedPage:
    """Return what a kept page gives: a row of raw.page with its feed, and the rows of the announcements that it should answer."""
    page = store.load_page(row)
    expected = {one["url"]: one["announcement_id"] for one in announced}
    result = ParsedPage(page, row["feed"], expected)
    single = len(announced) == 1 and source.visits is None
    announcement = store.load_announcement(announced[0]) if single else Announcement(source.name, row["feed"], page.url)
    try:
        items = list(source.parse(source, page, announcement))
    except Exception as error:  # noqa: BLE001 - a page that breaks the parser must not stop the others: it is set aside with its reason
        return set_aside(source, result, f"{type(error).__name__} in the parser at {page.url}: {error}")
    languages = source.feed(row["feed"]).languages
    if not items:
        result.refusal = (Outcome.NOT_ARTICLE, f"nothing is shown at {page.url}")
    for item in items:
        if isinstance(item, Rejected) and not single and item.url == page.url:
            result.refusal = (item.outcome, item.detail)
        elif isinstance(item, Rejected):
            result.rejected.append(item)
        else:
            told = detect(readable(item), languages)
            found = replace(item, language=told.code, language_confidence=told.confidence, is_mixed=told.is_mixed)
            result.articles.append(found)
    return result


def set_aside(source: Source, result: ParsedPage, reason: str) -> ParsedPage:
    """Return the page as one that could not be read or stored: its announcements end as errors, with the reason."""
    # an error's message may quote what no column takes
    crash = clean(reason.encode(errors="replace").decode())
    rejected = [Rejected(source.name, result.feed, url, Outcome.ERROR, crash) for url in result.expected or {result.page.url: 0}]
    return ParsedPage(result.page, result.feed, result.expected, rejected=rejected, crash=crash)


def readable(article: Article) -> str:
    """Return what a reader reads of an article: the text whose language is asked for."""
    return "\n".join(part for part in (article.title, article.lead, article.text) if part)


def _store_or_set_aside(job: _Job, batch: list[ParsedPage]) -> None:
    """Store a batch; where the database does not take it, page by page, so that one bad page delays no other."""
    try:
        with db.savepoint(job.connection):
            _store_batch(job, batch)
    except db.UNSTORABLE:
        for number, result in enumerate(batch):
            batch[number] = _store_alone(job, result)


def _store_alone(job: _Job, result: ParsedPage) -> ParsedPage:
    try:
        with db.savepoint(job.connection):
            _store_batch(job, [result])
    except db.UNSTORABLE as error:
        reason = f"{type(error).__name__} while storing {result.page.url}: {' '.join(str(error).split())}"
        result = set_aside(job.source, result, reason)
        _store_batch(job, [result])
    return result


def _store_batch(job: _Job, batch: Sequence[ParsedPage]) -> None:
    connection, source, run = job.connection, job.source, job.run
    numbers = [_numbers(connection, source, result) for result in batch]
    parsed, outcomes = [], {}
    removed: dict[datetime, list[int]] = {}
    for result, known in zip(batch, numbers, strict=True):
        seen: set[int] = set()
        for article in result.articles:
            announced = announced_url(source, result, article.url)
            seen.add(known[announced])
            parsed.append(ready(source, article, result.page, known[announced], is_own=announced == article.url))
        for rejected in result.rejected:
            number = known[announced_url(source, result, rejected.url)]
            seen.add(number)
            outcomes[number] = (rejected.outcome, rejected.detail)
        missing = [number for number in result.expected.values() if number not in seen]
        if missing and not result.refusal:
            removed.setdefault(result.page.fetched_at, []).extend(missing)
        outcomes |= dict.fromkeys(missing, result.refusal or (Outcome.GONE, "no longer shown by the channel"))
    stored = store.save_articles(connection, source.name, parsed, run_id=run.run_id)
    for removed_at, gone in removed.items():
        db.run(connection, "removed", announcements=gone, removed_at=removed_at)
    _save_outcomes(connection, stored, outcomes)
    run.counts.update(stored.values())
    run.counts.update(outcome for outcome, _ in outcomes.values())


def ready(source: Source, article: Article, page: Page, number: int, *, is_own: bool) -> store.Parsed:
    """Return an article ready to be stored. `number`: its announcement; `is_own`: that one named the article's own address."""
    channel = source.kind == "channel"
    hashes, read = store.hashes(article, channel=channel), quality.assess(article, channel=channel)
    return store.Parsed(article, number, is_own, page, parser_version(source), hashes, read)


def parser_version(source: Source) -> str:
    """Return what stands on each row that the source's parser makes: `unn/1`."""
    return f"{source.name}/{source.parser_version}"


def announced_url(source: Source, result: ParsedPage, url: str) -> str:
    """Return the URL of the announcement that something on a page answers."""
    # a site's page answers its one announcement, whatever address the article calls its own
    return next(iter(result.expected)) if source.visits is None and result.expected else url


def _urls(result: ParsedPage) -> list[str]:
    return [article.url for article in result.articles] + [rejected.url for rejected in result.rejected]


def _numbers(connection: db.Connection, source: Source, result: ParsedPage) -> dict[str, int]:
    """Numbers of all announcements on the page; what nobody announced (a post seen while looking for another) is entered."""
    shown = {announced_url(source, result, url) for url in _urls(result)}
    missing = shown - result.expected.keys()
    if not missing:
        return result.expected
    rows = db.rows(connection, "announcements_by_url", source=source.name, urls=sorted(missing))
    known = result.expected | {row["url"]: row["announcement_id"] for row in rows}
    unheard = [Announcement(source.name, result.feed, url) for url in sorted(shown - known.keys())]
    page_id = result.page.page_id
    assert page_id is not None  # it was read from the database
    entered = store.save_announcements(connection, unheard, page_id=page_id, now=result.page.fetched_at, visit=False)
    return known | {url: number for url, (number, _) in entered.items()}


def _save_outcomes(connection: db.Connection, stored: Mapping[int, Outcome], others: Mapping[int, tuple[Outcome, str]]) -> None:
    table: dict[int, tuple[int, str, str | None]] = {
        number: (number, Outcome.REDIRECTED if outcome is Outcome.REDIRECTED else Outcome.OK, None)
        for number, outcome in stored.items()
    }
    table |= {number: (number, outcome, detail or None) for number, (outcome, detail) in others.items()}
    db.run_values(connection, "save_outcomes", [table[number] for number in sorted(table)])


# --- check


def checks() -> list[str]:
    """Return the names of the quality rules: the files of `sql/checks`."""
    return sorted(path.stem for path in (db.SQL / "checks").glob("*.sql"))


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How one rule held."""

    name: str
    severity: str
    """`warn` or `fail`, as the second line of its file says."""
    breakers: int
    sample: list[dict[str, Any]]
    run_id: int

    @property
    def failed(self) -> bool:
        """Whether the run must fail for it."""
        return self.severity == "fail" and self.breakers > 0


def check(connection: db.Connection, name: str, *, caller: str = "shell") -> CheckResult:
    """Run one quality rule, keep its result, and return it.

    Raises:
        ValueError: there is no such rule, or its second line is not `-- severity: warn` or `fail`.
    """
    if name not in checks():
        raise ValueError(f"there is no check {name!r}; there are: {', '.join(checks())}")
    statement = (db.SQL / "checks" / f"{name}.sql").read_text(encoding="utf-8")
    _, second, *_ = [*statement.splitlines(), "", ""]
    before, _, severity = second.partition("-- severity: ")
    if before or severity not in ("warn", "fail"):
        raise ValueError(f"sql/checks/{name}.sql: its second line must be `-- severity: warn` or `-- severity: fail`")
    with ledger.run(connection, "check", caller=caller) as run:
        with db.transaction(connection):
            breakers = db.select(connection, statement)
        sample = breakers[:SAMPLE]
        with db.transaction(connection):
            db.run(
                connection,
                "save_check",
                run_id=run.run_id,
                name=name,
                severity=severity,
                breakers=len(breakers),
                sample=Json(sample, dumps=db.dumps),
            )
        run.counts["breakers"] = len(breakers)
        return CheckResult(name, severity, len(breakers), sample, run.run_id)


# --- refresh


def refresh(connection: db.Connection, *, caller: str = "shell") -> Report:
    """Bring the materialised views of `mart` up to date; they can be read meanwhile."""
    with ledger.run(connection, "refresh", caller=caller) as run:
        with db.transaction(connection):
            (row,) = db.rows(connection, "refresh_mart")
        run.counts["views"] = row["views"]
        return Report(run.run_id, dict(run.counts))


# --- maintain


def maintain(connection: db.Connection, keep: retention.Keep | None = None, *, caller: str = "shell") -> Report:
    """Make the partitions of this month and the next, and drop what is kept for a time only: pages, sketches, stories' keys.

    Articles that were stored before their entities were, or whose entities are to be read anew, have them read.
    """
    now = datetime.now(UTC)
    with ledger.run(connection, "maintain", caller=caller) as run:
        with db.transaction(connection):
            db.run(connection, "ensure_partitions", moment=now)
            dropped = db.row(connection, "drop_sketches", before=now - SKETCHES_KEPT)
            run.counts["dropped_sketches"] = dropped["partitions"] if dropped else 0
            run.counts["dropped_story_keys"] = story_ledger.forget(connection, now - SKETCHES_KEPT)
        while read := _read_entities(connection):
            run.counts["entities_read"] += read
        run.counts.update(retention.drop_pages(connection, keep or retention.Keep(), now, caller=caller))
        return Report(run.run_id, dict(run.counts))


def _read_entities(connection: db.Connection) -> int:
    """Read the entities of some articles that are due from their stored rows; return how many."""
    with db.transaction(connection):
        due = db.rows(connection, "due_entities", limit=ENTITIES_A_BATCH)
        store.save_entities(connection, {row["article_id"]: entities.entities(store.load_article(row)) for row in due})
    return len(due)


# --- settle

NOT_HANDLED = ("fetched", "elsewhere")
"""Counts that say nothing of how a page ended: it is counted where it is normalised, or by who visits it."""


def problems(source: Source, walks: Sequence[Summary], pages: Sequence[Summary], crashed: int = 0) -> list[str]:
    """Return one line for each thing that makes a run of a source a failed one; none when it went well enough.

    `walks` are the reports of discoveries, `pages` those of fetching and normalising; `crashed` tasks left no report. One
    bad page or one lost channel among many fails no run: the share that the source allows decides.
    """
    lines = [f"{source.name}: {crashed} tasks ended without a report"] if crashed > 0 else []
    stopped = [walk for walk in walks if walk["failures"]]
    if len(stopped) > source.error_share * len(walks):
        lines += _by_reason(source, stopped)
    errors = sum(page["errors"] for page in pages)
    handled = sum(count for page in pages for code, count in page["counts"].items() if code not in NOT_HANDLED)
    if errors > source.error_share * handled:
        lines.append(f"{source.name}: {errors} of {handled} pages failed")
        lines += [f"{source.name}: {line}" for page in pages for line in page["failures"]][:LINES]
    return lines


def _by_reason(source: Source, stopped: Sequence[Summary]) -> list[str]:
    feeds: dict[str, list[str]] = {}
    for walk in stopped:
        for line in walk["failures"]:
            feeds.setdefault(line, []).append(walk["feed"])
    return [f"{source.name} ({', '.join(names)}): {line}" for line, names in feeds.items()]
