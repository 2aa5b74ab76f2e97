"""The verbs: discover, fetch, normalise, deduplicate, check, maintain.

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

from newswire import db, ledger, quality, store, urls
from newswire.duplicates import Candidate, exact_verdicts
from newswire.model import (
    Announcement,
    Article,
    Failed,
    Feed,
    Found,
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

ARTICLES_A_JUDGEMENT = 2000
"""Articles whose verdicts are reached in one transaction."""

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


Detect = Callable[[str, Sequence[str]], tuple[str, float]]
"""`language.detect`: text and expected languages → code and confidence."""


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
        lines = () if failure is None else (_failure_line(failure),)
        return Report(run.run_id, dict(run.counts), lines, feed.name)


def _failure_line(failure: Failed) -> str:
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
                failures.append(_failure_line(failure))
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
        for number in numbers:
            store.save_miss(connection, number, answer, page_id=page_id, visited_at=datetime.now(UTC))
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
        while True:
            with db.transaction(connection):
                # one worker a source: pages of one article in the hands of two would be stored out of their order
                db.run(connection, "lock_source", source=source.name)
                taken = db.rows(connection, "take_unparsed", source=source.name, feeds=list(feeds), limit=PAGES_A_BATCH)
                if not taken:
                    return Report(run.run_id, dict(run.counts), tuple(failures))
                announced = _announced(connection, taken)
                batch = [_parse(source, row, [announced[number] for number in row["announcements"]], detect) for row in taken]
                _store_or_set_aside(_Job(connection, source, run), batch)
                db.run(connection, "drop_unparsed", pages=[row["page_id"] for row in taken])
            failures += [one.crash for one in batch if one.crash]
            on_progress(len(batch))


@dataclass(slots=True)
class _Result:
    """What one page gave."""

    page: Page
    feed: str
    expected: dict[str, int]
    """URL → number of the announcements that the page should answer."""
    articles: list[Article] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    crash: str = ""
    refusal: tuple[Outcome, str] | None = None
    """What the page is instead of one that shows what was expected; so nothing that it lacks is known to be gone."""


def _announced(connection: db.Connection, taken: Sequence[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """Return the announcements that pages are expected to answer, by their numbers."""
    numbers = sorted({number for row in taken for number in row["announcements"]})
    return {row["announcement_id"]: row for row in db.rows(connection, "announcements_by_id", ids=numbers)}


def _parse(source: Source, row: Mapping[str, Any], announced: Sequence[Mapping[str, Any]], detect: Detect) -> _Result:
    page = store.load_page(row)
    expected = {one["url"]: one["announcement_id"] for one in announced}
    result = _Result(page, row["feed"], expected)
    single = len(announced) == 1 and source.visits is None
    announcement = store.load_announcement(announced[0]) if single else Announcement(source.name, row["feed"], page.url)
    try:
        items = list(source.parse(source, page, announcement))
    except Exception as error:  # noqa: BLE001 - a page that breaks the parser must not stop the others: it is set aside with its reason
        return _set_aside(source, result, f"{type(error).__name__} in the parser at {page.url}: {error}")
    languages = source.feed(row["feed"]).languages
    if not items:
        result.refusal = (Outcome.NOT_ARTICLE, f"nothing is shown at {page.url}")
    for item in items:
        if isinstance(item, Rejected) and not single and item.url == page.url:
            result.refusal = (item.outcome, item.detail)
        elif isinstance(item, Rejected):
            result.rejected.append(item)
        else:
            code, confidence = detect(readable(item), languages)
            result.articles.append(replace(item, language=code, language_confidence=confidence))
    return result


def _set_aside(source: Source, result: _Result, reason: str) -> _Result:
    # an error's message may quote what no column takes
    crash = clean(reason.encode(errors="replace").decode())
    rejected = [Rejected(source.name, result.feed, url, Outcome.ERROR, crash) for url in result.expected or {result.page.url: 0}]
    return _Result(result.page, result.feed, result.expected, rejected=rejected, crash=crash)


def readable(article: Article) -> str:
    """Return what a reader reads of an article: the text whose language is asked for."""
    return "\n".join(part for part in (article.title, article.lead, article.text) if part)


def _store_or_set_aside(job: _Job, batch: list[_Result]) -> None:
    """Store a batch; where the database does not take it, page by page, so that one bad page delays no other."""
    try:
        with db.savepoint(job.connection):
            _store_batch(job, batch)
    except db.UNSTORABLE:
        for number, result in enumerate(batch):
            batch[number] = _store_alone(job, result)


def _store_alone(job: _Job, result: _Result) -> _Result:
    try:
        with db.savepoint(job.connection):
            _store_batch(job, [result])
    except db.UNSTORABLE as error:
        reason = f"{type(error).__name__} while storing {result.page.url}: {' '.join(str(error).split())}"
        result = _set_aside(job.source, result, reason)
        _store_batch(job, [result])
    return result


def _store_batch(job: _Job, batch: Sequence[_Result]) -> None:
    connection, source, run = job.connection, job.source, job.run
    numbers = [_numbers(connection, source, result) for result in batch]
    parsed, outcomes = [], {}
    removed: dict[datetime, list[int]] = {}
    for result, known in zip(batch, numbers, strict=True):
        seen: set[int] = set()
        for article in result.articles:
            announced = _announced_url(source, result, article.url)
            seen.add(known[announced])
            channel = source.kind == "channel"
            hashes, read = store.hashes(article, channel=channel), quality.assess(article, channel=channel)
            version = f"{source.name}/{source.parser_version}"
            own = announced == article.url
            parsed.append(store.Parsed(article, known[announced], own, result.page, version, hashes, read))
        for rejected in result.rejected:
            number = known[_announced_url(source, result, rejected.url)]
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


def _announced_url(source: Source, result: _Result, url: str) -> str:
    # a site's page answers its one announcement, whatever address the article calls its own
    return next(iter(result.expected)) if source.visits is None and result.expected else url


def _urls(result: _Result) -> list[str]:
    return [article.url for article in result.articles] + [rejected.url for rejected in result.rejected]


def _numbers(connection: db.Connection, source: Source, result: _Result) -> dict[str, int]:
    """Numbers of all announcements on the page; what nobody announced (a post seen while looking for another) is entered."""
    shown = {_announced_url(source, result, url) for url in _urls(result)}
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


# --- deduplicate


def deduplicate(connection: db.Connection, *, caller: str = "shell") -> Report:
    """Reach the duplicate verdicts that are due, and again those of every article that shares a key with them."""
    with ledger.run(connection, "deduplicate", caller=caller) as run:
        while True:
            with db.transaction(connection):
                db.run(connection, "lock_verdicts")
                linked = [Candidate(**row) for row in db.rows(connection, "linked_articles", limit=ARTICLES_A_JUDGEMENT)]
                if not linked:
                    return Report(run.run_id, dict(run.counts))
                verdicts = exact_verdicts(linked)
                copies = [verdict.article_id for verdict in verdicts]
                judged = [candidate.article_id for candidate in linked]
                db.run(connection, "drop_verdicts", judged=judged, copies=copies)
                db.run_values(
                    connection,
                    "save_verdicts",
                    [(one.article_id, one.original_id, one.kind, one.similarity, one.reason) for one in verdicts],
                )
                run.counts["judged"] += db.run(connection, "mark_judged", articles=judged)
            run.counts.update(f"copies_{verdict.kind}" for verdict in verdicts)


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


# --- maintain


def maintain(connection: db.Connection, *, caller: str = "shell") -> Report:
    """Make the partitions of this month and the next."""
    with ledger.run(connection, "maintain", caller=caller) as run:
        with db.transaction(connection):
            db.run(connection, "ensure_partitions", moment=datetime.now(UTC))
        return Report(run.run_id, dict(run.counts))


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
