"""What is not kept: an article that is taken down does not come back, and pages go by months, exported before where asked for."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from newswire import (
    archive,
    db,
    deduplication,
    fetch,
    forget,
    pipeline,
    reprocess,
    retention,
    search,
    settings,
    shell,
    sources,
    store,
    warc,
)
from newswire.local.postgres import Cluster
from newswire.model import Announcement, Article, Page, Source, TimeOrigin, Window
from newswire.retention import Keep
from tests.killing import Job, Nursery, fetching, quick_detect
from tests.site.content import KYIV
from tests.site.server import SampleSite
from tests.site.troubles import THROTTLED_ONCE

UNN, TELEGRAM = sources.load("unn"), sources.load("telegram")
BOTH: tuple[tuple[Source, tuple[str, ...]], ...] = ((UNN, ("uk",)), (TELEGRAM, ("nw_sample_news", "nw_sample_live")))
WINDOW = Window(datetime(2026, 2, 16, tzinfo=KYIV), datetime(2026, 2, 21, tzinfo=KYIV))
BEFORE_EDIT = datetime(2026, 2, 19, 15, 0, tzinfo=KYIV)
SCHOOL = "https://unn.ua/news/u-mostyshchi-cherez-zadymlennia-evakuiuvaly-shkolu"
"""Edited on the 19th at 16:10; another announced address redirects to it."""
OLD_SCHOOL = "https://unn.ua/news/zadymlennia-shkola-mostyshche-evakuatsiia"
COPIED, COPY = "https://t.me/nw_sample_news/19", "https://t.me/nw_sample_live/5"

_numbers = itertools.count()


# --- what the tests stand on


def administer(cluster: Cluster, statement: str) -> None:
    admin = db.connect(cluster.url())
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(statement)
    admin.close()


def ingest(connection: db.Connection, site: SampleSite, *, refetch: bool = False) -> dict[str, int]:
    """Take in all that the sample site has, and do what is due behind it; return the counts of what was normalised."""
    counts: dict[str, int] = {}
    for source, feeds in BOTH:
        with fetch.Client(fetching(site.url), source.politeness) as client:
            for feed in feeds:
                pipeline.discover(connection, source, source.feed(feed), WINDOW, client)
            plan = pipeline.plan(connection, source, feeds, window=WINDOW, refetch=refetch)
            pipeline.fetch(connection, source, plan.numbers, client, planned_at=plan.planned_at)
        for code, count in pipeline.normalise(connection, source, feeds, quick_detect).counts.items():
            counts[code] = counts.get(code, 0) + count
    follow_up(connection)
    return counts


def follow_up(connection: db.Connection) -> None:
    deduplication.deduplicate(connection)
    search.index(connection)
    pipeline.refresh(connection)


@pytest.fixture(scope="module")
def ingested(cluster: Cluster) -> str:
    """Name of a database with the sample site's five days, seen before and after an edit, judged and indexed."""
    name = "retention_ingested"
    administer(cluster, f"create database {name} template newswire_template")
    connection = db.connect(cluster.url(name))
    with SampleSite(now=BEFORE_EDIT) as site:
        for path in THROTTLED_ONCE:
            site.answer("unn.ua", path)
        ingest(connection, site)
        site.now = datetime(2026, 2, 20, 23, 30, tzinfo=KYIV)
        ingest(connection, site, refetch=True)
    connection.close()
    return name


@pytest.fixture
def url(cluster: Cluster, ingested: str) -> Iterator[str]:
    name = f"retention_{next(_numbers)}"
    administer(cluster, f"create database {name} template {ingested}")
    yield cluster.url(name)
    administer(cluster, f"drop database {name} with (force)")


@pytest.fixture
def news(url: str) -> Iterator[db.Connection]:
    opened = db.connect(url)
    yield opened
    opened.close()


def one(connection: db.Connection, statement: str) -> object:
    (row,) = db.select(connection, statement)
    connection.rollback()
    return next(iter(row.values()))


def words_of(connection: db.Connection, url: str) -> set[str]:
    """Return words that stand in the texts of this article alone, but for its headlines, in all its revisions."""
    rows = db.select(
        connection,
        "select url, title, lead, body from core.article union all"
        " select url, revision.title, revision.lead, revision.body"
        " from core.article_revision as revision join core.article using (article_id)",
    )
    connection.rollback()

    mine, others = [row for row in rows if row["url"] == url], [row for row in rows if row["url"] != url]
    return words(mine, "lead", "body") - words(mine, "title") - words(others, "title", "lead", "body")


def words(rows: list[dict[str, str | None]], *fields: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{7,}", " ".join(row[name] or "" for row in rows for name in fields).lower()))


def holders(connection: db.Connection, words: set[str]) -> dict[str, set[str]]:
    """Return every table, materialised view and partition in which one of the words stands, in any column, bytes included."""
    found: dict[str, set[str]] = {}
    tables = db.select(
        connection,
        "select oid::regclass::text as name from pg_class where relkind in ('r', 'm')"
        " and relnamespace::regnamespace::text !~ '^pg_(catalog|toast)|information_schema'",
    )
    forms = {word: (word, word.encode().hex(), word.capitalize().encode().hex()) for word in words}
    for table in tables:
        texts = [row["row"].lower() for row in db.select(connection, f"select entry::text as row from {table['name']} as entry")]
        hits = {word for word, written in forms.items() if any(form in text for form in written for text in texts)}
        found |= {table["name"]: hits} if hits else {}
    connection.rollback()
    return found


def article_rows(connection: db.Connection) -> list[dict[str, object]]:
    rows = db.select(connection, "select url, title, body, revision, language from core.article order by url")
    connection.rollback()
    return rows


# --- forget


def test_nothing_of_an_article_stays_and_it_does_not_come_back(news: db.Connection, tmp_path: Path) -> None:
    words = words_of(news, SCHOOL)
    assert len(words) >= 5
    before = holders(news, words)
    assert {"core.article", "core.article_revision", "core.word_form"} < before.keys()
    assert any(name.startswith("raw.page_") for name in before)
    today = datetime.now(UTC)
    warc.export(news, Window(today - timedelta(days=1), today + timedelta(days=1)), tmp_path)
    others = [row for row in article_rows(news) if row["url"] != SCHOOL]

    done = forget.forget(news, SCHOOL, reason="asked for by the school")
    assert len(done.articles) == 1
    assert done.withheld > 3
    assert holders(news, words) == {}
    follow_up(news)

    with SampleSite() as site:
        ingest(news, site)
        ingest(news, site, refetch=True)
    assert holders(news, words) == {}
    reprocess.reprocess(news, UNN, quick_detect)
    assert holders(news, words) == {}
    assert not [name for name in pipeline.checks() if pipeline.check(news, name).failed]
    with db.transaction(news), news.cursor() as cursor:
        cursor.execute("delete from raw.page")  # as after their time: an archive's answers are not known then
    codes = [
        archive.load(news, file, [UNN, TELEGRAM], again=True).counts for file in sorted(tmp_path.glob("warc/*/unn-*.warc.gz"))
    ]
    assert sum(code.get("forgotten", 0) for code in codes) > 0
    pipeline.normalise(news, UNN, ["uk"], quick_detect)
    follow_up(news)
    assert holders(news, words) == {}
    there = article_rows(news)
    assert [row for row in there if row["url"] in {other["url"] for other in others}] == others
    assert SCHOOL not in {row["url"] for row in there}
    assert db.select(news, "select source, reason from mart.forgotten") == [
        {"source": "unn", "reason": "asked for by the school"}
    ]


def test_a_post_goes_and_the_others_on_its_page_stay(news: db.Connection) -> None:
    post = "https://t.me/nw_sample_live/17"
    words = words_of(news, post)
    assert words
    others = [row for row in article_rows(news) if row["url"] != post]
    forget.forget(news, "nw_sample_live/17")
    assert holders(news, words) == {}
    assert article_rows(news) == others
    withheld = "select count(*) from mart.article join raw.page using (page_id) where withheld_at is not null"
    assert one(news, withheld) > 0
    with SampleSite() as site:
        counts = ingest(news, site, refetch=True)
    assert counts["forgotten"] > 0
    assert holders(news, words) == {}
    assert article_rows(news) == others
    report = reprocess.reprocess(news, TELEGRAM, quick_detect)
    assert report.counts["no_page"] > 0
    assert "lost" not in report.counts
    assert article_rows(news) == others
    assert not [name for name in pipeline.checks() if pipeline.check(news, name).failed]


def test_copies_of_what_is_gone_are_judged_again(news: db.Connection) -> None:
    verdict = f"select original_id from mart.article where url = '{COPY}'"
    assert one(news, verdict) == one(news, f"select article_id from core.article where url = '{COPIED}'")
    forget.forget(news, COPIED)
    assert one(news, f"select judged from core.article where url = '{COPY}'") is False
    deduplication.deduplicate(news)
    assert one(news, verdict) is None
    assert one(news, f"select judged from core.article where url = '{COPY}'") is True


def test_a_story_loses_its_article(news: db.Connection) -> None:
    numbers = db.select(news, "select article_id from core.article where source = 'unn' order by article_id limit 3")
    with db.transaction(news), news.cursor() as cursor:
        cursor.execute(
            "insert into core.story (headline, first_at, last_at, articles, outlets, languages)"
            " values ('Заголовок зниклого', now(), now(), 3, 1, '{uk}') returning story_id"
        )
        (story,) = cursor.fetchone()
        for row in numbers:
            cursor.execute("delete from core.story_article where article_id = %s", (row["article_id"],))
            cursor.execute("insert into core.story_article values (%s, %s, 1, 'planted')", (row["article_id"], story))
    forget.forget(news, str(numbers[0]["article_id"]))
    found = db.select(news, f"select headline, articles from core.story where story_id = {story}")
    assert [row["articles"] for row in found] == [2]
    assert found[0]["headline"] != "Заголовок зниклого"
    news.rollback()
    forget.forget(news, str(numbers[1]["article_id"]))
    assert db.select(news, f"select from core.story where story_id = {story}") == []


def test_a_sample_of_a_rules_breakers_forgets_it_too(news: db.Connection) -> None:
    number = one(news, f"select article_id from core.article where url = '{SCHOOL}'")
    run_id = one(news, "select max(run_id) from core.run")
    sample = [{"article_id": number, "line": "рядок"}, {"url": SCHOOL, "n": 1}, {"article_id": 0, "url": "https://unn.ua/x"}]
    with db.transaction(news), news.cursor() as cursor:
        cursor.execute("insert into core.check_result values (%s, 'planted', 'warn', 3, %s)", (run_id, json.dumps(sample)))
    forget.forget(news, SCHOOL)
    assert one(news, "select sample from core.check_result where name = 'planted'") == sample[2:]


@pytest.mark.parametrize("form", ["number", "url", "written otherwise", "external_id"])
def test_it_is_named_as_people_name_it_and_twice_is_once(news: db.Connection, form: str) -> None:
    row = db.select(news, f"select article_id, url, external_id from core.article where url = '{SCHOOL}'")[0]
    names = {"number": str(row["article_id"]), "url": SCHOOL, "written otherwise": f"http://www.{SCHOOL[8:]}/?utm_source=x"}
    name = names.get(form, row["external_id"])
    first = forget.forget(news, name)
    assert first.articles == (row["article_id"],)
    tombs = db.select(news, "select * from core.forgotten order by key")
    again = forget.forget(news, name, reason="another")
    assert (again.articles, again.withheld) == ((), 0)
    assert again.forgotten_at == min(tomb["forgotten_at"] for tomb in tombs)
    assert [bytes(tomb["key"]) for tomb in tombs] == [
        bytes(tomb["key"]) for tomb in db.select(news, "select key from core.forgotten order by key")
    ]


def test_what_was_never_there_cannot_be_forgotten(news: db.Connection) -> None:
    for name in ("0", "https://unn.ua/news/nothing", "nobody/1", "", "'; drop table core.article; --"):
        with pytest.raises(forget.UnknownError, match="no article"):
            forget.forget(news, name)
    assert db.select(news, "select from core.run where verb = 'forget'") == []


def test_a_tombstone_tells_no_address(news: db.Connection) -> None:
    forget.forget(news, SCHOOL)
    text = json.dumps(db.select(news, "select * from core.forgotten"), default=str)
    assert "zadymlennia" not in text
    assert db.select(news, f"select from raw.announcement where url in ('{SCHOOL}', '{OLD_SCHOOL}')") == []


def test_another_address_that_leads_there_is_taken_down_with_it(news: db.Connection) -> None:
    forget.forget(news, SCHOOL)
    alias = "https://unn.ua/news/another-way-to-the-school"
    number, page_id = visited(news, alias, b"<html>the school's page</html>")
    article = Article("unn", "uk", SCHOOL.removeprefix("https://unn.ua/"), SCHOOL, (), WINDOW.start, TimeOrigin.FEED, "x")
    led = replace(UNN, parse=lambda *_: [article])
    counts = pipeline.normalise(news, led, ["uk"], quick_detect).counts
    assert counts["forgotten"] == 1
    assert one(news, f"select octet_length(body) from raw.page where page_id = {page_id}") == 0
    assert db.select(news, f"select from raw.announcement where announcement_id = {number}") == []
    with db.transaction(news):
        again = store.save_announcements(news, [Announcement("unn", "uk", alias)], page_id=1, now=datetime.now(UTC), visit=True)
    assert again == {}


def visited(connection: db.Connection, url: str, body: bytes, number: int | None = None) -> tuple[int, int]:
    """Store a page as a fetch does; return the numbers of its announcement and of the page."""
    now = datetime.now(UTC)
    page = Page(url, url, 200, body, now)
    with db.transaction(connection):
        page_id = store.save_page(connection, "unn", page, 1)
        if number is None:
            entered = store.save_announcements(connection, [Announcement("unn", "uk", url)], page_id=page_id, now=now, visit=True)
            number = entered[url][0]
        kept = Page(url, url, 200, body, now, page_id=page_id)
        store.save_visit(connection, [number], kept, source="unn", feed="uk")
    return number, page_id


def test_a_page_that_was_under_way_is_withheld_when_it_is_read(news: db.Connection) -> None:
    number = one(news, f"select announcement_id from core.article where url = '{SCHOOL}'")
    body = bytes(one(news, f"select page.body from raw.page join core.article using (page_id) where article.url = '{SCHOOL}'"))
    forget.forget(news, SCHOOL)
    _, page_id = visited(news, SCHOOL, body, number)
    others = article_rows(news)
    pipeline.normalise(news, UNN, ["uk"], quick_detect)
    assert one(news, f"select octet_length(body) from raw.page where page_id = {page_id}") == 0
    assert article_rows(news) == others
    assert db.select(news, "select from raw.unparsed") == []


def test_a_page_that_waits_to_be_read_goes_and_its_other_posts_are_asked_for_again(news: db.Connection) -> None:
    with SampleSite() as site, fetch.Client(fetching(site.url), TELEGRAM.politeness) as client:
        pipeline.discover(news, TELEGRAM, TELEGRAM.feed("nw_sample_live"), WINDOW, client)
    waiting = one(news, "select count(*) from raw.unparsed")
    assert waiting
    words = words_of(news, "https://t.me/nw_sample_live/17")
    forget.forget(news, "nw_sample_live/17")
    assert one(news, "select count(*) from raw.unparsed") < waiting
    assert holders(news, words) == {}
    assert one(news, "select count(*) from raw.announcement where feed = 'nw_sample_live' and next_visit_at <= now()") > 5


@pytest.mark.parametrize("point", ["save_tombstones", "withhold_pages", "forget_traces", "drop_articles", "refresh_mart"])
def test_killed_half_way_nothing_is_done_and_run_again_all_is(url: str, news: db.Connection, point: str) -> None:
    words, before = words_of(news, SCHOOL), article_rows(news)
    held = holders(news, words)
    with Nursery() as nursery:
        job = Job("forget", url, folder=SCHOOL)
        assert not nursery.survives(job.dying(point))
        assert holders(news, words) == held
        assert article_rows(news) == before
        assert db.select(news, "select from core.forgotten") == []
        news.rollback()
        assert nursery.survives(job)
    assert holders(news, words) == {}


def test_the_shells_verb_says_what_it_did(url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("NEWSWIRE_DATABASE_URL", url)
    assert shell.main(["forget", SCHOOL, "--reason", "asked for"]) == 0
    assert re.search(r"Taken down: article \d+; the bytes of \d+ pages were deleted", capsys.readouterr().out)
    assert shell.main(["forget", SCHOOL]) == 0
    assert "It was taken down at" in capsys.readouterr().out
    assert shell.main(["forget", "nothing"]) == 2
    assert "no article 'nothing'" in capsys.readouterr().err


# --- pages by months

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def plant(connection: db.Connection, *times: str) -> list[int]:
    """Keep a page for each of these moments."""
    numbers = []
    with db.transaction(connection):
        for at in times:
            moment = datetime.fromisoformat(at)
            db.run(connection, "ensure_partitions", moment=moment)
            page = Page(f"https://unn.ua/{at}", f"https://unn.ua/{at}", 200, f"<p>{at}</p>".encode(), moment)
            numbers.append(store.save_page(connection, "unn", page, 1))
    return numbers


def kept(connection: db.Connection) -> list[str]:
    rows = db.select(connection, "select url from raw.page order by fetched_at")
    connection.rollback()
    return [row["url"].removeprefix("https://unn.ua/") for row in rows]


def archived(folder: Path) -> list[str]:
    found = []
    for file in sorted(folder.glob("warc/*/*.warc.gz")):
        with file.open("rb") as stream:
            records = [
                record.rec_headers.get_header("WARC-Target-URI")
                for record in ArchiveIterator(stream)
                if record.rec_type == "response"
            ]
        found += [str(address).removeprefix("https://unn.ua/") for address in records]
    return sorted(found)


JANUARY = ("2026-01-05T10:00:00+00:00", "2026-01-31T23:30:00+00:00")
FEBRUARY = ("2026-02-01T00:30:00+00:00", "2026-02-27T10:00:00+00:00", "2026-02-28T23:30:00+00:00")
AUGUST, NOVEMBER = "2026-08-30T10:00:00+00:00", "2026-11-20T10:00:00+00:00"


def test_a_month_goes_when_all_of_it_is_old_enough(connection: db.Connection) -> None:
    plant(connection, *JANUARY, *FEBRUARY, AUGUST, NOVEMBER)
    counts = retention.drop_pages(connection, Keep(), NOW)
    assert counts["dropped_pages"] == 5
    assert kept(connection) == [AUGUST, NOVEMBER]  # the 30th of August is 84 days ago
    assert retention.drop_pages(connection, Keep(timedelta(days=82)), NOW)["dropped_pages"] == 1
    assert kept(connection) == [NOVEMBER]
    rows = db.select(connection, "select month, pages, exported_to from raw.dropped_month where pages > 0 order by month")
    assert [tuple(row.values()) for row in rows] == [
        (date(2026, 1, 1), 2, None), (date(2026, 2, 1), 3, None), (date(2026, 8, 1), 1, None),
    ]  # fmt: skip


def test_a_month_stays_while_one_of_its_pages_waits_to_be_read(connection: db.Connection) -> None:
    (number,) = plant(connection, JANUARY[0])
    with db.transaction(connection):
        at = datetime.fromisoformat(JANUARY[0])
        db.run(connection, "enqueue_page", page_id=number, page_fetched_at=at, source="unn", feed="uk", announcements=[1])
    retention.drop_pages(connection, Keep(), NOW)
    assert kept(connection) == [JANUARY[0]]
    with db.transaction(connection):
        db.run(connection, "drop_unparsed", pages=[number])
    retention.drop_pages(connection, Keep(), NOW)
    assert kept(connection) == []


def test_a_page_that_came_while_its_month_was_exported_keeps_the_month(connection: db.Connection) -> None:
    (number,) = plant(connection, JANUARY[0])
    plant(connection, JANUARY[1])
    with db.transaction(connection):
        (row,) = db.rows(connection, "drop_pages", month=date(2026, 1, 1), newest=number, place=None)
    assert row["pages"] is None
    assert kept(connection) == list(JANUARY)


def test_every_page_is_in_the_archive_before_it_goes_whichever_day_it_belongs_to(
    connection: db.Connection, tmp_path: Path
) -> None:
    plant(connection, *JANUARY, *FEBRUARY, AUGUST)
    keep = Keep(archive=tmp_path)
    retention.drop_pages(connection, keep, datetime(2026, 5, 2, 12, tzinfo=UTC))  # January alone; the 1st of February goes along
    assert kept(connection) == [*FEBRUARY, AUGUST]
    assert archived(tmp_path) == sorted([*JANUARY, FEBRUARY[0]])
    retention.drop_pages(connection, keep, NOW)
    assert kept(connection) == [AUGUST]
    assert archived(tmp_path) == sorted([*JANUARY, *FEBRUARY])


def test_a_month_that_came_back_out_of_its_archive_does_not_replace_it(connection: db.Connection, tmp_path: Path) -> None:
    plant(connection, *JANUARY)
    keep = Keep(archive=tmp_path)
    retention.drop_pages(connection, keep, NOW)
    plant(connection, JANUARY[0])
    retention.drop_pages(connection, keep, NOW)
    assert kept(connection) == []
    assert archived(tmp_path) == sorted(JANUARY)
    rows = db.select(connection, "select pages, exported_to from raw.dropped_month where month = '2026-01-01'")
    assert [tuple(row.values()) for row in rows] == [(3, str(tmp_path))]


def test_killed_between_the_archive_and_the_drop_nothing_is_lost_or_doubled(
    connection: db.Connection, database_url: str, tmp_path: Path
) -> None:
    plant(connection, *JANUARY)
    with Nursery() as nursery:
        job = Job("maintain", database_url, folder=str(tmp_path))
        assert not nursery.survives(job.dying("drop_pages", 1))
        assert kept(connection) == list(JANUARY)
        assert archived(tmp_path) == sorted(JANUARY)
        assert nursery.survives(job)
    assert kept(connection) == []
    assert archived(tmp_path) == sorted(JANUARY)


def test_the_shell_exports_to_the_folder_of_the_settings(
    connection: db.Connection,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plant(connection, *JANUARY)
    monkeypatch.setenv("NEWSWIRE_DATABASE_URL", database_url)
    monkeypatch.setenv("NEWSWIRE_WARC", str(tmp_path))
    assert shell.main(["maintain"]) == 0
    assert json.loads(capsys.readouterr().out)["dropped_pages"] == 2
    assert archived(tmp_path) == sorted(JANUARY)
    monkeypatch.setenv("NEWSWIRE_KEEP_PAGES_DAYS", "7")
    assert shell.main(["maintain"]) == 2
    assert "30 days at least" in capsys.readouterr().err


def test_nothing_goes_when_the_archive_cannot_be_written(connection: db.Connection, tmp_path: Path) -> None:
    plant(connection, *JANUARY)
    (tmp_path / "file").write_text("x")
    with pytest.raises(OSError, match="file"):
        retention.drop_pages(connection, Keep(archive=tmp_path / "file"), NOW)
    assert kept(connection) == list(JANUARY)


def test_what_was_dropped_is_missed_by_no_rule_and_no_verb(news: db.Connection) -> None:
    with db.transaction(news), news.cursor() as cursor:
        cursor.execute("update core.article set page_fetched_at = page_fetched_at - interval '200 days'")
        cursor.execute("update raw.announcement set page_fetched_at = page_fetched_at - interval '200 days'")
        cursor.execute("update raw.validator set page_fetched_at = page_fetched_at - interval '200 days'")
        cursor.execute("select raw.ensure_partitions(now() - interval '200 days', now() - interval '200 days')")
        cursor.execute("update raw.page set fetched_at = fetched_at - interval '200 days'")
    before = article_rows(news)
    assert pipeline.maintain(news).counts["dropped_pages"] > 20
    assert not [name for name in pipeline.checks() if pipeline.check(news, name).failed]
    assert reprocess.reprocess(news, UNN, quick_detect).counts["no_page"] > 5
    with SampleSite() as site:
        ingest(news, site, refetch=True)
    assert article_rows(news) == before


def test_settings_say_how_long_and_where_to(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (settings.pages_kept(), settings.warc_folder()) == (timedelta(days=90), None)
    monkeypatch.setenv("NEWSWIRE_KEEP_PAGES_DAYS", "365")
    monkeypatch.setenv("NEWSWIRE_WARC", "s3://bucket/warc")
    assert (settings.pages_kept(), settings.warc_folder()) == (timedelta(days=365), "s3://bucket/warc")
    for wrong in ("-1", "x", "1.5", "٣٠", "9" * 9):
        monkeypatch.setenv("NEWSWIRE_KEEP_PAGES_DAYS", wrong)
        with pytest.raises(ValueError, match="NEWSWIRE_KEEP_PAGES_DAYS"):
            settings.pages_kept()
    with pytest.raises(ValueError, match="30 days at least"):
        Keep(timedelta(days=29))
