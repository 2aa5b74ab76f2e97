"""The verbs together, against a real PostgreSQL and the sample site: nothing lost, nothing twice, whatever happens half-way."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from newswire import db, deduplication, export, fetch, language, pipeline, sources
from newswire.local.postgres import Cluster
from newswire.model import Announcement, Article, Outcome, Page, Rejected, Source, Window
from tests.dumped import assert_same, dump, dump_of, table
from tests.killing import Job, Nursery, fetching
from tests.site import telegram_site
from tests.site.content import DEFAULT_NOW, KYIV, articles, channels
from tests.site.expected import ExpectedPost, expected_articles, expected_posts
from tests.site.reply import HTML, Question, Reply, page, redirect
from tests.site.server import SampleSite
from tests.site.troubles import THROTTLED_ONCE, TROUBLES

UNN, TELEGRAM = sources.load("unn"), sources.load("telegram")
EDITIONS, CHANNELS = ("uk", "ru", "en"), ("nw_sample_news", "nw_sample_live")
BOTH = ((UNN, EDITIONS), (TELEGRAM, CHANNELS))
WINDOW = Window(datetime(2026, 2, 16, tzinfo=KYIV), datetime(2026, 2, 21, tzinfo=KYIV))
SCHOOL = "https://unn.ua/news/u-mostyshchi-cherez-zadymlennia-evakuiuvaly-shkolu"
"""Edited on the 19th at 16:10; another announced address redirects to it."""
OLD_SCHOOL = "https://unn.ua/news/zadymlennia-shkola-mostyshche-evakuatsiia"
BOAT = "https://unn.ua/news/na-osokorivskomu-ozeri-znaishly-choven-yakomu-blyzko-vosmysot-rokiv"
PLAIN = [article.canonical for article in articles() if article.host == "unn.ua" and not article.trouble]
"""Addresses of today's site with nothing wrong."""
UK = [url for url in PLAIN if url.startswith("https://unn.ua/news/")]

_numbers = itertools.count()


# --- what the tests stand on


class BentSite(SampleSite):
    """The sample site without its delays, and with answers that a test puts in the place of its own."""

    def __init__(self, now: datetime = DEFAULT_NOW) -> None:
        self.bent: dict[str, Reply | Callable[[], Reply]] = {}
        """URL → what is answered instead."""
        self.pause = 0.0
        """Seconds that every answer takes."""
        self.before_answer: Callable[[str], None] = lambda _: None
        super().__init__(now=now)
        for path in THROTTLED_ONCE:
            super().answer("unn.ua", path)

    def answer(self, host: str, target: str) -> Reply:
        url = f"https://{host}{target}"
        self.before_answer(url)
        reply = self.bent.get(url) or super().answer(host, target)
        return replace(reply() if callable(reply) else reply, pause=self.pause)

    def asked(self, part: str = "") -> list[str]:
        """Return the addresses that were asked for, those that hold `part`."""
        return [url for served in self.requests if part in (url := f"https://{served.host}{served.path}")]

    def hide(self, name: str, *ids: int) -> None:
        """Delete posts of a channel."""
        channel = channels()[name]
        rest = replace(channel, posts=tuple(post for post in channel.posts if post.id not in ids))
        for query in ({}, *({"before": str(number)} for number in range(1, 80))):
            question = Question("t.me", f"/s/{name}", query, self.now)
            url = f"https://t.me/s/{name}" + "".join(f"?before={number}" for number in query.values())
            self.bent[url] = page(telegram_site._preview(rest, question))


@pytest.fixture
def bent() -> Iterator[BentSite]:
    with BentSite() as running:
        yield running


class Stages:
    """Databases that hold the sample site as each verb left it; tests work on copies."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.passing: list[str] = []
        self.reports: dict[str, pipeline.Report] = {}
        with BentSite() as site:
            with self._stage("discovered", "newswire_template") as connection:
                for source, feeds in BOTH:
                    for feed in feeds:
                        self.reports[feed] = discover(connection, site, source, feed)
            with self._stage("fetched", "discovered") as connection:
                for source, feeds in BOTH:
                    self.reports[f"fetch {source.name}"] = fetch_due(connection, site, source, *feeds)
            with self._stage("normalised", "fetched") as connection:
                for source, feeds in BOTH:
                    report = pipeline.normalise(connection, source, feeds, language.judge)
                    self.reports[f"normalise {source.name}"] = report
            with self._stage("judged", "normalised") as connection:
                deduplication.deduplicate(connection)

    @contextmanager
    def _stage(self, stage: str, before: str) -> Iterator[db.Connection]:
        connection = db.connect(self.copy(before, stage))
        yield connection
        connection.close()

    def copy(self, stage: str, name: str = "") -> str:
        """Return the address of a new database that is a copy of a stage; without a name it goes with its test."""
        if not name:
            name = f"{stage}_{next(_numbers)}"
            self.passing.append(name)
        self._administer(f"create database {name} template {stage}")
        return self.cluster.url(name)

    def drop_copies(self) -> None:
        while self.passing:
            self._administer(f"drop database {self.passing.pop()} with (force)")

    def _administer(self, statement: str) -> None:
        admin = db.connect(self.cluster.url())
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute(statement)
        admin.close()


@pytest.fixture(scope="module")
def stages(cluster: Cluster) -> Stages:
    return Stages(cluster)


@pytest.fixture(autouse=True)
def drop_copies(stages: Stages) -> Iterator[None]:
    yield
    stages.drop_copies()


@pytest.fixture
def open_stage(stages: Stages) -> Iterator[Callable[[str], db.Connection]]:
    opened: list[db.Connection] = []

    def opens(stage: str) -> db.Connection:
        opened.append(db.connect(stages.copy(stage)))
        return opened[-1]

    yield opens
    for connection in opened:
        connection.close()


@pytest.fixture
def discovered(open_stage: Callable[[str], db.Connection]) -> db.Connection:
    return open_stage("discovered")


@pytest.fixture
def judged(open_stage: Callable[[str], db.Connection]) -> db.Connection:
    return open_stage("judged")


@pytest.fixture(scope="module")
def whole(stages: Stages) -> Iterator[db.Connection]:
    """The whole sample site, ingested; only to be read."""
    connection = db.connect(stages.copy("judged", "whole"))
    connection.set_session(readonly=True, autocommit=True)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as running:
        yield running


def client_of(site: SampleSite, source: Source) -> fetch.Client:
    return fetch.Client(fetching(site.url), source.politeness)


def discover(connection: db.Connection, site: SampleSite, source: Source, feed: str, window: Window = WINDOW) -> pipeline.Report:
    with client_of(site, source) as client:
        return pipeline.discover(connection, source, source.feed(feed), window, client)


def fetch_due(
    connection: db.Connection, site: SampleSite, source: Source, *feeds: str, refetch: bool = False, limit: int | None = None
) -> pipeline.Report:
    plan = pipeline.plan(connection, source, feeds, window=WINDOW, refetch=refetch, limit=limit)
    with client_of(site, source) as client:
        return pipeline.fetch(connection, source, plan.numbers, client, planned_at=plan.planned_at)


def visit(connection: db.Connection, site: SampleSite, *urls: str, source: Source = UNN) -> tuple[Counter[str], Counter[str]]:
    """Visit announcements now and make what came into articles; return what both verbs counted."""
    numbers = [only(connection, "select announcement_id from raw.announcement where url = %s", url) for url in urls]
    with client_of(site, source) as client:
        fetched = pipeline.fetch(connection, source, numbers, client, planned_at=datetime.now(UTC))
    return Counter(fetched.counts), normalise(connection, source)


def normalise(connection: db.Connection, source: Source = UNN) -> Counter[str]:
    feeds = [feed for some, feeds in BOTH for feed in feeds if some.name == source.name]
    return Counter(pipeline.normalise(connection, source, feeds, language.judge).counts)


def only(connection: db.Connection, statement: str, *values: Any) -> Any:
    """Return the only value of the only row."""
    ((value,),) = table(connection, statement, *values)
    return value


def outcome(connection: db.Connection, url: str) -> str | None:
    return only(connection, "select outcome from raw.announcement where url = %s", url)


def article(connection: db.Connection, url: str) -> dict[str, Any]:
    """Return the only row of an article."""
    with connection:
        (found,) = db.select(connection, f"select * from core.article where url = '{url}'")
    return found


def make_due(connection: db.Connection, *urls: str) -> None:
    table(connection, "update raw.announcement set next_visit_at = now() where url = any(%s)", list(urls))


def versions(connection: db.Connection) -> list[tuple[Any, ...]]:
    """Return which version of each article's row is the living one: any write makes another."""
    return table(connection, "select article_id, xmin::text, ctid::text from core.article order by 1")


def requeue(connection: db.Connection) -> None:
    """Put every page that made an article into the queue again."""
    table(
        connection,
        "insert into raw.unparsed select article.page_id, article.page_fetched_at, article.source, article.feed,"
        " array_agg(announcement_id) from core.article group by 1, 2, 3, 4",
    )


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run all at once, each in a thread of its own."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait(20)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


# --- the whole sample site


def test_every_article_of_the_site_is_stored_with_exactly_its_fields(whole: db.Connection) -> None:
    stored = {row["external_id"]: row for row in db.select(whole, "select * from core.article where source = 'unn'")}
    expected = {one.external_id: one for one in expected_articles(DEFAULT_NOW)}
    assert stored.keys() == expected.keys()
    for name, one in expected.items():
        row = stored[name]
        kinds = row["body_kinds"] or ["paragraph"] * len(row["body"].split("\n"))
        read = {
            **{field: row[field] for field in ("feed", "external_id", "url", "title", "lead", "dateline", "section", "views")},
            **{field: row[field] for field in ("image_url", "cited_source", "published_at", "modified_at")},
            "body": tuple(zip(kinds, row["body"].split("\n"), strict=True)),
            "authors": tuple(row["authors"]),
            "tags": tuple(row["tags"]),
            "editions": {**row["editions"], **({one.feed: one.url} if one.editions else {})},
        }
        assert read == {field: getattr(one, field) for field in read}
        assert row["language"] == one.feed
        assert (row["revision"], row["removed_at"], row["parser_version"]) == (1, None, "unn/1")
        assert row["time_origin"] in ("feed", one.dates, "page")


def test_every_post_of_both_channels_is_stored_with_exactly_its_fields(whole: db.Connection) -> None:
    stored = {row["external_id"]: row for row in db.select(whole, "select * from core.article where source = 'telegram'")}
    posts = {f"{one.channel}/{one.id}": one for name in CHANNELS for one in expected_posts(DEFAULT_NOW, name)}
    expected = {name: one for name, one in posts.items() if one.kind not in ("service", "unsupported")}
    assert stored.keys() == expected.keys()
    for name, one in expected.items():
        row = stored[name]
        assert (row["feed"], row["url"], row["title"], row["lead"]) == (one.channel, one.url, None, None)
        assert row["body"] == "\n".join(one.lines)
        assert row["published_at"] == one.published_at
        assert row["time_origin"] == "post"
        assert tuple(row["authors"]) == ((one.author,) if one.author else ())
        assert (row["views"], row["reactions"]) == (one.views, one.reactions)
        assert (row["forwarded_from"], row["reply_to"], row["edited"]) == (one.forwarded_from, one.reply_to, one.edited)
        assert [link["url"] for link in row["links"] if link["kind"] == "preview"] == list(filter(None, [one.preview_url]))
        assert sorted(media["kind"] for media in row["media"]) == media_kinds(one)
        polled = [(option["text"], option["percent"]) for media in row["media"] for option in media["details"].get("options", ())]
        assert polled == list(one.poll)


def media_kinds(post: ExpectedPost) -> list[str]:
    return {"text": [], "album": ["photo"] * len(post.ids)}.get(post.kind, [post.kind])


def test_posts_that_are_no_articles_say_why(whole: db.Connection) -> None:
    refused = {
        one.url: one.kind
        for name in CHANNELS
        for one in expected_posts(DEFAULT_NOW, name)
        if one.kind in ("service", "unsupported")
    }
    rows = table(whole, "select url, outcome from raw.announcement where source = 'telegram' and outcome <> 'ok'")
    assert dict(rows) == refused


def test_every_trouble_ends_with_its_code_and_its_bytes_are_kept(whole: db.Connection) -> None:
    rows = table(
        whole,
        "select announcement.url, outcome, outcome_detail, status, octet_length(body) from raw.announcement"
        " left join raw.page on page.page_id = announcement.page_id where announcement.source = 'unn'",
    )
    ended = {url: code for url, code, *_ in rows}
    troubled = {
        url: code for url, code in TROUBLES.items() if url.startswith("https://unn.ua/")
    }  # the old site announces nothing
    assert {url: ended[url] for url in TROUBLES if url in ended} == troubled
    assert {code for url, code in ended.items() if url not in TROUBLES} == {"ok"}
    for url, code, detail, status, length in rows:
        assert (detail is None) == (code in ("ok", "redirected")), url
        if code == "robots":
            assert status is None, "nothing was asked for, so nothing can be kept"
        elif code != "forbidden_address":  # a redirect's body is never read
            assert length, f"no bytes of {url}, which ended as {code}"


def test_nothing_is_left_waiting_and_no_time_is_unseen(whole: db.Connection) -> None:
    assert table(whole, "select url from raw.announcement where outcome is null") == []
    assert table(whole, "select * from raw.unparsed") == []
    assert table(whole, "select * from mart.gap") == []
    assert {feed for (feed,) in table(whole, "select feed from core.coverage")} == {*EDITIONS, *CHANNELS}
    assert table(whole, "select feed from core.coverage where reached_from > asked_from or failure is not null") == []
    assert (
        table(
            whole,
            "select feed, day from mart.coverage where announced <> stored"
            " + (select coalesce(sum(count::int), 0) from jsonb_each_text(rejected) as by_code (code, count))",
        )
        == []
    )


def test_every_announcement_of_a_page_is_counted_once_in_the_ledger_of_runs(stages: Stages, whole: db.Connection) -> None:
    announced = only(whole, "select count(*) from raw.announcement where source = 'unn'")
    visits = stages.reports["fetch unn"].counts
    assert sum(visits.values()) == announced
    assert sum(stages.reports["normalise unn"].counts.values()) == visits["fetched"]
    assert sum(stages.reports[feed].counts["new"] for feed in EDITIONS) == announced


def test_articles_trace_back_to_pages_announcements_and_runs(whole: db.Connection) -> None:
    assert (
        table(
            whole,
            "select external_id from core.article"
            " left join raw.page on page.page_id = article.page_id and fetched_at = article.page_fetched_at and peer='127.0.0.1'"
            " left join core.run on run.run_id = article.run_id and verb = 'normalise' and state = 'done'"
            " where page is null or run is null or first_seen_at <> article.page_fetched_at or updated_at <> first_seen_at",
        )
        == []
    )


def test_copies_are_found_among_articles_and_posts(whole: db.Connection) -> None:
    expected = {(one.url, one.copy_of, one.copy_kind) for one in expected_articles(DEFAULT_NOW) if one.copy_kind}
    found = table(
        whole,
        "select copy.url, original.url, kind from core.duplicate join core.article as copy using (article_id)"
        " join core.article as original on original.article_id = original_id where copy.source = 'unn'",
    )
    assert set(found) == expected
    assert {kind for _, _, kind in found} == {"exact", "excerpt"}


def test_the_quality_rules_hold(open_stage: Callable[[str], db.Connection]) -> None:
    connection = open_stage("judged")
    results = [pipeline.check(connection, name) for name in pipeline.checks()]
    assert [(result.name, result.sample) for result in results if result.breakers] == []
    assert only(connection, "select count(*) from core.check_result") == len(results) > 5


# --- twice


def test_every_verb_may_run_twice(stages: Stages, bent: BentSite) -> None:
    connection = db.connect(stages.copy("judged"))
    before, rows = dump(connection), versions(connection)
    for source, feeds in BOTH:
        for feed in feeds:
            discover(connection, bent, source, feed)
        fetch_due(connection, bent, source, *feeds)
        pipeline.normalise(connection, source, feeds, language.judge)
    deduplication.deduplicate(connection)
    pipeline.maintain(connection)
    after = dump(connection)
    assert_same(after, before)
    assert versions(connection) == rows
    connection.close()


def test_all_of_a_window_fetched_again_changes_no_row(judged: db.Connection, bent: BentSite) -> None:
    before, rows = dump(judged, "articles", "revisions", "readings", "duplicates"), versions(judged)
    report = fetch_due(judged, bent, UNN, *EDITIONS, refetch=True)
    assert report.counts["unchanged"] > 30
    fetch_due(judged, bent, TELEGRAM, *CHANNELS, refetch=True)
    normalise(judged)
    normalise(judged, TELEGRAM)
    assert_same(dump(judged, *before), before)
    assert versions(judged) == rows


def test_the_same_pages_read_again_write_no_row_of_any_article(judged: db.Connection) -> None:
    rows, before = versions(judged), dump(judged)
    requeue(judged)
    for source, feeds in BOTH:
        report = pipeline.normalise(judged, source, feeds, language.judge)
        assert report.counts.keys() <= {"unchanged", "service", "unsupported"}
    assert versions(judged) == rows
    assert_same(dump(judged), before)


def test_an_export_made_twice_is_the_same_to_the_byte(judged: db.Connection, tmp_path: Path) -> None:
    first = export.export(judged, WINDOW, tmp_path / "out")
    files = contents(tmp_path / "out")
    assert sum(first.values()) == only(judged, "select count(*) from core.article") == len(files) - 2 * len(first)
    assert export.export(judged, WINDOW, tmp_path / "out") == first
    assert contents(tmp_path / "out") == files


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_article_that_moved_to_another_day_leaves_nothing_behind_in_an_export(judged: db.Connection, tmp_path: Path) -> None:
    table(judged, "delete from core.article where published_at < '2026-02-17T00:00+02:00' and url <> %s", BOAT)
    days = export.export(judged, WINDOW, tmp_path)
    assert days["2026-02-16"] == 1
    table(judged, "update core.article set published_at = published_at + interval '1 day' where url = %s", BOAT)
    export.export(judged, WINDOW, tmp_path)
    lines = [path for path in contents(tmp_path) if path.startswith("2026-02-16")]
    assert lines in ([], ["2026-02-16/articles.jsonl"])
    number = article(judged, BOAT)["article_id"]
    assert [path for path in contents(tmp_path) if path.endswith(f"_{number}.txt")] == [f"2026-02-17/text/unn_{number}.txt"]


def test_an_export_leaves_the_days_outside_its_window_alone(judged: db.Connection, tmp_path: Path) -> None:
    kept = tmp_path / "2026-02-15" / "articles.jsonl"
    kept.parent.mkdir()
    kept.write_text("{}\n")
    export.export(judged, WINDOW, tmp_path)
    assert kept.read_text() == "{}\n"


# --- killed


def crash_through(nursery: Nursery, job: Job, points: Iterable[tuple[str, int]]) -> int:
    """Let one child after the other die at each point, then one live to its end; return how many died."""
    deaths = 0
    for point, nth in points:
        deaths += not nursery.survives(job.dying(point, nth))
    assert nursery.survives(job)
    return deaths


def states(url: str, verb: str) -> Counter[str]:
    connection = db.connect(url)
    found = Counter(state for (state,) in table(connection, "select state from core.run where verb = %s", verb))
    connection.close()
    return found


EVER_LATER = [("statement", nth) for nth in range(3, 90, 2)]
"""One child after the other dies two statements later: each gets a little further, and does again what the last had not kept.
The third is the last before a run's line stands in the ledger."""


def until_done(nursery: Nursery, job: Job, points: Iterable[tuple[str, int]]) -> int:
    """Let children die at ever later points until one comes to its end; return how many died."""
    for deaths, (point, nth) in enumerate(points):
        if nursery.survives(job.dying(point, nth)):
            return deaths
    raise AssertionError("no child came to its end")


@pytest.mark.parametrize(("source", "feed"), [("unn", "uk"), ("telegram", "nw_sample_news")])
def test_a_discovery_killed_ever_later_ends_like_one_left_in_peace(
    source: str, feed: str, stages: Stages, nursery: Nursery, bent: BentSite
) -> None:
    job = Job("discover", stages.copy("newswire_template"), bent.url, source, (feed,))
    peace = replace(job, database=stages.copy("newswire_template"))
    assert nursery.survives(peace)
    deaths = until_done(nursery, job, EVER_LATER)
    assert deaths > 7
    assert_same(dump_of(job.database), dump_of(peace.database))
    assert states(job.database, "discover") == {"died": deaths - 1, "done": 1}


def test_a_fetch_killed_all_the_time_ends_like_one_left_in_peace(stages: Stages, nursery: Nursery, bent: BentSite) -> None:
    job = Job("fetch", stages.copy("discovered"), bent.url, "unn", EDITIONS)
    points = [("statement", nth) for nth in range(5, 13, 2)]  # a plan and the beginning of a run are four
    points += [("commit", 4), ("committed", 4), ("answer", 1), ("answer", 7), ("visited", 9), ("missed", 2)]
    deaths = crash_through(nursery, job, points)
    assert deaths == len(points)
    assert_same(dump_of(job.database), dump_of(stages.copy("fetched")))
    assert states(job.database, "fetch") == {"died": deaths, "done": 1}


def test_a_fetch_whose_process_is_killed_while_it_waits_for_an_answer_loses_and_doubles_nothing(
    stages: Stages, nursery: Nursery, bent: BentSite
) -> None:
    job = Job("fetch", stages.copy("discovered"), bent.url, "unn", EDITIONS)
    known = threading.Event()
    victims: list[int] = []

    def kill_at_twenty(_: str) -> None:
        if len(bent.requests) == 20:
            assert known.wait(20)
            os.kill(victims[0], signal.SIGKILL)

    bent.before_answer = kill_at_twenty
    victims.append(nursery.start(job))
    known.set()
    assert nursery.wait() == -signal.SIGKILL
    bent.before_answer = lambda _: None
    assert nursery.survives(job)
    assert_same(dump_of(job.database), dump_of(stages.copy("fetched")))
    assert states(job.database, "fetch") == {"died": 1, "done": 1}
    twice = Counter(bent.asked()) - Counter(set(bent.asked()))
    assert {url for url in twice if url in PLAIN and url != SCHOOL} <= set(
        bent.asked()[19:21]
    )  # an old address leads to the school


NORMALISING = (
    "take_unparsed",
    "announcements_by_id",
    "lock_source",
    "article_states",
    "save_revisions",
    "save_articles",
    "save_readings",
    "save_outcomes",
    "drop_unparsed",
)


@pytest.mark.parametrize(("source", "feeds"), [("unn", EDITIONS), ("telegram", CHANNELS)])
def test_a_normalisation_killed_at_each_of_its_steps_ends_like_one_left_in_peace(
    source: str, feeds: tuple[str, ...], stages: Stages, nursery: Nursery
) -> None:
    batch = 4 if source == "unn" else 1
    job = Job("normalise", stages.copy("fetched"), source=source, feeds=feeds, batch=batch)
    peace = replace(job, database=stages.copy("fetched"), batch=40)
    assert nursery.survives(peace)
    nth = 2 if source == "unn" else 1
    points = [*((point, nth) for point in NORMALISING), ("commit", 2), ("committed", 2)]
    deaths = crash_through(nursery, job, points)
    assert deaths > 5
    assert_same(dump_of(job.database), dump_of(peace.database))
    assert states(job.database, "normalise") == {"died": deaths, "done": 1}


def test_a_normalisation_of_changed_pages_killed_at_each_of_its_steps_makes_each_revision_once(
    stages: Stages, nursery: Nursery, bent: BentSite
) -> None:
    job = Job("normalise", stages.copy("discovered"), bent.url)
    connection = db.connect(job.database)
    bent.now = datetime(2026, 2, 19, 15, 0, tzinfo=KYIV)
    visit(connection, bent, SCHOOL, BOAT)
    bent.now = DEFAULT_NOW
    numbers = [
        number
        for (number,) in table(connection, "select announcement_id from raw.announcement where url in (%s, %s)", SCHOOL, BOAT)
    ]
    with client_of(bent, UNN) as client:
        pipeline.fetch(connection, UNN, numbers, client, planned_at=datetime.now(UTC))
    connection.close()
    points = (
        "article_states",
        "save_revisions",
        "save_articles",
        "save_readings",
        "refresh_counters",
        "save_outcomes",
        "drop_unparsed",
    )
    deaths = crash_through(nursery, job, [(point, 1) for point in points] + [("commit", 2), ("commit", 3)])
    assert deaths >= len(points)
    found = dump_of(job.database, "revisions", "readings")
    assert (len(found["revisions"]), len(found["readings"])) == (1, 4)


def test_a_judgement_killed_at_each_of_its_steps_ends_like_one_left_in_peace(stages: Stages, nursery: Nursery) -> None:
    job = Job("deduplicate", stages.copy("normalised"))
    points = ("linked_articles", "drop_verdicts", "save_verdicts", "mark_judged", "end_run")
    deaths = crash_through(nursery, job, [*((point, 1) for point in points), ("commit", 2), ("committed", 2)])
    assert deaths == len(points) + 2
    assert_same(dump_of(job.database), dump_of(stages.copy("judged")))
    assert states(job.database, "deduplicate") == {"died": deaths, "done": 1}


def test_checks_killed_half_way_run_again(stages: Stages, nursery: Nursery) -> None:
    job = Job("check", stages.copy("judged"))
    deaths = crash_through(nursery, job, [("save_check", 1), ("save_check", 4), ("commit", 3)])
    assert deaths == 3
    connection = db.connect(job.database)
    last = table(connection, "select distinct on (name) name, breakers from core.check_result order by name, checked_at desc")
    connection.close()
    assert dict(last) == dict.fromkeys(pipeline.checks(), 0)
    assert states(job.database, "check")["died"] >= 2


@pytest.mark.parametrize(("point", "nth"), [("write", 1), ("write", 60), ("rename", 1), ("rename", 4), ("end_run", 1)])
def test_an_export_killed_half_way_never_shows_half_a_day_and_is_made_whole(
    point: str, nth: int, *, stages: Stages, nursery: Nursery, judged: db.Connection, tmp_path: Path
) -> None:
    export.export(judged, WINDOW, tmp_path / "peace")
    job = Job("export", stages.copy("judged"), folder=str(tmp_path / "out"))
    whole_days = {path.name: contents(path) for path in (tmp_path / "peace").iterdir()}
    for _ in range(2):  # once into an empty folder, once over what stands there
        assert not nursery.survives(job.dying(point, nth))
        shown = [path for path in (tmp_path / "out").iterdir() if not path.name.startswith(".")]
        assert all(contents(path).keys() == whole_days[path.name].keys() for path in shown)
        assert nursery.survives(job)
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(whole_days)
        assert {path.name: contents(path).keys() for path in (tmp_path / "out").iterdir()} == {
            day: files.keys() for day, files in whole_days.items()
        }


def test_maintenance_killed_half_way_runs_again(stages: Stages, nursery: Nursery) -> None:
    job = Job("maintain", stages.copy("newswire_template"))
    connection = db.connect(job.database)
    table(
        connection,
        "do $$ begin execute (select string_agg('drop table raw.' || relname, '; ') from pg_class"
        " where relispartition and relkind = 'r'); end $$",
    )
    assert crash_through(nursery, job, [("ensure_partitions", 1), ("commit", 2), ("end_run", 1)]) == 3
    assert nursery.survives(job)
    months = table(connection, "select relname from pg_class where relname ~ '^page_\\d{4}_\\d\\d$' and relkind = 'r' order by 1")
    now = datetime.now(UTC)
    later = (now.replace(day=1) + timedelta(days=32)).replace(day=1)
    assert {f"page_{now:%Y_%m}", f"page_{later:%Y_%m}"} <= {name for (name,) in months}
    connection.close()
    assert states(job.database, "maintain") == {"died": 3, "done": 2}


@pytest.mark.parametrize(("source", "feeds"), [("unn", ("en",)), ("telegram", CHANNELS)])
def test_an_ingestion_killed_again_and_again_ends_like_one_left_in_peace(
    source: str, feeds: tuple[str, ...], stages: Stages, nursery: Nursery, bent: BentSite
) -> None:
    job = Job("ingest", stages.copy("newswire_template"), bent.url, source, feeds)
    peace = replace(job, database=stages.copy("newswire_template"))
    assert nursery.survives(peace)
    points = [("statement", 12), ("answer", 4), ("commit", 9), ("statement", 60), ("save_articles", 1), ("mark_judged", 1)]
    deaths = crash_through(nursery, job, points)
    assert deaths >= 4
    assert_same(dump_of(job.database), dump_of(peace.database))
    connection = db.connect(job.database)
    assert only(connection, "select count(*) from core.run where state = 'running'") == 0
    assert only(connection, "select count(*) from core.run where state = 'died'") >= deaths - 1
    connection.close()


# --- visits to what is known


def test_an_edited_article_keeps_its_former_text_as_one_revision(discovered: db.Connection, bent: BentSite) -> None:
    bent.now = datetime(2026, 2, 19, 15, 0, tzinfo=KYIV)
    visit(discovered, bent, SCHOOL)
    former = article(discovered, SCHOOL)
    bent.now = DEFAULT_NOW
    fetched, counts = visit(discovered, bent, SCHOOL)
    assert (fetched, counts["ok"]) == ({"fetched": 1}, 1)
    now = article(discovered, SCHOOL)
    (kept,) = db.select(discovered, "select * from core.article_revision")
    expected = {one.url: one for one in expected_articles(DEFAULT_NOW)}[SCHOOL]
    assert (now["title"], now["modified_at"], now["revision"]) == (expected.title, expected.modified_at, 2)
    assert now["body"] == "\n".join(text for _, text in expected.body)
    assert {name: kept[name] for name in ("article_id", "title", "lead", "body", "body_kinds", "modified_at")} == {
        name: former[name] for name in ("article_id", "title", "lead", "body", "body_kinds", "modified_at")
    }
    assert (kept["revision"], kept["cause"], kept["page_id"]) == (1, "publisher", former["page_id"])
    assert (kept["seen_from"], kept["seen_to"]) == (former["first_seen_at"], now["updated_at"])
    assert (now["first_seen_at"], now["article_id"]) == (former["first_seen_at"], former["article_id"])
    assert former["updated_at"] < now["updated_at"]
    before_and_after = table(discovered, "select title_changed, title_before, title_after from mart.revision")
    assert before_and_after == [(True, former["title"], now["title"])]
    visit(discovered, bent, SCHOOL)
    assert only(discovered, "select count(*) from core.article_revision") == 1


def test_an_edited_post_keeps_its_former_text_as_one_revision(connection: db.Connection) -> None:
    with BentSite(datetime(2026, 2, 19, 15, 0, tzinfo=KYIV)) as site:
        discover(connection, site, TELEGRAM, "nw_sample_news")
        normalise(connection, TELEGRAM)
        former = article(connection, "https://t.me/nw_sample_news/45")
        assert not former["edited"]
        site.now = DEFAULT_NOW
        discover(connection, site, TELEGRAM, "nw_sample_news")
        normalise(connection, TELEGRAM)
        now = article(connection, "https://t.me/nw_sample_news/45")
        rows = table(connection, "select article_id, body, cause from core.article_revision")
        assert (former["article_id"], former["body"], "publisher") in rows
        assert now["edited"]
        assert (now["revision"], now["authors"]) == (2, ["Леся Коваль"])


def test_moved_counters_make_a_reading_and_no_change(discovered: db.Connection, bent: BentSite) -> None:
    bent.now = datetime(2026, 2, 18, 9, 0, tzinfo=KYIV)
    visit(discovered, bent, BOAT)
    before = article(discovered, BOAT)
    bent.now = datetime(2026, 2, 20, 9, 0, tzinfo=KYIV)
    fetched, counts = visit(discovered, bent, BOAT)
    assert (fetched, counts) == ({"fetched": 1}, {"unchanged": 1})
    after = article(discovered, BOAT)
    assert after["views"] > before["views"]
    assert after == {**before, "views": after["views"]}
    assert table(discovered, "select views from core.article_reading order by read_at") == [(before["views"],), (after["views"],)]
    assert only(discovered, "select count(*) from core.article_revision") == 0


def test_moved_counters_of_posts_make_readings_and_no_change(connection: db.Connection) -> None:
    with BentSite(datetime(2026, 2, 20, 9, 0, tzinfo=KYIV)) as site:
        window = Window(datetime(2026, 2, 20, tzinfo=KYIV), datetime(2026, 2, 20, 8, tzinfo=KYIV))
        discover(connection, site, TELEGRAM, "nw_sample_news", window)
        normalise(connection, TELEGRAM)
        before = {row["external_id"]: row for row in db.select(connection, "select * from core.article")}
        site.now = datetime(2026, 2, 20, 12, 0, tzinfo=KYIV)
        make_due(connection, *(row["url"] for row in before.values()))
        fetch_due(connection, site, TELEGRAM, "nw_sample_news", refetch=True)
        normalise(connection, TELEGRAM)
        after = {row["external_id"]: row for row in db.select(connection, "select * from core.article")}
    moved = [name for name, row in before.items() if after[name]["views"] != row["views"]]
    assert len(moved) > 3
    for name, row in before.items():
        counters = {field: after[name][field] for field in ("views", "reactions", "media")}
        assert after[name] == {**row, **counters}
    assert only(
        connection, "select count(*) from core.article_reading where read_at > (select min(read_at) from core.article_reading)"
    ) >= len(moved)
    assert only(connection, "select count(*) from core.article_revision") == 0


def test_a_page_that_has_not_changed_since_is_not_stored_again(discovered: db.Connection, bent: BentSite) -> None:
    visit(discovered, bent, BOAT)
    pages, rows = only(discovered, "select count(*) from raw.page"), versions(discovered)
    fetched, counts = visit(discovered, bent, BOAT)
    assert bent.requests[-1].status == 304
    assert (fetched, counts) == ({"unchanged": 1}, {})
    assert only(discovered, "select count(*) from raw.page") == pages
    assert versions(discovered) == rows
    assert outcome(discovered, BOAT) == "ok"
    assert only(discovered, "select count(*) from raw.unparsed where source = 'unn'") == 0


@pytest.mark.parametrize("order", [(SCHOOL, OLD_SCHOOL), (OLD_SCHOOL, SCHOOL)], ids=["own address first", "old address first"])
@pytest.mark.parametrize("at_once", [True, False], ids=["in one batch", "one by one"])
def test_a_redirect_to_a_known_article_makes_no_second_row(
    order: tuple[str, str], *, at_once: bool, discovered: db.Connection, bent: BentSite
) -> None:
    for urls in [order] if at_once else [(url,) for url in order]:
        visit(discovered, bent, *urls)
    assert table(discovered, "select url, external_id, revision from core.article") == [(SCHOOL, SCHOOL.partition("ua/")[2], 1)]
    assert {url: outcome(discovered, url) for url in order} == {SCHOOL: "ok", OLD_SCHOOL: "redirected"}
    owner = only(discovered, "select announcement.url from core.article join raw.announcement using (announcement_id)")
    assert owner == SCHOOL


def test_a_redirect_to_an_article_whose_page_names_no_address_makes_no_second_row(
    discovered: db.Connection, bent: BentSite
) -> None:
    target, old = UK[1], UK[2]
    bent.bent[old] = redirect(target, 301)
    visit(discovered, bent, target, old)
    assert table(discovered, "select url from core.article") == [(target,)]
    assert outcome(discovered, old) == "redirected"


def test_an_article_that_is_gone_is_marked_and_comes_back(discovered: db.Connection, bent: BentSite) -> None:
    visit(discovered, bent, BOAT)
    before = article(discovered, BOAT)
    bent.bent[BOAT] = page("<html><body>404</body></html>", 404)
    fetched, _ = visit(discovered, bent, BOAT)
    assert fetched == {"gone": 1}
    assert outcome(discovered, BOAT) == "gone"
    gone = article(discovered, BOAT)
    assert gone == {**before, "removed_at": gone["removed_at"]}
    assert gone["removed_at"] > before["first_seen_at"]
    del bent.bent[BOAT]
    visit(discovered, bent, BOAT)
    assert article(discovered, BOAT) == before
    assert outcome(discovered, BOAT) == "ok"


def test_a_visit_that_failed_between_two_good_ones_leaves_no_bad_outcome(discovered: db.Connection, bent: BentSite) -> None:
    visit(discovered, bent, BOAT)
    bent.bent[BOAT] = page("<html><body>broken</body></html>", 500)
    visit(discovered, bent, BOAT)
    assert outcome(discovered, BOAT) == "server_error"
    assert article(discovered, BOAT)["removed_at"] is None
    del bent.bent[BOAT]
    visit(discovered, bent, BOAT)
    assert outcome(discovered, BOAT) == "ok"
    assert only(discovered, "select tries from raw.announcement where url = %s", BOAT) == 0


def test_deleted_posts_are_found_out_on_a_revisit(judged: db.Connection, bent: BentSite) -> None:
    lost = [f"https://t.me/nw_sample_news/{number}" for number in (44, 45)]
    before = {url: article(judged, url) for url in lost}
    bent.hide("nw_sample_news", 44, 45)
    fetch_due(judged, bent, TELEGRAM, "nw_sample_news", refetch=True)
    normalise(judged, TELEGRAM)
    for url in lost:
        gone = article(judged, url)
        assert gone["removed_at"] > before[url]["first_seen_at"]
        assert gone == {**before[url], "removed_at": gone["removed_at"]}
        assert outcome(judged, url) == "gone"
    assert only(judged, "select count(*) from core.article where removed_at is not null") == 2
    assert only(judged, "select count(*) from raw.announcement where outcome = 'gone' and source = 'telegram'") == 2
    bent.bent.clear()
    fetch_due(judged, bent, TELEGRAM, "nw_sample_news", refetch=True)
    normalise(judged, TELEGRAM)
    assert {url: article(judged, url) for url in lost} == before
    assert {outcome(judged, url) for url in lost} == {"ok"}


def test_posts_are_not_gone_because_the_channel_is_hidden_from_us(judged: db.Connection, bent: BentSite) -> None:
    before = dump(judged, "articles")
    numbers = only(judged, "select count(*) from raw.announcement")
    bent.soft_ban = True
    fetch_due(judged, bent, TELEGRAM, "nw_sample_news", refetch=True)
    normalise(judged, TELEGRAM)
    assert_same(dump(judged, "articles"), before)
    assert only(judged, "select count(*) from raw.announcement where outcome = 'gone' and source = 'telegram'") == 0
    assert only(judged, "select count(*) from raw.announcement") == numbers, "a page's own address is no announcement"
    assert {outcome(judged, f"https://t.me/nw_sample_news/{number}") for number in (3, 45)} == {"preview_off"}
    bent.soft_ban = False
    fetch_due(judged, bent, TELEGRAM, "nw_sample_news", refetch=True)
    normalise(judged, TELEGRAM)
    assert outcome(judged, "https://t.me/nw_sample_news/45") == "ok"


def test_posts_are_not_gone_because_a_page_shows_nothing(judged: db.Connection, bent: BentSite) -> None:
    before = dump(judged, "articles")
    bent.hide("nw_sample_live", *range(1, 80))
    fetch_due(judged, bent, TELEGRAM, "nw_sample_live", refetch=True)
    normalise(judged, TELEGRAM)
    assert_same(dump(judged, "articles"), before)


def test_a_post_that_nobody_announced_is_entered_when_a_revisit_shows_it(connection: db.Connection) -> None:
    with BentSite() as site:
        site.hide("nw_sample_live", 22, 23)
        discover(connection, site, TELEGRAM, "nw_sample_live")
        normalise(connection, TELEGRAM)
        site.bent.clear()
        fetch_due(connection, site, TELEGRAM, "nw_sample_live", refetch=True)
        assert normalise(connection, TELEGRAM)["ok"] == 2
    assert article(connection, "https://t.me/nw_sample_live/22")["revision"] == 1
    assert outcome(connection, "https://t.me/nw_sample_live/23") == "ok"
    assert only(connection, "select count(*) from raw.announcement where outcome is null") == 0


def test_two_versions_of_a_page_in_one_queue_make_the_same_rows_as_one_after_the_other(stages: Stages, bent: BentSite) -> None:
    dumps = []
    for waits in (False, True):
        connection = db.connect(stages.copy("discovered"))
        for now in (datetime(2026, 2, 19, 15, 0, tzinfo=KYIV), DEFAULT_NOW):
            bent.now = now
            numbers = [only(connection, "select announcement_id from raw.announcement where url = %s", SCHOOL)]
            with client_of(bent, UNN) as client:
                pipeline.fetch(connection, UNN, numbers, client, planned_at=datetime.now(UTC))
            if not waits:
                normalise(connection)
        normalise(connection)
        dumps.append(dump(connection, "articles", "revisions", "readings"))
        connection.close()
    assert_same(dumps[1], dumps[0])
    assert len(dumps[0]["revisions"]) == 1


# --- when something is visited again


def test_only_what_lies_inside_asked_windows_is_due(connection: db.Connection, bent: BentSite) -> None:
    day = Window(datetime(2026, 2, 18, tzinfo=KYIV), datetime(2026, 2, 19, tzinfo=KYIV))
    discover(connection, bent, UNN, "uk", day)
    planned = pipeline.plan(connection, UNN, ["uk"])
    times = table(connection, "select published_at from raw.announcement where announcement_id = any(%s)", list(planned.numbers))
    dated = [moment for (moment,) in times if moment]
    assert {moment.astimezone(KYIV).date() for moment in dated} == {day.start.date()}
    assert len(times) - len(dated) == 1, "one is announced without a possible time: it may be of that day"
    assert len(dated) == only(
        connection, "select count(*) from raw.announcement where published_at >= %s and published_at < %s", day.start, day.end
    )
    assert only(connection, "select count(*) from raw.announcement where published_at >= %s", day.end) > 0, (
        "the feed shows newer ones"
    )
    assert pipeline.plan(connection, UNN, ["ru"]).numbers == ()
    discover(connection, bent, UNN, "uk")
    everything = only(connection, "select count(*) from raw.announcement")
    assert len(pipeline.plan(connection, UNN, ["uk"]).numbers) == everything


def test_a_plan_takes_the_window_the_limit_and_a_refetch(judged: db.Connection) -> None:
    day = Window(datetime(2026, 2, 18, tzinfo=KYIV), datetime(2026, 2, 19, tzinfo=KYIV))
    due = partial(pipeline.plan, judged, UNN, EDITIONS)
    assert due().numbers == ()
    make_due(judged, *PLAIN)
    assert len(due().numbers) == len(PLAIN)
    assert len(due(limit=5).numbers) == 5
    in_day = {one.canonical for one in articles() if one.canonical in PLAIN and day.start <= one.published_at < day.end}
    found = table(judged, "select url from raw.announcement where announcement_id = any(%s)", list(due(window=day).numbers))
    assert {url for (url,) in found} == in_day
    table(judged, "update raw.announcement set next_visit_at = null")
    assert due(window=day).numbers == ()
    again = table(
        judged, "select url from raw.announcement where announcement_id = any(%s)", list(due(window=day, refetch=True).numbers)
    )
    assert {url for (url,) in again} > in_day
    assert due(window=day, refetch=True).batches(3)[0] == list(due(window=day, refetch=True).numbers[:3])


def test_the_oldest_duty_is_planned_first(judged: db.Connection) -> None:
    make_due(judged, *UK[:3])
    table(judged, "update raw.announcement set next_visit_at = now() - interval '1 hour' where url = %s", UK[2])
    first = only(judged, "select announcement_id from raw.announcement where url = %s", UK[2])
    assert pipeline.plan(judged, UNN, ["uk"]).numbers[0] == first


def test_what_failed_is_tried_again_although_it_has_left_the_feed(discovered: db.Connection, bent: BentSite) -> None:
    bent.bent[BOAT] = page("<html><body>broken</body></html>", 500)
    visit(discovered, bent, BOAT)
    assert outcome(discovered, BOAT) == "server_error"
    number = only(discovered, "select announcement_id from raw.announcement where url = %s", BOAT)
    assert number not in pipeline.plan(discovered, UNN, ["uk"]).numbers, "not before its pause is over"
    table(discovered, "update raw.announcement set next_visit_at = next_visit_at - interval '61 minutes'")
    bent.bent = {"https://unn.ua/rss/news_uk.xml": page("<rss version='2.0'><channel></channel></rss>")}
    bent.bent |= {f"https://unn.ua/news?page={number}": page("<html><body></body></html>") for number in range(1, 9)}
    discover(discovered, bent, UNN, "uk")
    assert number in pipeline.plan(discovered, UNN, ["uk"]).numbers
    visit(discovered, bent, BOAT)
    assert outcome(discovered, BOAT) == "ok"
    assert article(discovered, BOAT)["revision"] == 1


def test_retry_after_is_respected_across_runs(discovered: db.Connection, bent: BentSite) -> None:
    bent.bent[BOAT] = page("Too Many Requests", 429, Retry_After="36000")
    fetched, _ = visit(discovered, bent, BOAT)
    assert fetched == {"throttled": 1}
    waits = only(discovered, "select next_visit_at - visited_at from raw.announcement where url = %s", BOAT)
    assert timedelta(hours=10) <= waits < timedelta(hours=10, minutes=1)


def test_posts_are_visited_again_on_as_few_pages_as_show_them(judged: db.Connection, bent: BentSite) -> None:
    urls = [f"https://t.me/nw_sample_news/{number}" for number in (59, 51, 45, 3)]
    make_due(judged, *urls)
    report = fetch_due(judged, bent, TELEGRAM, "nw_sample_news")
    assert report.counts == {"fetched": 4}
    assert bent.asked("/s/") == ["https://t.me/s/nw_sample_news?before=60", "https://t.me/s/nw_sample_news?before=4"]
    assert only(judged, "select count(*) from raw.unparsed") == 2
    normalise(judged, TELEGRAM)
    assert {outcome(judged, url) for url in urls} == {"ok"}


# --- several at once


def test_two_workers_with_one_plan_fetch_each_page_once(stages: Stages, discovered: db.Connection, bent: BentSite) -> None:
    url = discovered.info.dsn_parameters["dbname"]
    plan = pipeline.plan(discovered, UNN, EDITIONS, window=WINDOW)
    bent.pause = 0.005

    def work() -> pipeline.Report:
        connection = db.connect(stages.cluster.url(url))
        with client_of(bent, UNN) as client:
            report = pipeline.fetch(connection, UNN, plan.numbers, client, planned_at=plan.planned_at)
        connection.close()
        return report

    reports = together(work, work, work)
    assert min(report.counts.get("fetched", 0) for report in reports) > 0, "one worker did it all: nothing was proved"
    asked = Counter(bent.asked())
    assert {url: asked[url] for url in PLAIN if url != SCHOOL} == {url: 1 for url in PLAIN if url != SCHOOL}
    assert asked[SCHOOL] == 2, "itself, and from its old address"
    assert sum(report.counts.get("fetched", 0) for report in reports) == 47
    assert_same(
        dump(discovered, "announcements", "queue", "pages"), dump_of(stages.copy("fetched"), "announcements", "queue", "pages")
    )


def test_two_workers_on_a_channels_pages_fetch_each_once(stages: Stages, judged: db.Connection, bent: BentSite) -> None:
    plan = pipeline.plan(judged, TELEGRAM, CHANNELS, window=WINDOW, refetch=True)
    bent.pause = 0.02
    url = stages.cluster.url(judged.info.dsn_parameters["dbname"])

    def work() -> None:
        connection = db.connect(url)
        with client_of(bent, TELEGRAM) as client:
            pipeline.fetch(connection, TELEGRAM, plan.numbers, client, planned_at=plan.planned_at)
        connection.close()

    together(work, work)
    asked = Counter(bent.asked("/s/"))
    assert len(asked) > 3
    assert set(asked.values()) == {1}


def test_two_discoveries_of_a_feed_at_once_announce_everything_once(stages: Stages, bent: BentSite) -> None:
    url = stages.copy("newswire_template")
    bent.pause = 0.005

    def work(source: Source, feed: str) -> pipeline.Report:
        connection = db.connect(url)
        report = discover(connection, bent, source, feed)
        connection.close()
        return report

    jobs = [(UNN, "uk"), (UNN, "uk"), (UNN, "ru"), (TELEGRAM, "nw_sample_news"), (TELEGRAM, "nw_sample_news")]
    reports = together(*(partial(work, *job) for job in jobs))
    found = Counter()
    for (_, feed), report in zip(jobs, reports, strict=True):
        assert report.failures == ()
        found[feed] += report.counts["new"]
    connection = db.connect(url)
    assert found == dict(table(connection, "select feed, count(*) from raw.announcement group by feed"))
    assert len(table(connection, "select state from core.run where state = 'done'")) == len(jobs)
    normalise(connection, TELEGRAM)
    assert only(connection, "select count(*) from core.article") == only(
        connection, "select count(distinct external_id) from core.article"
    )
    assert only(connection, "select count(*) from core.article_revision") == 0
    assert only(connection, "select count(*) from core.article_reading") <= only(connection, "select count(*) from core.article")
    connection.close()


def test_two_normalisations_at_once_store_everything_once(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "PAGES_A_BATCH", 2)
    url = stages.copy("fetched")

    def work(source: Source) -> Counter[str]:
        connection = db.connect(url)
        counts = normalise(connection, source)
        connection.close()
        return counts

    one, other, third, fourth = together(*(partial(work, source) for source in (UNN, UNN, TELEGRAM, TELEGRAM)))
    assert min(one.total(), other.total()) > 0
    assert (one + other).total() == 47
    assert third.total() + fourth.total() == 65
    peace = db.connect(stages.copy("fetched"))
    normalise(peace)
    normalise(peace, TELEGRAM)
    assert_same(
        dump_of(url, "articles", "revisions", "readings", "announcements", "queue"),
        dump(peace, "articles", "revisions", "readings", "announcements", "queue"),
    )
    peace.close()


def test_two_normalisations_of_changed_pages_at_once_make_each_revision_once_and_keep_the_newest_text(
    stages: Stages, judged: db.Connection, bent: BentSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "PAGES_A_BATCH", 1)
    url = stages.cluster.url(judged.info.dsn_parameters["dbname"])
    numbers = [only(judged, "select announcement_id from raw.announcement where url = %s", one) for one in UK[:4]]
    for version in range(1, 4):
        for one in UK[:4]:
            bent.bent[one] = changed(bent, one, f"Версія {version} нового тексту.")
        with client_of(bent, UNN) as client:
            pipeline.fetch(judged, UNN, numbers, client, planned_at=datetime.now(UTC))

    def work() -> None:
        connection = db.connect(url)
        normalise(connection)
        connection.close()

    together(work, work, work)
    for one in UK[:4]:
        row = article(judged, one)
        assert row["body"].endswith("Версія 3 нового тексту.")
        kept = table(
            judged, "select revision, body from core.article_revision where article_id = %s order by 1", row["article_id"]
        )
        assert [number for number, _ in kept] == [1, 2, 3]
        assert [body.rpartition("\n")[2] for _, body in kept[1:]] == [f"Версія {n} нового тексту." for n in (1, 2)]


def changed(site: BentSite, url: str, sentence: str) -> Reply:
    """Return an article's page with one more paragraph."""
    host, _, path = url.removeprefix("https://").partition("/")
    reply = SampleSite.answer(site, host, f"/{path}")
    html = reply.body.decode()
    at = html.rindex("</p>", 0, html.index("__", html.index("single-news-card_authors")))
    return page(html[: at + 4] + f"<p>{sentence}</p>" + html[at + 4 :])


def test_ingestions_of_the_same_channel_at_once_do_not_stop_one_another(stages: Stages, bent: BentSite) -> None:
    url = stages.copy("newswire_template")

    def work() -> None:
        connection = db.connect(url)
        for _ in range(3):
            discover(connection, bent, TELEGRAM, "nw_sample_news")
            table(connection, "update raw.announcement set outcome = 'error'")  # so that every outcome is written anew
            normalise(connection, TELEGRAM)
        connection.close()

    together(work, work, work)
    connection = db.connect(url)
    assert states(url, "normalise") == {"done": 9}
    assert only(connection, "select count(*) from core.article") == 40
    connection.close()


def test_two_judgements_at_once_reach_the_verdicts_of_one(stages: Stages) -> None:
    url = stages.copy("normalised")

    def work() -> None:
        connection = db.connect(url)
        deduplication.deduplicate(connection)
        connection.close()

    together(work, work)
    assert_same(dump_of(url), dump_of(stages.copy("judged")))


# --- gaps


def test_what_no_listing_closes_is_a_gap_until_a_later_run_reaches_back(connection: db.Connection, bent: BentSite) -> None:
    bent.bent = {f"https://unn.ua/news?page={number}": page("broken", 500) for number in range(1, 9)}
    report = discover(connection, bent, UNN, "uk")
    assert report.counts["stopped_by_server_error"] == 1
    assert "server_error at https://unn.ua/news?page=1" in report.failures[0]
    (gap,) = db.select(connection, "select * from mart.gap")
    oldest = only(connection, "select min(published_at) from raw.announcement")
    assert (gap["source"], gap["feed"], gap["gap_from"], gap["gap_to"]) == ("unn", "uk", WINDOW.start, oldest)
    assert gap["reason"] == "server_error: HTTP status 500"
    assert only(connection, "select sum(unseen) from mart.coverage where feed = 'uk'") == oldest - WINDOW.start
    bent.bent.clear()
    last_day = Window(datetime(2026, 2, 20, tzinfo=KYIV), WINDOW.end)
    discover(connection, bent, UNN, "uk", last_day)
    assert db.select(connection, "select * from mart.gap") == []
    everything = [one for one in articles() if one.host == "unn.ua" and one.edition == "uk"]
    assert only(connection, "select count(*) from raw.announcement") == len(everything)
    assert len(pipeline.plan(connection, UNN, ["uk"]).numbers) == len(everything)
    bent.requests.clear()
    discover(connection, bent, UNN, "uk", last_day)
    assert len(bent.asked("/news?page=")) < 4, "nothing is left to be healed"


def test_a_run_heals_a_gap_of_the_week_before_its_window_and_no_older_one(connection: db.Connection, bent: BentSite) -> None:
    bent.bent = {f"https://unn.ua/news?page={number}": page("broken", 500) for number in range(1, 9)}
    discover(connection, bent, UNN, "uk", Window(datetime(2026, 2, 16, tzinfo=KYIV), datetime(2026, 2, 17, tzinfo=KYIV)))
    bent.bent.clear()
    discover(connection, bent, UNN, "uk", Window(datetime(2026, 2, 24, tzinfo=KYIV), datetime(2026, 2, 25, tzinfo=KYIV)))
    assert len(db.select(connection, "select * from mart.gap")) == 1
    discover(connection, bent, UNN, "uk", Window(datetime(2026, 2, 20, tzinfo=KYIV), datetime(2026, 2, 24, 12, tzinfo=KYIV)))
    assert db.select(connection, "select * from mart.gap where gap_from < '2026-02-20'") == []


def test_a_source_that_answers_nothing_leaves_the_whole_window_as_a_gap(connection: db.Connection, bent: BentSite) -> None:
    bent.bent = {f"https://unn.ua/news?page={number}": page("broken", 500) for number in range(1, 9)}
    bent.bent["https://unn.ua/rss/news_uk.xml"] = page("broken", 500)
    discover(connection, bent, UNN, "uk")
    assert table(connection, "select gap_from, gap_to from mart.gap") == [(WINDOW.start, WINDOW.end)]


def test_a_window_is_never_claimed_beyond_now_and_none_of_the_future_is_walked(connection: db.Connection, bent: BentSite) -> None:
    now = datetime.now(UTC)
    discover(connection, bent, UNN, "uk", Window(WINDOW.start, now + timedelta(days=2)))
    assert only(connection, "select max(asked_to) from core.coverage") <= datetime.now(UTC)
    asked = len(bent.requests)
    report = discover(connection, bent, UNN, "uk", Window(now + timedelta(days=1), now + timedelta(days=2)))
    assert len(bent.requests) == asked
    assert report.failures


def test_a_second_run_of_a_channel_asks_only_for_the_newest_page(discovered: db.Connection, bent: BentSite) -> None:
    discover(discovered, bent, TELEGRAM, "nw_sample_news")
    assert bent.asked("/s/") == ["https://t.me/s/nw_sample_news"]
    assert db.select(discovered, "select * from mart.gap") == []


def test_a_run_to_a_past_window_of_a_channel_begins_behind_it(connection: db.Connection, bent: BentSite) -> None:
    discover(connection, bent, TELEGRAM, "nw_sample_news", Window(datetime(2026, 2, 19, tzinfo=KYIV), WINDOW.end))
    bent.requests.clear()
    discover(connection, bent, TELEGRAM, "nw_sample_news", Window(WINDOW.start, datetime(2026, 2, 19, tzinfo=KYIV)))
    assert "https://t.me/s/nw_sample_news" not in bent.asked()
    assert only(connection, "select count(*) from raw.announcement") == 44
    assert db.select(connection, "select * from mart.gap") == []


def test_a_killed_walk_does_not_make_the_next_one_stop_at_the_newest_post(stages: Stages, nursery: Nursery) -> None:
    url = stages.copy("newswire_template")
    connection = db.connect(url)
    begun = datetime(2026, 2, 17, 7, 30, tzinfo=KYIV)
    with BentSite(begun) as site:
        discover(connection, site, TELEGRAM, "nw_sample_news", Window(WINDOW.start, begun))
        site.now = DEFAULT_NOW
        job = Job("discover", url, site.url, "telegram", ("nw_sample_news",))
        assert not nursery.survives(job.dying("answer", 2))
        stored = {number for (number,) in table(connection, "select split_part(url, '/', 5)::int from raw.announcement")}
        assert 59 in stored
        assert 25 not in stored, "the child was to die before it had walked through"
        site.requests.clear()
        assert nursery.survives(job)
        assert len(site.asked("/s/")) > 1
    posts = expected_posts(DEFAULT_NOW, "nw_sample_news")
    assert only(connection, "select count(*) from raw.announcement") == len(posts)
    assert db.select(connection, "select * from mart.gap") == []
    connection.close()


def test_a_walk_that_breaks_off_does_not_make_the_next_one_stop_at_the_newest_post(connection: db.Connection) -> None:
    begun = datetime(2026, 2, 17, 7, 30, tzinfo=KYIV)
    with BentSite(begun) as site:
        discover(connection, site, TELEGRAM, "nw_sample_news", Window(WINDOW.start, begun))
        site.now = DEFAULT_NOW
        site.bent = {f"https://t.me/s/nw_sample_news?before={number}": page("broken", 500) for number in range(80)}
        report = discover(connection, site, TELEGRAM, "nw_sample_news")
        assert report.counts["stopped_by_server_error"] == 1
        assert len(db.select(connection, "select * from mart.gap")) == 1
        site.bent.clear()
        discover(connection, site, TELEGRAM, "nw_sample_news", Window(datetime(2026, 2, 20, tzinfo=KYIV), WINDOW.end))
    assert only(connection, "select count(*) from raw.announcement") == len(expected_posts(DEFAULT_NOW, "nw_sample_news"))
    assert db.select(connection, "select * from mart.gap") == []


# --- parsers


def broken_for(url: str, error: Exception) -> Source:
    def parse(source: Source, found: Page, announcement: Announcement) -> Iterator[Article | Rejected]:
        if found.url == url:
            raise error
        yield from UNN.parse(source, found, announcement)

    return replace(UNN, parse=parse)


def test_a_page_that_breaks_the_parser_is_set_aside_and_stops_no_other(discovered: db.Connection, bent: BentSite) -> None:
    with client_of(bent, UNN) as client:
        numbers = [only(discovered, "select announcement_id from raw.announcement where url = %s", url) for url in UK[:5]]
        pipeline.fetch(discovered, UNN, numbers, client, planned_at=datetime.now(UTC))
    report = pipeline.normalise(discovered, broken_for(UK[2], ZeroDivisionError("by a hair")), ["uk"], language.judge)
    assert report.counts == {"ok": 4, "error": 1}
    assert report.errors == 1
    assert report.failures == (f"ZeroDivisionError in the parser at {UK[2]}: by a hair",)
    assert outcome(discovered, UK[2]) == "error"
    assert "by a hair" in only(discovered, "select outcome_detail from raw.announcement where url = %s", UK[2])
    assert only(discovered, "select count(*) from core.article") == 4
    assert (
        only(
            discovered,
            "select octet_length(body) from raw.page join raw.announcement using (page_id) where announcement.url = %s",
            UK[2],
        )
        > 1000
    )
    assert only(discovered, "select count(*) from raw.unparsed where source = 'unn'") == 0
    assert only(discovered, "select state from core.run where verb = 'normalise'") == "done"


def test_what_a_parser_says_when_it_breaks_is_kept_even_when_no_column_takes_it(
    discovered: db.Connection, bent: BentSite
) -> None:
    with client_of(bent, UNN) as client:
        number = only(discovered, "select announcement_id from raw.announcement where url = %s", BOAT)
        pipeline.fetch(discovered, UNN, [number], client, planned_at=datetime.now(UTC))
    pipeline.normalise(discovered, broken_for(BOAT, ValueError("half \ud800 a \x00 word")), ["uk"], language.judge)
    assert only(discovered, "select outcome_detail from raw.announcement where url = %s", BOAT).endswith("half ? a word")


@pytest.mark.parametrize(
    "bad",
    [
        {"views": 2**63},
        {"section": "\ud800"},
        {"tags": ("a\x00b",)},
        {"external_id": "".join(map(str, range(3000)))},
        {"reactions": {"\x00": 1}},
    ],
    ids=["number", "half a character", "nul", "key", "nul in json"],
)
def test_an_article_that_no_column_takes_is_set_aside_and_delays_no_other(
    bad: dict[str, Any], discovered: db.Connection, bent: BentSite
) -> None:
    def parse(source: Source, found: Page, announcement: Announcement) -> Iterator[Article | Rejected]:
        for item in UNN.parse(source, found, announcement):
            yield replace(item, **bad) if isinstance(item, Article) and found.url == UK[2] else item

    numbers = [only(discovered, "select announcement_id from raw.announcement where url = %s", url) for url in UK[:5]]
    with client_of(bent, UNN) as client:
        pipeline.fetch(discovered, UNN, numbers, client, planned_at=datetime.now(UTC))
    report = pipeline.normalise(discovered, replace(UNN, parse=parse), ["uk"], language.judge)
    assert report.counts == {"ok": 4, "error": 1}
    assert f"while storing {UK[2]}" in report.failures[0]
    assert outcome(discovered, UK[2]) == "error"
    assert only(discovered, "select count(*) from raw.unparsed where source = 'unn'") == 0
    table(
        discovered,
        "insert into raw.unparsed select page_id, page_fetched_at, source, feed, array[announcement_id]"
        " from raw.announcement where url = %s",
        UK[2],
    )
    normalise(discovered)
    assert outcome(discovered, UK[2]) == "ok"


def test_a_parser_that_breaks_on_a_known_page_leaves_the_article_as_it_is(judged: db.Connection) -> None:
    before = dump(judged, "articles", "revisions")
    requeue(judged)
    pipeline.normalise(judged, broken_for(BOAT, KeyError("x")), EDITIONS, language.judge)
    normalise(judged, TELEGRAM)
    assert_same(dump(judged, "articles", "revisions"), before)
    assert outcome(judged, BOAT) == "error"
    requeue(judged)
    normalise(judged)
    assert outcome(judged, BOAT) == "ok"


def test_another_version_of_the_parser_that_reads_the_same_moves_no_time(judged: db.Connection) -> None:
    before = article(judged, BOAT)
    requeue(judged)
    pipeline.normalise(judged, replace(UNN, parser_version="2"), EDITIONS, language.judge)
    assert article(judged, BOAT) == {**before, "parser_version": "unn/2"}
    assert table(judged, "select distinct parser_version from core.article where source = 'unn'") == [("unn/2",)]
    assert only(judged, "select count(*) from core.article where updated_at <> first_seen_at") == 0
    assert only(judged, "select count(*) from core.article_revision") == 0


def test_the_same_page_read_differently_is_a_revision_of_the_parser(judged: db.Connection) -> None:
    def parse(source: Source, found: Page, announcement: Announcement) -> Iterator[Article | Rejected]:
        for item in UNN.parse(source, found, announcement):
            yield replace(item, body=item.body[:-1]) if isinstance(item, Article) and item.url == BOAT else item

    before = article(judged, BOAT)
    requeue(judged)
    report = pipeline.normalise(judged, replace(UNN, parser_version="2", parse=parse), EDITIONS, language.judge)
    assert report.counts["ok"] == 1
    after = article(judged, BOAT)
    assert (after["revision"], after["parser_version"], after["page_id"]) == (2, "unn/2", before["page_id"])
    assert before["body"].startswith(after["body"])
    assert table(judged, "select article_id, body, cause, parser_version from core.article_revision") == [
        (before["article_id"], before["body"], "parser", "unn/1")
    ]
    assert not after["judged"], "another text wants another verdict"


def test_a_change_beside_the_text_updates_the_row_without_a_revision(judged: db.Connection) -> None:
    def parse(source: Source, found: Page, announcement: Announcement) -> Iterator[Article | Rejected]:
        for item in UNN.parse(source, found, announcement):
            yield replace(item, section="Інше") if isinstance(item, Article) and item.url == BOAT else item

    requeue(judged)
    pipeline.normalise(judged, replace(UNN, parse=parse), EDITIONS, language.judge)
    after = article(judged, BOAT)
    assert (after["section"], after["revision"]) == ("Інше", 1)
    assert only(judged, "select count(*) from core.article_revision") == 0
    assert after["judged"]


def test_an_older_page_never_overwrites_a_newer_one(discovered: db.Connection, bent: BentSite) -> None:
    bent.now = datetime(2026, 2, 19, 15, 0, tzinfo=KYIV)
    visit(discovered, bent, SCHOOL)
    bent.now = DEFAULT_NOW
    visit(discovered, bent, SCHOOL)
    before, readings = article(discovered, SCHOOL), dump(discovered, "readings")
    table(
        discovered,
        "insert into raw.unparsed select page_id, page_fetched_at, 'unn', 'uk', array[%s::bigint] from core.article_revision",
        before["announcement_id"],
    )
    assert normalise(discovered).total() == 1
    assert article(discovered, SCHOOL) == before
    assert_same(dump(discovered, "readings"), readings)
    assert only(discovered, "select count(*) from core.article_revision") == 1
    assert outcome(discovered, SCHOOL) == "ok"


# --- bad input


def test_bad_pages_end_with_codes_and_the_run_goes_on(discovered: db.Connection, bent: BentSite) -> None:
    said = [SampleSite.answer(bent, "unn.ua", url.removeprefix("https://unn.ua")).body.decode() for url in UK[:11]]
    bad = {
        UK[0]: (Reply(200, b"", {"Content-Type": HTML}), None),
        UK[1]: (page("<<<html><div class='single-news-card_body__x'><p><p></div></span><!-- <![CDATA["), "no_title"),
        UK[2]: (page("<html><head><title>502</title></head><body><h1>Тимчасово не працює</h1></body></html>"), "not_article"),
        UK[3]: (Reply(200, os.urandom(3000), {"Content-Type": HTML}), None),
        UK[4]: (page("<div>" * 3_000), "not_article"),
        UK[5]: (page(re.sub(r"\d+<!-- --> перегляди", "9" * 30 + "<!-- --> перегляди", said[5])), "error"),
        UK[6]: (
            page(
                said[6].replace(
                    "</head>",
                    '<script type="application/ld+json">{"@type":"NewsArticle","keywords":["\\ud800","a\\u0000b"],'
                    '"headline":"x\\udfff"}</script></head>',
                )
            ),
            "ok",
        ),
        UK[7]: (Reply(200, said[7].encode("utf-16"), {"Content-Type": "text/html; charset=koi8-u"}), None),
        UK[8]: (Reply(200, b"\x1f\x8b\x08\x00broken", {"Content-Type": HTML, "Content-Encoding": "gzip"}), None),
        UK[9]: (
            page(
                said[9].replace("</title>", "</title><meta property='article:modified_time' content='9999-99-99T99:99:99+99:99'>")
            ),
            "ok",
        ),
        UK[10]: (
            page(
                said[10].replace("<p>", '<p><a href="https://x.example/\ud800\x00">лихе</a> '.encode(errors="replace").decode())
            ),
            "ok",
        ),
    }
    bent.bent = {url: reply for url, (reply, _) in bad.items()}
    visit(discovered, bent, *bad, UK[11])
    ended = {url: outcome(discovered, url) for url in bad}
    assert outcome(discovered, UK[11]) == "ok", "a good page among bad ones"
    assert {url: ended[url] for url, (_, code) in bad.items() if code} == {url: code for url, (_, code) in bad.items() if code}
    assert all(code in set(Outcome) for code in ended.values()), ended
    kept = dict(
        table(
            discovered,
            "select announcement.url, body from raw.announcement join raw.page using (page_id) where announcement.source = 'unn'",
        )
    )
    assert {url for url, reply in bent.bent.items() if url not in kept and reply.body} <= {UK[8]}
    assert bytes.fromhex(kept[UK[3]]) == bent.bent[UK[3]].body
    assert only(discovered, "select count(*) from raw.unparsed where source = 'unn'") == 0
    assert {state for (state,) in table(discovered, "select state from core.run")} == {"done"}


FEED = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><link>https://unn.ua</link>{items}</channel></rss>'


def item(url: str, title: str = "Назва", when: str = "Fri, 20 Feb 2026 10:00:00 +0200") -> str:
    return f"<item><title>{title}</title><link>{url}</link><pubDate>{when}</pubDate></item>"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>Site is down</body></html>", b"<?xml version='1.0'?><rss", b"\xff\xfe\x00\x01\x02", b'{"items": []}'],
    ids=["empty", "html", "cut", "bytes", "json"],
)
def test_a_feed_that_is_none_is_a_note_where_the_listing_reaches_back(
    body: bytes, connection: db.Connection, bent: BentSite
) -> None:
    bent.bent["https://unn.ua/rss/news_en.xml"] = Reply(200, body, {"Content-Type": "text/xml"})
    report = discover(connection, bent, UNN, "en")
    assert report.failures == ()
    listed = {one.canonical for one in articles() if one.canonical in PLAIN and one.edition == "en"}
    assert listed <= {url for (url,) in table(connection, "select url from raw.announcement")}
    assert db.select(connection, "select * from mart.gap") == []


@pytest.mark.parametrize(
    "bad",
    [
        item("https://unn.ua/news/" + "-".join(map(str, range(100_000, 101_500))), "довга адреса"),
        item("https://unn.ua/news/pohana-nazva-tut", "&#xD800;&#0;&#x1F;погана"),
        item("https://unn.ua/news/dyvna-adresa-%00-%ED%A0%80-%FF", "дивна адреса"),
        item("https://unn.ua/news/daleko-v-maibutnomu", when="Fri, 31 Dec 9999 23:59:59 -1200"),
        item("https://unn.ua/news/do-nashoi-ery", when="Mon, 01 Jan 0001 00:00:00 +1400"),
        item("https://[::1/news/bez-duzhky-tut"),
        item("https://unn.ua:99999999/news/port-zavelykyi-tut"),
        "<item></item><item><link></link></item><item><title>без адреси</title></item>",
    ],
    ids=["long url", "surrogates", "nul in url", "year 9999", "year 1", "broken host", "broken port", "empty items"],
)
def test_a_bad_item_of_a_feed_spoils_no_other(bad: str, connection: db.Connection, bent: BentSite) -> None:
    good = item("https://unn.ua/news/dobra-novyna-tut", "добра")
    xml = FEED.format(items=bad + good).encode()
    bent.bent["https://unn.ua/rss/news_uk.xml"] = Reply(200, xml, {"Content-Type": "text/xml"})
    bent.bent["https://unn.ua/news?page=1"] = page(
        '<html><body><a href="/news/shche-odna-novyna">ще одна, 20 лютого, 10:00</a></body></html>'
    )
    bent.bent |= {f"https://unn.ua/news?page={number}": page("<html><body></body></html>") for number in range(2, 9)}
    report = discover(connection, bent, UNN, "uk")
    assert report.failures == ()
    assert only(connection, "select title from raw.announcement where url = 'https://unn.ua/news/dobra-novyna-tut'") == "добра"
    report = fetch_due(connection, bent, UNN, "uk")
    assert report.counts["gone"] >= 1


def test_an_article_from_the_future_is_none(discovered: db.Connection, bent: BentSite) -> None:
    url = next(one.canonical for one in articles() if one.trouble == "impossible_date")
    visit(discovered, bent, url)
    assert outcome(discovered, url) == "no_date"
    assert only(discovered, "select count(*) from core.article") == 0


def test_an_error_of_the_database_half_way_is_a_failed_run_that_lost_nothing(discovered: db.Connection, bent: BentSite) -> None:
    table(discovered, "alter table raw.page add constraint no_boat check (url <> 'https://unn.ua/ru/news/zoo')")
    urls = [one.canonical for one in articles() if one.host == "unn.ua" and one.edition == "en" and one.canonical in PLAIN]
    table(discovered, f"alter table raw.page add constraint bad check (url <> '{urls[2]}')")
    with pytest.raises(Exception, match="violates check constraint"):
        visit(discovered, bent, *urls[:4])
    assert only(discovered, "select state from core.run where verb = 'fetch'") == "failed"
    assert "CheckViolation" in only(discovered, "select error from core.run where verb = 'fetch'")
    assert only(discovered, "select count(*) from raw.announcement where page_id is not null and source = 'unn'") == 2
    table(discovered, "alter table raw.page drop constraint bad")
    visit(discovered, bent, *urls[:4])
    assert {outcome(discovered, url) for url in urls[:4]} == {"ok"}


def test_a_source_that_raises_while_it_is_walked_is_a_failed_run_that_kept_its_pages(
    connection: db.Connection, bent: BentSite
) -> None:
    def walk(*arguments: Any) -> Any:
        found = UNN.discover(*arguments)
        yield next(found)
        raise RuntimeError("a bug in the walk")

    with pytest.raises(RuntimeError):
        discover(connection, bent, replace(UNN, discover=walk), "en")
    assert table(connection, "select state, error from core.run") == [("failed", "RuntimeError: a bug in the walk")]
    assert only(connection, "select count(*) from raw.announcement") == 6
    assert only(connection, "select count(*) from core.coverage") == 0
    discover(connection, bent, UNN, "en")
    assert only(connection, "select count(*) from raw.announcement") == 14


# --- reports


def summary(failures: int = 0, feed: str = "", **counts: int) -> pipeline.Summary:
    report = pipeline.Report(1, counts, tuple(f"line {number}" for number in range(failures)), feed)
    return report.summary()


@pytest.mark.parametrize(("failed", "is_problem"), [(0, False), (1, False), (2, False), (3, True), (10, True)])
def test_a_run_fails_when_a_larger_share_of_its_pages_fails_than_the_source_allows(failed: int, *, is_problem: bool) -> None:
    pages = [summary(failed, fetched=10 - failed, unreachable=failed), summary(ok=10 - failed)]
    lines = pipeline.problems(UNN, [summary(announced=10)], pages)
    assert bool(lines) == is_problem
    if is_problem:
        assert lines == [f"unn: {failed} of 10 pages failed", *(f"unn: line {number}" for number in range(failed))]


def test_pages_that_another_worker_fetched_do_not_thin_out_the_failures() -> None:
    assert pipeline.problems(UNN, [], [summary(1, fetched=2, elsewhere=10, unreachable=1), summary(ok=2)])


def test_what_is_the_articles_own_fault_fails_no_run() -> None:
    assert pipeline.problems(UNN, [], [summary(fetched=1, gone=5, robots=3), summary(no_text=1)]) == []


def test_one_lost_walk_among_many_fails_no_run_and_most_of_them_do() -> None:
    good, bad, worse = (
        summary(feed="a", pages=3),
        summary(1, "b", stopped_by_no_channel=1),
        summary(1, "c", stopped_by_soft_ban=1),
    )
    assert pipeline.problems(TELEGRAM, [bad, *[good] * 9], []) == []
    assert pipeline.problems(TELEGRAM, [bad, worse, *[good] * 3], []) == ["telegram (b, c): line 0"]
    assert pipeline.problems(UNN, [bad], []) == ["unn (b): line 0"]


def test_tasks_without_a_report_fail_the_run() -> None:
    assert pipeline.problems(UNN, [], [], crashed=2) == ["unn: 2 tasks ended without a report"]
    assert pipeline.problems(UNN, [], []) == []


def test_a_summary_is_small_and_can_be_handed_over_as_json() -> None:
    long = summary(500, ok=1, server_error=2)
    assert len(long["failures"]) == pipeline.LINES
    assert json.loads(json.dumps(long)) == long
    assert long["errors"] == 2
