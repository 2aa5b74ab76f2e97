"""Whether sources still stand where their files say: probed on sites with news of today, judged from a real PostgreSQL."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newswire import db, fetch, live, sources
from newswire.live import Severity
from newswire.model import Announcement, Article, Feed, Page, Rejected, Source, Window
from tests.killing import fetching, quick_detect
from tests.site.fresh_site import FreshSite
from tests.site.reply import page
from tests.site.server import SampleSite

ROOT = Path(__file__).parents[1]
UNN, TELEGRAM = sources.load("unn"), sources.load("telegram")
UK = "/rss/news_uk.xml"
GONE = page("<html><body>Not Found</body></html>", 404)


@pytest.fixture
def fresh() -> Iterator[FreshSite]:
    with FreshSite() as running:
        yield running


def probe(connection: db.Connection, site: SampleSite, source: Source = UNN, **more: Any) -> live.Probe:
    with fetch.Client(fetching(site.url), source.politeness) as client:
        return live.probe(connection, source, client, quick_detect, **more)


def found(probed: live.Probe) -> list[tuple[Severity, str]]:
    return [(finding.severity, finding.what) for finding in probed.findings]


def rows(connection: db.Connection, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection, connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


# --- fine


def test_of_a_source_that_is_fine_nothing_is_found_and_what_was_asked_for_is_kept(
    connection: db.Connection, fresh: FreshSite
) -> None:
    probed = probe(connection, fresh)
    assert probed.findings == ()
    assert probed.state.startswith("180 announced in 24 hours, 5 fetched now, the newest article 0 h 5 min old")
    assert {feed for (feed,) in rows(connection, "select feed from core.article")} == {"uk", "ru", "en"}
    assert rows(connection, "select count(*) from raw.announcement where outcome = 'ok'") == [(5,)]
    assert rows(connection, "select verb, count(*) from core.run where state = 'done' group by verb order by verb") == [
        ("discover", 3), ("fetch", 1), ("normalise", 1),
    ]  # fmt: skip


def test_a_second_probe_asks_for_no_article_again(connection: db.Connection, fresh: FreshSite) -> None:
    assert probe(connection, fresh).is_fine
    assert probe(connection, fresh).is_fine
    articles = fresh.asked("novyna")
    assert len(articles) == len(set(articles)) == 10
    assert rows(connection, "select count(*) from core.article_revision") == [(0,)]


# --- feeds


def test_a_feed_that_has_moved_is_named_with_its_address_and_what_to_do(connection: db.Connection, fresh: FreshSite) -> None:
    fresh.bent[UK] = GONE
    probed = probe(connection, fresh, replace(UNN, feeds=tuple(replace(feed, listing=None) for feed in UNN.feeds)))
    assert probed.has_moved
    (moved,) = [finding for finding in probed.findings if finding.severity is Severity.MOVED]
    assert moved.what.startswith("uk: gone at https://unn.ua/rss/news_uk.xml: ")
    assert moved.todo == "look for its new address on https://unn.ua/, then correct sources/unn.py"
    assert probed.lines()[0] == f"unn (moved): {moved.what}; {moved.todo}"
    assert (Severity.NOTE, "not all of the last 24 hours was seen (uk), 120 were announced in what was") in found(probed)


def test_an_address_that_answers_with_something_that_is_no_feed_is_named(connection: db.Connection, fresh: FreshSite) -> None:
    fresh.bent[UK] = page("<html><body><h1>Нова адреса</h1></body></html>")
    assert any(
        (severity, what.split(": no RSS")[0]) == (Severity.MOVED, "uk: not_feed at https://unn.ua/rss/news_uk.xml")
        for severity, what in found(probe(connection, fresh))
    )


def test_a_dead_feed_is_found_although_another_one_covers_the_day(connection: db.Connection, fresh: FreshSite) -> None:
    two = replace(UNN.feeds[0], rss=("https://unn.ua/rss/news_uk.xml", "https://unn.ua/rss/old.xml"), listing=None)
    probed = probe(connection, fresh, replace(UNN, feeds=(two, *UNN.feeds[1:])))
    dead = [what for _, what in found(probed) if what.startswith("uk: gone at https://unn.ua/rss/old.xml")]
    assert len(dead) == 1


def test_few_dead_feeds_among_many_are_something_to_look_at(connection: db.Connection, fresh: FreshSite) -> None:
    many = tuple(replace(UNN.feeds[0], name=f"uk{number}") for number in range(4))
    lost = Feed("lost", rss=("https://unn.ua/rss/lost.xml",))
    dead = [severity for severity, what in found(probe(connection, fresh, replace(UNN, feeds=(*many, lost)))) if "gone" in what]
    assert dead == [Severity.LOOK]


def test_a_site_out_of_reach_is_one_finding_for_all_of_its_feeds(connection: db.Connection) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        settings = fetching(f"http://127.0.0.1:{bound.getsockname()[1]}")
        with fetch.Client(settings, UNN.politeness) as client:
            probed = live.probe(connection, UNN, client, quick_detect)
    (finding,) = probed.findings
    assert finding.what.startswith("uk, ru, en: unreachable at unn.ua: ")
    assert finding.todo.startswith("run it again later")
    assert probed.has_moved


def test_a_channel_that_is_none_any_more_is_named(connection: db.Connection, site: SampleSite) -> None:
    channels = tuple(Feed(name) for name in ("nw_sample_news", "no_such_channel_here"))
    probed = probe(connection, site, replace(TELEGRAM, feeds=channels, canary=None))
    (finding,) = [one for one in probed.findings if "no_such_channel_here" in one.what]
    assert finding.what.startswith("no_such_channel_here: no_channel at https://t.me/s/no_such_channel_here: ")
    assert finding.todo.endswith("correct or drop its line in sources/telegram.py")


# --- how much


def test_a_site_that_announces_nothing_any_more_has_moved(connection: db.Connection, fresh: FreshSite) -> None:
    fresh.age = timedelta(hours=25)
    assert [(severity, what.split(",")[0]) for severity, what in found(probe(connection, fresh))] == [
        (Severity.MOVED, "nothing was announced in 24 hours")
    ]


def test_fewer_articles_than_the_source_expects_are_something_to_look_at(connection: db.Connection) -> None:
    with FreshSite(daily=20) as quiet:
        probed = probe(connection, quiet)
    assert found(probed) == [(Severity.LOOK, "60 were announced in 24 hours, min_daily is 150")]
    assert (probed.has_moved, probed.is_fine) == (False, False)


def test_what_was_not_seen_is_not_judged(connection: db.Connection, fresh: FreshSite) -> None:
    feeds = tuple(replace(feed, listing=None) for feed in UNN.feeds)
    fresh.daily = 600
    source = replace(UNN, feeds=feeds, min_daily=10**6)
    short = "".join(fresh.answer("unn.ua", UK).body.decode().partition("</item>")[:2]) + "</channel></rss>"
    fresh.bent = {f"/rss/news_{feed.name}.xml": page(short.replace("/news/", f"/{feed.name}/news/")) for feed in feeds}
    probed = probe(connection, fresh, source)
    assert [severity for severity, _ in found(probed)] == [Severity.NOTE]
    assert probed.is_fine


# --- what became of it


def test_pages_that_have_lost_their_text_are_told_by_code(connection: db.Connection, fresh: FreshSite) -> None:
    fresh.textless = True
    probed = probe(connection, fresh)
    assert {severity for severity, _ in found(probed)} == {Severity.MOVED}
    (finding,) = [one for one in probed.findings if "no_text" in one.what]
    assert finding.what == "of 5 pages visited in 24 hours, too many ended as no_text 5"
    assert "reprocess unn --outcome" in finding.todo
    assert any(what.startswith("180 were announced in 24 hours, and no article is known") for _, what in found(probed))


def test_a_probe_that_fails_is_seen_through_a_good_day(connection: db.Connection, fresh: FreshSite) -> None:
    probe(connection, fresh, articles=40)
    fresh.textless = True
    (finding,) = probe(connection, fresh).findings
    assert finding.what == "of 5 pages visited now, too many ended as no_text 5"


def test_a_parser_that_fails_is_told(connection: db.Connection, fresh: FreshSite) -> None:
    def parse(_source: Source, _page: Page, _announcement: Announcement) -> Iterator[Article | Rejected]:
        raise KeyError("title")

    probed = probe(connection, fresh, replace(UNN, parse=parse))
    assert any("error 5" in finding.what and "--outcome error" in finding.todo for finding in probed.findings)


def test_articles_that_are_gone_are_told(connection: db.Connection, fresh: FreshSite) -> None:
    times = range(75)
    fresh.bent = {f"{prefix}/news/novyna-pro-{number}": GONE for prefix in ("", "/ru", "/en") for number in times}
    assert (Severity.MOVED, "of 5 pages visited in 24 hours, too many ended as gone 5") in found(probe(connection, fresh))


def test_a_bad_page_among_many_is_no_finding(connection: db.Connection, fresh: FreshSite) -> None:
    fresh.bent = {"/news/novyna-pro-0": page('<html><body><h1 class="newsTitle__a">Відео</h1></body></html>')}
    assert probe(connection, fresh).findings == ()
    assert rows(connection, "select count(*) from raw.announcement where outcome = 'no_text'") == [(1,)]


def test_poor_articles_and_fields_that_went_missing_are_something_to_look_at(connection: db.Connection, fresh: FreshSite) -> None:
    probe(connection, fresh, articles=40)
    window = Window(datetime.now(UTC) - live.DAY, fresh.began_at)
    rows(connection, "update core.article set missing = '{tags}'")
    rows(
        connection,
        "update core.article set published_at = published_at - interval '4 days', missing = '{}' where article_id % 2 = 0",
    )
    assert found(live.judge(connection, UNN, window, [], [])) == [
        (Severity.LOOK, "tags is missing in 20 of 20 articles, before in 0 of 20")
    ]
    rows(connection, "update core.article set missing = '{tags}', quality = 0.3 where article_id % 4 > 0")
    assert found(live.judge(connection, UNN, window, [], [])) == [
        (Severity.LOOK, "20 of 20 articles of 24 hours have a quality below 0.5")
    ]


# --- the verb


def call(url: str, site: FreshSite) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("NEWSWIRE_")}
    ours = {"NEWSWIRE_DATABASE_URL": url, "NEWSWIRE_HOSTS": f"unn.ua={site.url}", "NEWSWIRE_PAUSE": "0", "COLUMNS": "200"}
    command = [sys.executable, "-m", "newswire", "live", "unn"]
    env = {**kept, "PYTHONPATH": str(ROOT / "plugins"), **ours}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)


def test_the_verb_prints_a_table_and_says_by_its_exit_code_whether_to_look(database_url: str, fresh: FreshSite) -> None:
    fine = call(database_url, fresh)
    assert (fine.returncode, fine.stderr) == (0, "")
    assert "180 announced in 24 hours" in fine.stdout
    fresh.bent[UK] = GONE
    moved = call(database_url, fresh)
    assert moved.returncode == 1
    assert "gone at https://unn.ua/rss/news_uk.xml" in " ".join(moved.stdout.split())
