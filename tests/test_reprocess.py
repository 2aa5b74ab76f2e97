"""Kept pages read again by another parser, against a real PostgreSQL and the sample site."""

from __future__ import annotations

import itertools
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from newswire import db, deduplication, fetch, language, pipeline, reprocess, shell, sources
from newswire.changes import Kind
from newswire.local.postgres import Cluster
from newswire.model import Announcement, Article, Block, BlockKind, Outcome, Page, Rejected, Source, TimeOrigin, Window
from newswire.reprocess import Wanted
from tests.killing import Job, Nursery, fetching, pruned, quick_detect
from tests.site.content import DEFAULT_NOW, KYIV
from tests.site.server import SampleSite
from tests.site.troubles import THROTTLED_ONCE, TROUBLES

ROOT = Path(__file__).parents[1]
UNN, TELEGRAM = sources.load("unn"), sources.load("telegram")
EDITIONS, CHANNELS = ("uk", "ru", "en"), ("nw_sample_news", "nw_sample_live")
WINDOW = Window(datetime(2026, 2, 16, tzinfo=KYIV), datetime(2026, 2, 21, tzinfo=KYIV))
SCHOOL = "https://unn.ua/news/u-mostyshchi-cherez-zadymlennia-evakuiuvaly-shkolu"
"""Edited on the 19th at 16:10."""
BOAT = "https://unn.ua/news/na-osokorivskomu-ozeri-znaishly-choven-yakomu-blyzko-vosmysot-rokiv"
BEFORE_EDIT = datetime(2026, 2, 19, 15, 0, tzinfo=KYIV)
BARE = next(url for url, code in TROUBLES.items() if code == "no_text" and url.startswith("https://unn.ua/"))
"""Title and lead, but no text."""
POST = "https://t.me/nw_sample_news/19"
OLD_SCHOOL = "https://unn.ua/news/zadymlennia-shkola-mostyshche-evakuatsiia"
"""Redirects to the school."""

_numbers = itertools.count()

Item = Article | Rejected
Change = Callable[[Item], Item]


# --- what the tests stand on


@pytest.fixture(scope="module")
def ingested(cluster: Cluster) -> str:
    """Name of a database with the sample site's five days, judged. The school was seen before and after its edit, the boat twice
    with nothing but its counter moved."""
    name = "reprocess_ingested"
    administer(cluster, f"create database {name} template newswire_template")
    connection = db.connect(cluster.url(name))
    with SampleSite() as site:
        for path in THROTTLED_ONCE:
            site.answer("unn.ua", path)
        for source, feeds in ((UNN, EDITIONS), (TELEGRAM, CHANNELS)):
            with fetch.Client(fetching(site.url), source.politeness) as client:
                for feed in feeds:
                    pipeline.discover(connection, source, source.feed(feed), WINDOW, client)
                if source is UNN:
                    site.now = BEFORE_EDIT
                    visit(connection, client, SCHOOL, BOAT)
                    site.now = DEFAULT_NOW
                    visit(connection, client, SCHOOL, BOAT)
                plan = pipeline.plan(connection, source, feeds, window=WINDOW)
                pipeline.fetch(connection, source, plan.numbers, client, planned_at=plan.planned_at)
            pipeline.normalise(connection, source, feeds, quick_detect)
    deduplication.deduplicate(connection)
    connection.close()
    return name


def visit(connection: db.Connection, client: fetch.Client, *urls: str) -> None:
    numbers = [only(connection, "select announcement_id from raw.announcement where url = %s", url) for url in urls]
    pipeline.fetch(connection, UNN, numbers, client, planned_at=datetime.now(UTC))
    pipeline.normalise(connection, UNN, EDITIONS, quick_detect)


def administer(cluster: Cluster, statement: str) -> None:
    admin = db.connect(cluster.url())
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(statement)
    admin.close()


@pytest.fixture
def copy(cluster: Cluster, ingested: str) -> Iterator[Callable[[], str]]:
    """Makes copies of the ingested database; they go with the test."""
    made: list[str] = []

    def copied() -> str:
        made.append(f"reprocess_{next(_numbers)}")
        administer(cluster, f"create database {made[-1]} template {ingested}")
        return cluster.url(made[-1])

    yield copied
    for name in made:
        administer(cluster, f"drop database {name} with (force)")


@pytest.fixture
def kept(copy: Callable[[], str]) -> Iterator[db.Connection]:
    connection = db.connect(copy())
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as running:
        yield running


def table(connection: db.Connection, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection, connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        found = cursor.fetchall() if cursor.description else []
    return [tuple(bytes(value).hex() if isinstance(value, memoryview) else value for value in row) for row in found]


def only(connection: db.Connection, statement: str, *values: Any) -> Any:
    ((value,),) = table(connection, statement, *values)
    return value


def article(connection: db.Connection, url: str) -> dict[str, Any]:
    with connection:
        (found,) = db.select(connection, f"select * from core.article where url = '{url}'")
    return found


def outcome(connection: db.Connection, url: str) -> str | None:
    return only(connection, "select outcome from raw.announcement where url = %s", url)


TABLES = ("raw.announcement", "raw.unparsed", "raw.page", "raw.validator", "core.article", "core.article_revision",
          "core.article_reading", "core.duplicate", "core.coverage", "core.run")  # fmt: skip


def everything(connection: db.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows, to the letter, and which version of each row is the living one."""
    return {name: table(connection, f"select xmin::text, ctid::text, r.* from {name} as r order by ctid") for name in TABLES}


def versions(connection: db.Connection, *names: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return which version of each row is the living one: any write makes another."""
    return {name: table(connection, f"select xmin::text, ctid::text from {name} order by ctid") for name in names or TABLES[:-1]}


def changed(source: Source, change: Change, version: str = "2") -> Source:
    """Return a source whose parser gives something else."""

    def parse(one: Source, page: Page, announcement: Announcement) -> Iterator[Item]:
        for item in source.parse(one, page, announcement):
            yield change(item)

    return replace(source, parse=parse, parser_version=version)


def at(url: str, change: Callable[[Article], Item]) -> Change:
    """Return a change of one article alone."""
    return lambda item: change(item) if isinstance(item, Article) and item.url == url else item


def shorter(one: Article) -> Article:
    return replace(one, body=one.body[:-1])


def rejecting(one: Article) -> Rejected:
    return Rejected(one.source, one.feed, one.url, Outcome.NO_TEXT, "nothing there")


def run(connection: db.Connection, source: Source, wanted: Wanted | None = None, *, dry_run: bool = False) -> reprocess.Reread:
    return reprocess.reprocess(connection, source, quick_detect, wanted or Wanted(), dry_run=dry_run)


def kinds(report: reprocess.Reread) -> dict[str, int]:
    return {kind.value: report.counts[kind] for kind in Kind if kind in report.counts}


def outcomes(report: reprocess.Reread) -> dict[str, int]:
    return {code.removeprefix("outcome "): count for code, count in report.counts.items() if code.startswith("outcome ")}


# --- what really changed, and nothing else


@pytest.mark.parametrize("source", [UNN, TELEGRAM], ids=lambda source: source.name)
def test_the_same_parser_writes_no_row(kept: db.Connection, source: Source) -> None:
    before = versions(kept)
    report = run(kept, source)
    assert kinds(report) == {"unchanged": only(kept, "select count(*) from core.article where source = %s", source.name)}
    assert report.changed == 0
    assert outcomes(report) == {}
    assert versions(kept) == before
    assert table(kept, "select verb, state, counts ->> 'pages' from core.run order by run_id desc limit 1") == [
        ("reprocess", "done", str(report.counts["pages"]))
    ]


def test_another_version_that_reads_the_same_is_noted_once_and_moves_nothing_else(kept: db.Connection) -> None:
    before, rest = article(kept, BOAT), versions(kept, "raw.announcement", "core.article_revision", "core.article_reading")
    report = run(kept, replace(UNN, parser_version="2"))
    assert kinds(report).keys() == {"how_read"}
    assert article(kept, BOAT) == {**before, "parser_version": "unn/2"}
    assert versions(kept, *rest) == rest
    noted = versions(kept)
    assert kinds(run(kept, replace(UNN, parser_version="2"))).keys() == {"unchanged"}
    assert versions(kept) == noted


@pytest.mark.parametrize("url", [SCHOOL, BOAT], ids=["edited", "seen again on a later page"])
def test_a_text_that_is_read_differently_is_one_revision_of_the_parser(kept: db.Connection, url: str) -> None:
    before, former = article(kept, url), only(kept, "select count(*) from core.article_revision")
    other = changed(UNN, at(url, shorter))
    report = run(kept, other)
    assert report.counts["content"] == report.changed == 1
    assert (report.counts["field body"], report.counts.get("field title")) == (1, None)
    after = article(kept, url)
    assert before["body"].startswith(after["body"])
    assert (after["revision"], after["parser_version"], after["judged"]) == (before["revision"] + 1, "unn/2", False)
    assert table(kept, "select body, parser_version from core.article_revision where cause = 'parser'") == [
        (before["body"], "unn/1")
    ]
    assert only(kept, "select count(*) from core.article_revision") == former + 1
    assert deduplication.deduplicate(kept).counts["judged"] > 0
    done = versions(kept)
    assert run(kept, other).changed == 0
    assert versions(kept) == done


def test_an_older_page_of_an_edited_article_does_not_bring_its_old_text_back(kept: db.Connection) -> None:
    before = article(kept, SCHOOL)
    assert before["revision"] == 2
    run(kept, pruned(UNN))
    after = article(kept, SCHOOL)
    assert (after["title"], after["revision"]) == (before["title"], 3)
    assert table(
        kept,
        "select revision, cause from core.article_revision where article_id = %s order by revision",
        before["article_id"],
    ) == [(1, "publisher"), (2, "parser")]


def test_fields_beside_the_text_are_brought_up_to_date_without_a_revision(kept: db.Connection) -> None:
    before = article(kept, BOAT)
    report = run(kept, changed(UNN, at(BOAT, lambda one: replace(one, section="Інше", tags=("озеро",)))))
    assert (report.counts["record"], report.counts["field section"], report.counts["field tags"]) == (1, 1, 1)
    after = article(kept, BOAT)
    assert (after["section"], after["tags"], after["revision"]) == ("Інше", ["озеро"], before["revision"])
    assert after["judged"]


def test_another_time_of_publication_wants_another_verdict(kept: db.Connection) -> None:
    run(kept, changed(UNN, at(BOAT, lambda one: replace(one, published_at=one.published_at + timedelta(hours=1)))))
    assert not article(kept, BOAT)["judged"]


def test_of_a_channels_page_only_the_post_that_changed_is_written(kept: db.Connection) -> None:
    before = {row[0]: row for row in table(kept, "select url, xmin::text, ctid::text from core.article")}
    report = run(kept, changed(TELEGRAM, at(POST, shorter), version=TELEGRAM.parser_version))
    assert kinds(report) == {"content": 1, "unchanged": only(kept, "select count(*) from core.article where title is null") - 1}
    after = {row[0]: row for row in table(kept, "select url, xmin::text, ctid::text from core.article")}
    assert {url for url in after if after[url] != before[url]} == {POST}


def test_a_post_that_the_old_parser_overlooked_appears_once(kept: db.Connection) -> None:
    former = article(kept, POST)
    table(kept, "delete from core.duplicate; delete from core.article where url = %s", POST)
    table(kept, "delete from raw.announcement where url = %s", POST)
    report = run(kept, TELEGRAM)
    assert (report.counts["new"], report.changed) == (1, 1)
    assert (article(kept, POST)["body"], outcome(kept, POST)) == (former["body"], "ok")
    assert kinds(run(kept, TELEGRAM)).keys() == {"unchanged"}


# --- outcomes


def test_a_page_that_was_rejected_becomes_an_article(kept: db.Connection) -> None:
    def filled(source: Source, page: Page, announcement: Announcement) -> Iterator[Item]:
        if announcement.url != BARE:
            yield from UNN.parse(source, page, announcement)
            return
        yield Article(
            "unn", announcement.feed, "news/bare", BARE, (Block(BlockKind.PARAGRAPH, "Текст знайшовся."),),
            datetime(2026, 2, 20, 9, 0, tzinfo=KYIV), TimeOrigin.PAGE, title="Знайшлося",
        )  # fmt: skip

    report = run(kept, replace(UNN, parse=filled), Wanted(outcomes=("no_text",)))
    assert (report.counts, report.changed) == ({"pages": 1, "new": 1, "outcome no_text → ok": 1}, 1)
    found = article(kept, BARE)
    assert (found["body"], found["revision"], found["judged"]) == ("Текст знайшовся.", 1, False)
    assert outcome(kept, BARE) == "ok"
    assert "Знайшлося" in report.samples[0]


def test_an_article_that_the_parser_no_longer_finds_is_told_and_kept(kept: db.Connection) -> None:
    before = versions(kept, "raw.announcement", "core.article_revision"), article(kept, BOAT)
    report = run(kept, changed(UNN, at(BOAT, rejecting)))
    assert (report.counts["lost"], outcomes(report)) == (1, {})
    assert (versions(kept, "raw.announcement", "core.article_revision"), article(kept, BOAT)) == before
    assert report.samples[0] == f"lost {BOAT}\n    no_text: nothing there"
    again = run(kept, replace(UNN, parser_version="2"), Wanted(outdated=True))
    assert again.counts["how_read"] == 1, "the next version finds it again, and reads nothing else of what is up to date"


def test_another_reason_is_another_outcome(kept: db.Connection) -> None:
    def unlike(item: Item) -> Item:
        return replace(item, outcome=Outcome.NO_DATE) if isinstance(item, Rejected) and item.url == BARE else item

    assert outcomes(run(kept, changed(UNN, unlike))) == {"no_text → no_date": 1}
    assert outcome(kept, BARE) == "no_date"


def test_an_address_that_leads_to_an_article_goes_on_doing_so(kept: db.Connection) -> None:
    run(kept, pruned(UNN))
    assert outcome(kept, OLD_SCHOOL) == "redirected"
    assert only(kept, "select count(*) from core.article where url in (%s, %s)", SCHOOL, OLD_SCHOOL) == 1


def test_what_became_of_later_visits_is_not_for_a_parser_to_say(kept: db.Connection) -> None:
    table(kept, "update raw.announcement set outcome = 'server_error', page_id = 1 where url = %s", BOAT)
    table(kept, "update raw.announcement set outcome = 'gone' where url = %s", POST)
    table(kept, "update core.article set removed_at = '2026-02-21' where url = %s", POST)
    assert run(kept, pruned(UNN)).counts["content"] == only(kept, "select count(*) from core.article where source = 'unn'")
    assert run(kept, pruned(TELEGRAM)).counts["content"] > 0
    assert article(kept, BOAT)["revision"] == 2
    assert (outcome(kept, BOAT), outcome(kept, POST)) == ("server_error", "gone")
    assert article(kept, POST)["removed_at"] == datetime(2026, 2, 21, tzinfo=UTC)
    assert article(kept, POST)["revision"] == 2


# --- bad parsers


def breaking(url: str) -> Source:
    def parse(source: Source, page: Page, announcement: Announcement) -> Iterator[Item]:
        if announcement.url == url:
            raise RuntimeError("a \x00 and half \ud800")
        yield from pruned(UNN).parse(source, page, announcement)

    return replace(UNN, parse=parse, parser_version="2")


def test_a_page_that_breaks_the_parser_is_set_aside_and_stops_no_other(kept: db.Connection) -> None:
    before = article(kept, BOAT)
    report = run(kept, breaking(BOAT))
    assert (report.counts["errors"], outcomes(report)) == (1, {"ok → error": 1})
    assert report.failures[0].startswith(f"RuntimeError in the parser at {BOAT}: ")
    assert (article(kept, BOAT), outcome(kept, BOAT)) == (before, "error")
    assert article(kept, SCHOOL)["parser_version"] == "unn/2"
    mended = run(kept, pruned(UNN), Wanted(outcomes=("error",)))
    assert (kinds(mended), outcomes(mended)) == ({"content": 1}, {"error → ok": 1})
    assert table(kept, "select body, cause from core.article_revision where article_id = %s", before["article_id"]) == [
        (before["body"], "parser")
    ]


def test_an_article_that_no_column_takes_is_set_aside_and_stops_no_other(kept: db.Connection) -> None:
    before = article(kept, BOAT)
    report = run(kept, changed(UNN, at(BOAT, lambda one: replace(one, section="a \x00 in it"))))
    assert (report.counts["errors"], report.counts.get("record")) == (1, None)
    assert (article(kept, BOAT), outcome(kept, BOAT)) == (before, "error")
    assert article(kept, SCHOOL)["parser_version"] == "unn/2"


# --- what is told before it is done


def upheaval() -> Source:
    """A parser that changes a text, loses an article, breaks on a page, and reads another section everywhere."""
    broken = breaking(SCHOOL)

    def change(item: Item) -> Item:
        if isinstance(item, Article) and item.url == BOAT:
            return rejecting(item)
        return replace(item, section="Інше") if isinstance(item, Article) else replace(item, outcome=Outcome.NO_TITLE)

    return changed(broken, change)


def test_a_dry_run_writes_nothing_and_tells_what_the_real_one_does(kept: db.Connection) -> None:
    before = everything(kept)
    told = run(kept, upheaval(), dry_run=True)
    assert kept.info.transaction_status == TRANSACTION_STATUS_IDLE
    assert everything(kept) == before
    assert {"content", "lost", "errors", "pages", "outcome no_text → no_title", "field section"} <= told.counts.keys()
    assert run(kept, upheaval()) == told
    assert everything(kept) != before


def test_a_dry_run_of_many_batches_counts_what_would_be_new_once(kept: db.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_for_all(item: Item) -> Item:
        return replace(item, external_id="news/one", url="https://unn.ua/news/one-for-all") if isinstance(item, Article) else item

    table(kept, "truncate core.article, raw.unparsed cascade")
    monkeypatch.setattr(pipeline, "PAGES_A_BATCH", 4)
    told = run(kept, changed(UNN, one_for_all), dry_run=True)
    assert told.counts["new"] == 1
    assert run(kept, changed(UNN, one_for_all)).counts == told.counts


def test_samples_show_what_was_and_what_is_of_a_few_articles(kept: db.Connection) -> None:
    renamed = changed(UNN, lambda item: shorter(replace(item, title="Інша назва")) if isinstance(item, Article) else item)
    report = run(kept, renamed, dry_run=True)
    assert report.counts["content"] > len(report.samples) == reprocess.SAMPLES
    for sample in report.samples:
        lines = sample.splitlines()
        assert "      + Інша назва" in lines
        assert sum(line.startswith("    -") for line in lines) >= 1
        assert all(len(line) < 200 for line in lines)


def test_what_was_told_is_small_however_much_changed(kept: db.Connection) -> None:
    other = changed(UNN, at(BOAT, lambda one: replace(one, body=tuple(map(paragraph, range(5000))))))
    (sample,) = run(kept, other, dry_run=True).samples
    assert len(sample) < 3000
    assert "lines more" in sample.splitlines()[-1]


def paragraph(number: int) -> Block:
    return Block(BlockKind.HEADING if number % 2 else BlockKind.PARAGRAPH, f"Рядок {number} " + "довгий " * 100)


# --- which pages


def test_a_window_takes_times_of_publication_and_of_fetching_where_none_is_known(kept: db.Connection) -> None:
    day = Window(datetime(2026, 2, 20, tzinfo=KYIV), datetime(2026, 2, 21, tzinfo=KYIV))
    run(kept, pruned(UNN), Wanted(window=day))
    days = table(
        kept,
        "select distinct (published_at at time zone 'Europe/Kyiv')::date::text from core.article where parser_version = 'unn/2'",
    )
    assert days == [("2026-02-20",)]
    table(kept, "update raw.announcement set published_at = null where url = %s", BARE)
    now = datetime.now(UTC)
    assert BARE in read_by(kept, Wanted(window=Window(now - timedelta(hours=1), now)))
    assert BARE not in read_by(kept, Wanted(window=day))


def read_by(connection: db.Connection, wanted: Wanted) -> set[str]:
    """Return the announcements that are read."""
    seen = set()

    def parse(source: Source, page: Page, announcement: Announcement) -> Iterator[Item]:
        seen.add(announcement.url)
        yield from UNN.parse(source, page, announcement)

    run(connection, replace(UNN, parse=parse), wanted, dry_run=True)
    return seen


def test_feeds_outcomes_and_a_limit_choose_pages(kept: db.Connection) -> None:
    assert {url.split("/")[3] for url in read_by(kept, Wanted(feeds=("RU", "en")))} == {"ru", "en"}
    assert read_by(kept, Wanted(outcomes=("redirected",))) == {OLD_SCHOOL}
    assert len(read_by(kept, Wanted(limit=3))) == 3
    assert len(read_by(kept, Wanted())) > 40


def test_what_was_no_answer_of_the_site_is_never_read(kept: db.Connection) -> None:
    read = read_by(kept, Wanted())
    assert not {url for url, code in TROUBLES.items() if code in ("gone", "too_large", "not_html", "truncated")} & read


@pytest.mark.parametrize(
    ("wanted", "said"), [(Wanted(outcomes=("gone",)), "no parser gives gone"), (Wanted(feeds=("xx",)), "has no feed 'xx'")]
)
def test_a_wrong_wish_is_refused_before_anything_is_written(kept: db.Connection, wanted: Wanted, said: str) -> None:
    before = everything(kept)
    with pytest.raises((ValueError, KeyError), match=said):
        run(kept, UNN, wanted)
    assert everything(kept) == before


def test_pages_that_wait_to_be_parsed_are_left_to_their_turn(kept: db.Connection) -> None:
    table(
        kept,
        "insert into raw.unparsed select page_id, page_fetched_at, source, feed, array[announcement_id] from raw.announcement"
        " where url = %s",
        BOAT,
    )
    before, queue = article(kept, BOAT), versions(kept, "raw.unparsed")
    run(kept, pruned(UNN))
    assert (article(kept, BOAT), versions(kept, "raw.unparsed")) == (before, queue)


def test_pages_that_are_no_longer_kept_are_counted(kept: db.Connection) -> None:
    table(kept, "delete from raw.page where page_id = (select page_id from raw.announcement where url = %s)", BOAT)
    report = run(kept, pruned(UNN))
    assert report.counts["no_page"] == 1
    assert article(kept, BOAT)["revision"] == 1


def test_a_feed_that_has_left_the_source_is_left_alone(kept: db.Connection) -> None:
    run(kept, replace(pruned(UNN), feeds=UNN.feeds[:1]))
    feeds = table(kept, "select distinct feed from core.article where parser_version = 'unn/2'")
    assert feeds == [("uk",)]


# --- identity and counters


def test_an_article_that_gets_another_identity_keeps_its_row_and_history(kept: db.Connection) -> None:
    before = article(kept, SCHOOL)
    report = run(kept, changed(UNN, at(SCHOOL, lambda one: replace(one, external_id="news/4711"))))
    assert (report.counts["record"], report.counts["field external_id"]) == (1, 1)
    after = article(kept, SCHOOL)
    assert (after["article_id"], after["external_id"], after["revision"]) == (before["article_id"], "news/4711", 2)


def test_articles_that_are_read_as_one_keep_their_rows(kept: db.Connection) -> None:
    count = only(kept, "select count(*) from core.article")
    other = changed(UNN, lambda item: replace(item, external_id="news/one", url=BOAT) if isinstance(item, Article) else item)
    report = run(kept, other)
    assert report.counts["lost"] == only(kept, "select count(*) from core.article where source = 'unn'") - 1
    assert only(kept, "select count(*) from core.article") == count


def test_counters_of_an_older_page_do_not_replace_newer_ones(kept: db.Connection) -> None:
    later = "insert into core.article_reading select article_id, now(), 999999 from core.article where url = %s"
    table(kept, later, BOAT)
    table(kept, "update core.article set views = 999999 where url = %s", BOAT)
    run(kept, changed(UNN, at(BOAT, shorter)))
    assert (article(kept, BOAT)["revision"], article(kept, BOAT)["views"]) == (2, 999999)


def test_counters_that_are_read_better_are_taken(kept: db.Connection) -> None:
    seen = changed(UNN, at(BOAT, lambda one: replace(one, views=4711)), version=UNN.parser_version)
    report = run(kept, seen)
    assert (report.counts["counters"], report.changed) == (1, 0)
    assert article(kept, BOAT)["views"] == 4711


# --- killed, and two at once


DUMP = """
    select article.source, external_id, article.url, article.title, article.body, article.revision, parser_version, judged,
        outcome, views, removed_at is null, (
            select array_agg((revision, body, cause, parser_version)::text order by revision)
            from core.article_revision as former
            where former.article_id = article.article_id
        )
    from raw.announcement
    left join core.article on article.announcement_id = announcement.announcement_id
    order by announcement.announcement_id"""


def rows_of(url: str) -> list[tuple[Any, ...]]:
    connection = db.connect(url)
    try:
        return table(connection, DUMP)
    finally:
        connection.close()


@pytest.mark.parametrize("source", ["unn", "telegram"])
def test_a_run_killed_at_each_of_its_steps_ends_like_one_left_in_peace(
    source: str, copy: Callable[[], str], nursery: Nursery
) -> None:
    job = Job("reprocess", copy(), source=source, batch=6 if source == "unn" else 1)
    peace = replace(job, database=copy(), batch=40)
    assert nursery.survives(peace)
    steps = (
        "lock_source",
        "kept_announcements",
        "kept_pages",
        "kept_articles",
        "save_revisions",
        "save_articles",
        "save_outcomes",
    )
    points = [*((step, 2) for step in steps), ("commit", 3), ("committed", 4), ("end_run", 1)]
    deaths = sum(not nursery.survives(job.dying(point, nth)) for point, nth in points)
    assert deaths >= 3
    assert nursery.survives(job)
    assert rows_of(job.database) == rows_of(peace.database) != rows_of(copy())


def test_two_at_once_make_each_revision_once(copy: Callable[[], str]) -> None:
    url, barrier = copy(), threading.Barrier(2)

    def once(_: int) -> Counter[str]:
        connection = db.connect(url)
        barrier.wait(20)
        counts = Counter(run(connection, pruned(UNN)).counts)
        connection.close()
        return counts

    with ThreadPoolExecutor(2) as pool:
        both = sum(pool.map(once, range(2)), Counter())
    alone = copy()
    connection = db.connect(alone)
    report = run(connection, pruned(UNN))
    connection.close()
    assert both["content"] == report.counts["content"] > 30
    assert rows_of(url) == rows_of(alone)


# --- windows and forms


def test_the_form_of_the_dag_offers_the_outcomes_that_a_parser_gives() -> None:
    offered = re.findall(r"Outcome\.([A-Z_]+)", (ROOT / "dags" / "reprocess.py").read_text())
    assert [Outcome[name] for name in offered] == list(reprocess.PARSED)


def test_the_verb_tells_first_and_then_does(
    copy: Callable[[], str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSWIRE_DATABASE_URL", copy())
    monkeypatch.setattr(sources, "load", lambda name: {"unn": pruned(UNN)}[name])
    monkeypatch.setattr(language, "judge", quick_detect)
    day = ("unn", "--from", "2026-02-20", "--to", "2026-02-21", "--outcome", "ok")
    said = []
    for more in (("--dry-run",), (), ("--outdated",)):
        assert shell.main(["reprocess", *day, *more]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert re.search(r"^ +9 content$", said[0], re.MULTILINE)
    assert "no kept page is asked for by that" in said[2]
    assert shell.main(["reprocess", "unn", "--outcome", "gone"]) == 2
    assert "no parser gives gone" in capsys.readouterr().err


def test_an_end_that_is_left_out_is_open() -> None:
    assert reprocess.span(None, "") is None
    later = reprocess.span("2026-02-20", None)
    earlier = reprocess.span(None, "2026-02-20")
    assert later
    assert earlier
    assert later.start == earlier.end == datetime(2026, 2, 20, tzinfo=KYIV)
    assert earlier.start.year == 1900
    assert later.end.year == 2200
    with pytest.raises(ValueError, match="is no date"):
        reprocess.span("yesterday", None)
