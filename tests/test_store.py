"""Rows of announcements, pages and articles, written with chosen times: schedules, pauses, what counts as a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newswire import db, quality, store
from newswire.model import Announcement, Article, Block, BlockKind, Failed, Link, Media, Outcome, Page, TimeOrigin

T0 = datetime.now(UTC).replace(microsecond=0)
URL = "https://town.example/news/a-small-thing"
HOUR = timedelta(hours=1)
ANNOUNCED = Announcement("town", "main", URL, "Title", "Lead", T0, TimeOrigin.FEED, "Life", "guid-1")
VALIDATORS = {"etag": '"1"', "last-modified": "x"}
PAGE = Page(URL, URL, 200, b"<html>\x00\xff</html>", T0, headers=VALIDATORS, encoding="utf-8", peer="::1")
ARTICLE = Article(
    source="town",
    feed="main",
    external_id="news/a-small-thing",
    url=URL,
    body=(Block(BlockKind.PARAGRAPH, "A small thing happened."), Block(BlockKind.HEADING, "Details")),
    published_at=T0,
    time_origin=TimeOrigin.FEED,
    title="Title",
    media=(Media("photo", "https://cdn.example/1?token=a"),),
    views=10,
)


@pytest.fixture
def run_id(connection: db.Connection) -> int:
    begun = db.row(connection, "begin_run", verb="fetch", source="town", feed=None, caller="test", asked_from=None, asked_to=None)
    assert begun
    return int(begun["run_id"])


def announce(connection: db.Connection, *announcements: Announcement, now: datetime = T0) -> dict[str, tuple[int, bool]]:
    return store.save_announcements(connection, announcements or [ANNOUNCED], page_id=1, now=now, visit=True)


def number_of(connection: db.Connection) -> int:
    return announce(connection)[URL][0]


def ledger_row(connection: db.Connection, url: str = URL) -> dict[str, Any]:
    (found,) = db.select(connection, f"select * from raw.announcement where url = '{url}'")
    return found


# --- announcements


def test_an_announcement_is_entered_once_and_says_whether_it_is_new(connection: db.Connection) -> None:
    other = replace(ANNOUNCED, url=URL + "-2")
    first = announce(connection, ANNOUNCED, ANNOUNCED)
    assert list(first) == [URL]
    assert first[URL][1]
    second = announce(connection, other, ANNOUNCED, now=T0 + HOUR)
    assert {url: new for url, (_, new) in second.items()} == {URL: False, other.url: True}
    assert second[URL][0] == first[URL][0]
    row = ledger_row(connection)
    assert (row["first_seen_at"], row["last_seen_at"], row["next_visit_at"]) == (T0, T0 + HOUR, T0)


def test_a_second_announcement_fills_what_the_first_lacked_and_replaces_nothing(connection: db.Connection) -> None:
    bare = Announcement("town", "main", URL, title="First title")
    announce(connection, bare)
    announce(connection, ANNOUNCED)
    row = ledger_row(connection)
    assert [row[name] for name in ("title", "lead", "published_at", "time_origin", "section", "guid")] == [
        "First title", "Lead", T0, "feed", "Life", "guid-1",
    ]  # fmt: skip
    announce(connection, replace(ANNOUNCED, title="Third", lead="Third", section="Third", guid="3", published_at=T0 + HOUR))
    assert {**ledger_row(connection), "last_seen_at": 0} == {**row, "last_seen_at": 0}


@pytest.mark.parametrize("order", [(TimeOrigin.FEED, TimeOrigin.PAGE), (TimeOrigin.PAGE, TimeOrigin.FEED)])
def test_a_feeds_time_is_better_than_a_listings_whichever_came_first(
    order: tuple[TimeOrigin, TimeOrigin], connection: db.Connection
) -> None:
    times = {TimeOrigin.FEED: T0, TimeOrigin.PAGE: T0 + timedelta(minutes=3)}
    for origin in order:
        announce(connection, replace(ANNOUNCED, published_at=times[origin], time_origin=origin))
    row = ledger_row(connection)
    assert (row["published_at"], row["time_origin"]) == (T0, "feed")


def test_an_announcement_without_a_time_takes_none_away(connection: db.Connection) -> None:
    announce(connection)
    announce(connection, replace(ANNOUNCED, published_at=None, time_origin=TimeOrigin.FEED))
    assert ledger_row(connection)["published_at"] == T0


def test_nothing_announced_is_nothing_entered(connection: db.Connection) -> None:
    assert store.save_announcements(connection, [], page_id=1, now=T0, visit=True) == {}


def test_an_announcement_comes_back_as_it_was(connection: db.Connection) -> None:
    announce(connection)
    assert store.load_announcement(ledger_row(connection)) == ANNOUNCED


def test_the_same_url_of_two_sources_is_two_announcements(connection: db.Connection) -> None:
    one, other = announce(connection)[URL], announce(connection, replace(ANNOUNCED, source="village"))[URL]
    assert one[0] != other[0]


# --- pages


def test_a_page_comes_back_to_the_byte(connection: db.Connection, run_id: int) -> None:
    page = replace(PAGE, redirects=("https://town.example/a", "https://town.example/b"), final_url=URL + "-moved", status=203)
    page_id = store.save_page(connection, "town", page, run_id)
    row = db.row(connection, "page", page_id=page_id, fetched_at=T0)
    assert row
    assert store.load_page(row) == replace(page, page_id=page_id)


def test_a_page_that_is_kept_is_not_kept_again(connection: db.Connection, run_id: int) -> None:
    page_id = store.save_page(connection, "town", PAGE, run_id)
    assert store.save_page(connection, "town", replace(PAGE, page_id=page_id), run_id) == page_id
    assert len(db.select(connection, "select from raw.page")) == 1


# --- when to visit again


@pytest.mark.parametrize(
    ("age", "following"),
    [
        (timedelta(0), HOUR),
        (timedelta(minutes=59), HOUR),
        (HOUR, 6 * HOUR),
        (timedelta(hours=5), 6 * HOUR),
        (timedelta(hours=6, seconds=1), 24 * HOUR),
        (timedelta(hours=24), None),
        (timedelta(days=300), None),
    ],
)
def test_an_article_is_visited_again_one_six_and_twenty_four_hours_after_its_publication(
    age: timedelta, following: timedelta | None, connection: db.Connection, run_id: int
) -> None:
    number = number_of(connection)
    came = replace(PAGE, fetched_at=T0 + age)
    if age < timedelta(days=20):
        came = replace(came, page_id=store.save_page(connection, "town", came, run_id))
    else:
        came = replace(came, page_id=99)
    store.save_visit(connection, [number], came, source="town", feed="main")
    row = ledger_row(connection)
    assert row["next_visit_at"] == (T0 + following if following else None)
    assert (row["visited_at"], row["tries"], row["etag"], row["last_modified"]) == (T0 + age, 0, '"1"', "x")
    store.save_unchanged(connection, number, T0 + age)
    assert ledger_row(connection) == row


def test_without_a_time_of_publication_the_first_sight_counts(connection: db.Connection) -> None:
    number = announce(connection, replace(ANNOUNCED, published_at=None, time_origin=None), now=T0 - 2 * HOUR)[URL][0]
    store.save_unchanged(connection, number, T0)
    assert ledger_row(connection)["next_visit_at"] == T0 - 2 * HOUR + 6 * HOUR


def test_an_unchanged_page_keeps_the_validators_and_the_bytes_of_the_last_one(connection: db.Connection) -> None:
    number = number_of(connection)
    store.save_visit(connection, [number], replace(PAGE, page_id=5), source="town", feed="main")
    store.save_unchanged(connection, number, T0 + HOUR)
    row = ledger_row(connection)
    assert (row["page_id"], row["page_fetched_at"], row["etag"], row["visited_at"]) == (5, T0, '"1"', T0 + HOUR)


def pauses(connection: db.Connection, outcome: Outcome, visits: int) -> list[timedelta | None]:
    """Let visits fail, each when it was due; return the pauses that followed."""
    number, moment, found = number_of(connection), T0, []
    for _ in range(visits):
        store.save_miss(connection, [number], Failed(URL, outcome, "why"), page_id=None, visited_at=moment)
        due = ledger_row(connection)["next_visit_at"]
        found.append(due and due - moment)
        moment = due or moment + HOUR
    return found


def test_what_may_pass_is_tried_with_doubled_pauses_for_a_month_and_then_left_alone(connection: db.Connection) -> None:
    found = pauses(connection, Outcome.UNREACHABLE, store.MOST_TRIES + 1)
    assert found[:8] == [2**number * HOUR for number in range(8)]
    assert found[8:] == [timedelta(days=7)] * 3 + [None, None]
    assert timedelta(days=28) < sum((pause for pause in found if pause), timedelta()) < timedelta(days=35)
    assert ledger_row(connection)["tries"] == store.MOST_TRIES + 1


def test_what_hardly_ever_comes_back_is_given_up_soon(connection: db.Connection) -> None:
    assert pauses(connection, Outcome.NOT_HTML, store.FEW_TRIES + 1) == [HOUR, 2 * HOUR, None, None]


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - store.RETRY_OFTEN - store.RETRY_SELDOM))
def test_what_a_later_visit_would_not_change_is_not_tried_again(outcome: Outcome, connection: db.Connection) -> None:
    assert pauses(connection, outcome, 1) == [None]


def test_a_good_visit_lets_the_pauses_begin_anew(connection: db.Connection) -> None:
    assert pauses(connection, Outcome.SERVER_ERROR, 3)[-1] == 4 * HOUR
    store.save_unchanged(connection, number_of(connection), T0)
    assert pauses(connection, Outcome.SERVER_ERROR, 2) == [HOUR, 2 * HOUR]


@pytest.mark.parametrize(
    ("asked", "pause"),
    [(30.0, HOUR), (7200.0, 2 * HOUR), (None, HOUR), (0.0, HOUR), (10.0**9, timedelta(days=7))],
)
def test_a_server_that_asks_for_a_longer_pause_gets_it_up_to_a_week(
    asked: float | None, pause: timedelta, connection: db.Connection
) -> None:
    failed = Failed(URL, Outcome.THROTTLED, "429", retry_after=asked)
    store.save_miss(connection, [number_of(connection)], failed, page_id=None, visited_at=T0)
    assert ledger_row(connection)["next_visit_at"] == T0 + pause


def test_after_a_miss_the_next_request_is_unconditional(connection: db.Connection) -> None:
    number = number_of(connection)
    store.save_visit(connection, [number], replace(PAGE, page_id=5), source="town", feed="main")
    store.save_miss(connection, [number], Failed(URL, Outcome.GONE, "404"), page_id=None, visited_at=T0 + HOUR)
    row = ledger_row(connection)
    assert (row["etag"], row["last_modified"], row["page_id"], row["outcome"]) == (None, None, 5, "gone")


# --- articles


def parsed(article: Article, number: int, page: Page | None = None, *, own: bool = True) -> store.Parsed:
    return store.Parsed(
        article,
        number,
        own,
        page or later(1, 0),
        "town/1",
        store.hashes(article, channel=False),
        quality.assess(article, channel=False),
    )


def stored(connection: db.Connection) -> dict[str, Any]:
    (found,) = db.select(connection, "select * from core.article")
    return found


def later(page_id: int, hours: float = 1) -> Page:
    return replace(PAGE, page_id=page_id, fetched_at=T0 + hours * HOUR)


def test_a_new_article_is_ok_and_the_same_again_is_unchanged(connection: db.Connection) -> None:
    number = number_of(connection)
    assert store.save_articles(connection, "town", [parsed(ARTICLE, number)], run_id=1) == {number: Outcome.OK}
    before = stored(connection)
    assert store.save_articles(connection, "town", [parsed(ARTICLE, number, later(2))], run_id=2) == {number: Outcome.UNCHANGED}
    assert stored(connection) == before
    assert (before["body_kinds"], before["word_count"], before["run_id"]) == (["paragraph", "heading"], 5, 1)


def test_nothing_to_store_is_nothing_stored(connection: db.Connection) -> None:
    assert store.save_articles(connection, "town", [], run_id=1) == {}


def test_versions_in_one_batch_become_revisions_in_the_order_of_their_pages(connection: db.Connection) -> None:
    number = number_of(connection)
    batch = [parsed(replace(ARTICLE, title=f"Title {hours}"), number, later(hours, hours)) for hours in (3, 1, 2)]
    assert store.save_articles(connection, "town", batch, run_id=1) == {number: Outcome.OK}
    row = stored(connection)
    assert (row["title"], row["revision"], row["first_seen_at"]) == ("Title 3", 3, T0 + HOUR)
    kept = db.select(connection, "select title, seen_from, seen_to from core.article_revision order by revision")
    assert [tuple(one.values()) for one in kept] == [
        ("Title 1", T0 + HOUR, T0 + 2 * HOUR),
        ("Title 2", T0 + 2 * HOUR, T0 + 3 * HOUR),
    ]


def test_an_older_page_changes_nothing_and_is_no_failure(connection: db.Connection) -> None:
    number = number_of(connection)
    store.save_articles(connection, "town", [parsed(ARTICLE, number, later(2, 2))], run_id=1)
    before = stored(connection)
    older = parsed(replace(ARTICLE, title="Older", views=3), number, later(1, 1))
    assert store.save_articles(connection, "town", [older], run_id=1) == {number: Outcome.UNCHANGED}
    assert stored(connection) == before
    assert len(db.select(connection, "select from core.article_reading")) == 1


def test_the_own_address_owns_the_article_whichever_came_first(connection: db.Connection) -> None:
    number = number_of(connection)
    old = announce(connection, replace(ANNOUNCED, url=URL + "-old"))[URL + "-old"][0]
    led, own = parsed(ARTICLE, old, later(1), own=False), parsed(ARTICLE, number, later(2, 2))
    assert store.save_articles(connection, "town", [led], run_id=1) == {old: Outcome.OK}
    assert store.save_articles(connection, "town", [own], run_id=1) == {number: Outcome.UNCHANGED, old: Outcome.REDIRECTED}
    assert stored(connection)["announcement_id"] == number
    assert store.save_articles(connection, "town", [led, own], run_id=1) == {old: Outcome.REDIRECTED, number: Outcome.UNCHANGED}


def test_of_two_addresses_that_lead_to_an_article_the_first_holds_it(connection: db.Connection) -> None:
    one, other = (announce(connection, replace(ANNOUNCED, url=f"{URL}-{name}"))[f"{URL}-{name}"][0] for name in "ab")
    batch = [parsed(ARTICLE, one, later(1, 1), own=False), parsed(ARTICLE, other, later(2, 2), own=False)]
    assert store.save_articles(connection, "town", batch, run_id=1) == {one: Outcome.OK, other: Outcome.REDIRECTED}
    assert stored(connection)["announcement_id"] == one


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another"},
        {"lead": "New"},
        {"body": (*ARTICLE.body, Block(BlockKind.PARAGRAPH, "More."))},
        {"body": (ARTICLE.body[0], Block(BlockKind.PARAGRAPH, "Details"))},
        {"media": ()},
        {"media": (Media("poll", title="Which?"),)},
    ],
)
def test_what_a_reader_sees_changed_makes_a_revision(change: dict[str, Any], connection: db.Connection) -> None:
    assert saved_again(connection, change) == (2, Outcome.OK, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"section": "Other"},
        {"modified_at": T0 + HOUR},
        {"authors": ("Ann Onym",)},
        {"tags": ("a",)},
        {"image_url": "https://cdn.example/2"},
        {"links": (Link("https://x.example/", "x"),)},
        {"editions": {"en": "https://town.example/en/a"}},
        {"cited_source": "the mayor"},
        {"edited": True},
        {"language": "uk"},
        {"is_mixed": True},
        {"published_at": T0 - HOUR},
    ],
)
def test_what_stands_beside_the_text_updates_the_row_alone(change: dict[str, Any], connection: db.Connection) -> None:
    assert saved_again(connection, change) == (1, Outcome.OK, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"views": 11},
        {"reactions": {"👍": 3}},
        {"media": (Media("photo", "https://cdn.example/1?token=b"),)},
        {"language_confidence": 0.5},
        {"published_at": T0.astimezone(tz=None)},
    ],
)
def test_counters_and_expiring_addresses_are_no_change(change: dict[str, Any], connection: db.Connection) -> None:
    assert saved_again(connection, change) == (1, Outcome.UNCHANGED, 0)
    row = stored(connection)
    assert row["updated_at"] == row["first_seen_at"] == T0


def saved_again(connection: db.Connection, change: dict[str, Any]) -> tuple[int, Outcome, int]:
    number = number_of(connection)
    store.save_articles(connection, "town", [parsed(ARTICLE, number)], run_id=1)
    outcomes = store.save_articles(connection, "town", [parsed(replace(ARTICLE, **change), number, later(2))], run_id=2)
    return stored(connection)["revision"], outcomes[number], len(db.select(connection, "select from core.article_revision"))


def test_how_an_article_was_read_is_stored_and_follows_the_parser_without_a_change(connection: db.Connection) -> None:
    number = number_of(connection)
    store.save_articles(connection, "town", [parsed(ARTICLE, number)], run_id=1)
    row = stored(connection)
    assert row["parse_method"] == "rules"
    assert row["missing"] == ["authors", "lead", "image_url", "section", "tags"]
    again = replace(ARTICLE, found_by={"body": "density", "title": "printed"})
    assert store.save_articles(connection, "town", [parsed(again, number, later(2))], run_id=2) == {number: Outcome.UNCHANGED}
    found = stored(connection)
    assert (found["parse_method"], found["found_by"]) == ("density", {"body": "density", "title": "printed"})
    assert found["quality"] < row["quality"]
    assert found["updated_at"] == T0


def test_a_reading_is_kept_only_where_a_counter_moved(connection: db.Connection) -> None:
    number = number_of(connection)
    for hours, views in enumerate((10, 10, 12, 12, None, 9)):
        read = parsed(replace(ARTICLE, views=views), number, later(hours + 1, hours))
        store.save_articles(connection, "town", [read], run_id=1)
    found = db.select(connection, "select read_at, views from core.article_reading order by read_at")
    assert [(row["read_at"], row["views"]) for row in found] == [(T0, 10), (T0 + 2 * HOUR, 12), (T0 + 5 * HOUR, 9)]
    assert stored(connection)["views"] == 9


def test_an_article_that_is_gone_is_marked_once_and_only_that_one(connection: db.Connection) -> None:
    number = number_of(connection)
    other = announce(connection, replace(ANNOUNCED, url=URL + "-2"))[URL + "-2"][0]
    second = replace(ARTICLE, url=URL + "-2", external_id="2", title="Another")
    store.save_articles(connection, "town", [parsed(ARTICLE, number), parsed(second, other)], run_id=1)
    for moment in (T0 + HOUR, T0 + 2 * HOUR):
        store.save_miss(connection, [number], Failed(URL, Outcome.GONE, "404"), page_id=None, visited_at=moment)
    store.save_miss(connection, [other], Failed(URL, Outcome.REFUSED, "403"), page_id=None, visited_at=T0)
    found = {row["external_id"]: row["removed_at"] for row in db.select(connection, "select * from core.article")}
    assert found == {ARTICLE.external_id: T0 + HOUR, "2": None}
    store.save_articles(connection, "town", [parsed(ARTICLE, number, later(3, 3))], run_id=1)
    assert db.select(connection, "select from core.article where removed_at is not null") == []


def test_a_channels_picture_is_no_part_of_any_hash_and_a_sites_is() -> None:
    moved = replace(ARTICLE, image_url="https://cdn.example/other")
    assert store.hashes(ARTICLE, channel=True) == store.hashes(moved, channel=True)
    assert store.hashes(ARTICLE, channel=False).record != store.hashes(moved, channel=False).record


def test_texts_are_compared_by_their_words_alone() -> None:
    shouted = replace(ARTICLE, body=(Block(BlockKind.PARAGRAPH, "«A  SMALL» thing — happened! details"),))
    assert store.hashes(shouted, channel=False).text == store.hashes(ARTICLE, channel=False).text
    assert store.hashes(shouted, channel=False).content != store.hashes(ARTICLE, channel=False).content
    wordless = store.hashes(replace(ARTICLE, body=(Block(BlockKind.PARAGRAPH, "🙂 …"),)), channel=True)
    assert (wordless.text, wordless.words) == (None, 0)


def test_fields_cannot_pass_for_one_another() -> None:
    title, lead = replace(ARTICLE, title="x", lead=None), replace(ARTICLE, title=None, lead="x")
    assert store.hashes(title, channel=False).content != store.hashes(lead, channel=False).content
