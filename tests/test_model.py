from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from newswire import sources
from newswire.model import Announcement, Article, Block, BlockKind, Page, TimeOrigin, Window, check_aware
from newswire.window import KYIV

AT = datetime(2026, 2, 20, 13, 5, tzinfo=UTC)
NAIVE = datetime(2026, 2, 20, 13, 5)  # noqa: DTZ001 - what the model has to refuse

ARTICLE = Article(
    source="unn",
    feed="uk",
    external_id="news/mist",
    url="https://unn.ua/news/mist",
    body=(Block(BlockKind.PARAGRAPH, "Міст відкрили."), Block(BlockKind.DETAILS, "Деталі"), Block(BlockKind.QUOTE, "Ура")),
    published_at=AT,
    time_origin=TimeOrigin.FEED,
)


def test_a_time_without_a_zone_is_refused_everywhere_with_its_fields_name() -> None:
    with pytest.raises(ValueError, match="published_at has no time zone"):
        replace(ARTICLE, published_at=NAIVE)
    with pytest.raises(ValueError, match="modified_at has no time zone"):
        replace(ARTICLE, modified_at=NAIVE)
    with pytest.raises(ValueError, match="published_at has no time zone"):
        Announcement("unn", "uk", "https://unn.ua/news/mist", published_at=NAIVE)
    with pytest.raises(ValueError, match="start has no time zone"):
        Window(NAIVE, AT)
    with pytest.raises(ValueError, match="end has no time zone"):
        Window(AT, NAIVE)


@pytest.mark.parametrize("zone", [UTC, KYIV, timezone(timedelta(hours=-11))])
def test_a_time_with_any_zone_is_accepted(zone: timezone) -> None:
    check_aware(AT.astimezone(zone), "published_at")
    assert replace(ARTICLE, published_at=AT.astimezone(zone)) == ARTICLE


def test_a_window_must_have_a_length() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Window(AT, AT)
    with pytest.raises(ValueError, match="before it starts"):
        Window(AT, AT.astimezone(KYIV) - timedelta(microseconds=1))
    assert Window(AT, AT + timedelta(microseconds=1)).start == AT


def test_nouns_cannot_be_changed() -> None:
    for noun, field in ((ARTICLE, "title"), (Window(AT, AT + timedelta(1)), "end"), (sources.load("unn"), "name")):
        with pytest.raises(FrozenInstanceError):
            setattr(noun, field, "other")


def test_the_text_of_an_article_is_its_blocks_line_by_line() -> None:
    assert ARTICLE.text == "Міст відкрили.\nДеталі\nУра"
    assert replace(ARTICLE, body=()).text == ""


def test_a_page_with_broken_bytes_still_has_a_text() -> None:
    page = Page("https://unn.ua/", "https://unn.ua/", 200, "Київ".encode() + b"\xff\xed\xa0\x80!", AT)
    assert page.text.startswith("Київ\ufffd")
    assert page.text.endswith("!")
    page.text.encode()


def test_a_feed_is_found_in_any_letter_case_and_an_unknown_one_is_refused_with_the_known_ones() -> None:
    unn = sources.load("unn")
    assert unn.feed("UK").name == "uk"
    with pytest.raises(KeyError, match="unn has no feed 'fr'; it has: uk, ru, en"):
        unn.feed("fr")


def test_a_source_of_open_feeds_takes_any_name() -> None:
    assert sources.load("telegram").feed("nw_sample_small").name == "nw_sample_small"
