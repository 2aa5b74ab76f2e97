from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from newswire import quality, sources
from newswire.model import Announcement, Article, Block, BlockKind, Media, Page, TimeOrigin
from newswire.quality import POST_FIELDS, SHORT_BODY, SITE_FIELDS, TRUST, assess


def body(words: int) -> tuple[Block, ...]:
    return (Block(BlockKind.PARAGRAPH, " ".join(["слово"] * words)),) if words else ()


WHOLE = Article(
    source="town",
    feed="uk",
    external_id="mist",
    url="https://town.example/mist",
    body=body(200),
    published_at=datetime(2026, 2, 20, 6, tzinfo=UTC),
    time_origin=TimeOrigin.FEED,
    title="Міст відкрили",
    lead="Рух пустили о шостій.",
    authors=("Олена Мостова",),
    section="Місто",
    tags=("міст",),
    image_url="https://town.example/mist.jpg",
)
ABSENT: dict[str, Any] = {"title": None, "lead": None, "authors": (), "section": None, "tags": (), "image_url": None, "body": ()}
POST = replace(WHOLE, **{**ABSENT, "body": body(5)}, time_origin=TimeOrigin.POST)


def some(seed: int) -> Article:
    """Return an article that lacks some fields, with some of the ways to find the others."""
    dice = random.Random(seed)
    lost = {name: value for name, value in ABSENT.items() if dice.random() < 0.3}
    ways = {name: dice.choice(list(TRUST)) for name in SITE_FIELDS if dice.random() < 0.7}
    found = replace(WHOLE, body=body(dice.choice((0, 1, 20, 39, 40, 300))), time_origin=dice.choice(list(TimeOrigin)))
    return replace(found, **lost, found_by=ways)


def score(article: Article, *, channel: bool = False) -> float:
    return assess(article, channel=channel).score


def test_the_weights_sum_up_to_one() -> None:
    for fields in (SITE_FIELDS, POST_FIELDS):
        assert sum(fields.values()) == pytest.approx(1)
    assert all(0 < trust <= 1 for trust in TRUST.values())


@pytest.mark.parametrize("kind", ["site", "channel"])
@pytest.mark.parametrize("seed", range(60))
def test_a_field_that_is_missing_never_raises_the_score(seed: int, kind: str) -> None:
    article = some(seed)
    before = assess(article, channel=kind == "channel")
    assert 0 <= before.score <= 1
    for name, value in ABSENT.items():
        after = assess(replace(article, **{name: value}), channel=kind == "channel")
        assert after.score <= before.score
        assert set(before.missing) <= set(after.missing)


@pytest.mark.parametrize("seed", range(60))
def test_a_less_sure_way_never_raises_the_score_and_a_surer_one_never_lowers_it(seed: int) -> None:
    article = some(seed)
    by_trust = sorted(TRUST, key=lambda way: TRUST[way])
    for name in SITE_FIELDS:
        scores = [score(replace(article, found_by={**article.found_by, name: way})) for way in by_trust]
        assert scores == sorted(scores)


@pytest.mark.parametrize("seed", range(10))
def test_a_longer_body_never_lowers_the_score(seed: int) -> None:
    scores = [score(replace(some(seed), body=body(words))) for words in range(SHORT_BODY + 20)]
    assert scores == sorted(scores)
    assert scores[SHORT_BODY] == scores[-1] > scores[0]


def test_the_scale() -> None:
    assert assess(WHOLE, channel=False) == quality.Quality(1.0, (), "rules")
    generic = dict.fromkeys(("lead", "authors", "section", "tags", "image_url"), "json_ld") | {"title": "printed"}
    assert score(replace(WHOLE, found_by={**generic, "body": "semantic"})) == pytest.approx(0.95, abs=0.02)
    shown = replace(WHOLE, authors=(), time_origin=TimeOrigin.PAGE, found_by={**generic, "body": "density"})
    assert score(shown) == pytest.approx(0.8, abs=0.04)
    assert score(replace(WHOLE, body=body(8), authors=(), tags=())) == pytest.approx(0.5, abs=0.05)


def test_an_article_without_a_body_is_worth_less_than_half() -> None:
    found = assess(replace(WHOLE, body=()), channel=False)
    assert found.score == pytest.approx(0.5)
    assert found.missing == ("body",)


def test_what_is_missing_is_named_in_the_order_of_weight() -> None:
    bare = replace(WHOLE, **{name: value for name, value in ABSENT.items() if name not in ("body", "title")})
    assert assess(bare, channel=False).missing == ("authors", "lead", "image_url", "section", "tags")


def test_the_time_counts_by_where_it_stood() -> None:
    by_origin = {origin: score(replace(WHOLE, time_origin=origin)) for origin in TimeOrigin}
    assert by_origin[TimeOrigin.FEED] > by_origin[TimeOrigin.JSON_LD] > by_origin[TimeOrigin.META] > by_origin[TimeOrigin.PAGE]


def test_the_method_is_how_the_body_was_found() -> None:
    assert assess(replace(WHOLE, found_by={"body": "density"}), channel=False).method == "density"
    assert assess(POST, channel=True).method == "post"


def test_a_way_that_nobody_knows_is_the_least_sure() -> None:
    strange = score(replace(WHOLE, found_by={"body": "guessed"}))
    assert strange == min(score(replace(WHOLE, found_by={"body": way})) for way in TRUST)


def test_a_post_needs_neither_title_nor_length() -> None:
    assert assess(POST, channel=True) == quality.Quality(1.0, (), "post")
    picture = replace(POST, body=(), media=(Media("photo"),))
    assert assess(picture, channel=True) == quality.Quality(1.0, (), "post")
    assert assess(replace(POST, body=()), channel=True) == quality.Quality(0.3, ("body",), "post")


def test_a_sites_article_of_pictures_alone_has_no_body() -> None:
    assert assess(replace(WHOLE, body=(), media=(Media("photo"),)), channel=False).missing == ("body",)


@pytest.mark.parametrize("origin", TimeOrigin)
def test_every_origin_of_a_time_is_a_known_way(origin: TimeOrigin) -> None:
    assert origin.value in TRUST


UNN = sources.load("unn")
AT_UNN = "https://unn.ua/news/u-verbivtsi-vidkryly-mist"
TODAY = (
    '<html><head><title>Міст | УНН</title><meta property="og:description" content="Рух пустили."></head><body>'
    '<h1 class="single-news-card_newsTitle__x">Міст</h1><div class="single-news-card_body__x"><p>Міст відкрили.</p></div></body>'
)


def read_by_unn(html: str, **said: Any) -> Article:
    page = Page(url=AT_UNN, final_url=AT_UNN, status=200, body=html.encode(), fetched_at=WHOLE.published_at)
    announced = Announcement("unn", "uk", AT_UNN, published_at=WHOLE.published_at, time_origin=TimeOrigin.FEED, **said)
    (found,) = UNN.parse(UNN, page, announced)
    assert isinstance(found, Article)
    return found


def test_a_source_with_rules_says_which_fields_they_gave() -> None:
    found = read_by_unn(TODAY, section="Місто")
    expected = {"title": "rules", "body": "rules", "lead": "meta", "section": "announced", "published_at": "feed"}
    assert found.found_by == {**expected, "url": "announced"}
    assert TRUST.keys() >= set(found.found_by.values())


def test_a_source_whose_rules_fail_says_so() -> None:
    long = "<p>" + "Міст відкрили після ремонту, який тривав рік. " * 8 + "</p>"
    changed = read_by_unn(TODAY.replace("single-news-card_", "n").replace("__x", "").replace("<p>Міст відкрили.</p>", long))
    assert (changed.found_by["body"], changed.found_by["title"]) == ("density", "window")
    ruled = read_by_unn(TODAY.replace("<p>Міст відкрили.</p>", long))
    assert score(ruled) > score(changed)
    data = '<script type="application/ld+json">{"@type":"NewsArticle","articleBody":"Міст відкрили."}</script><title>Міст</title>'
    assert read_by_unn(data).found_by["body"] == "json_ld"


def test_a_post_says_that_it_is_its_own_source() -> None:
    post = (
        '<div class="tgme_widget_message_wrap tgme_widget_message" data-post="novyny/7">'
        '<div class="tgme_widget_message_text js-message_text">Міст</div>'
        '<a class="tgme_widget_message_date"><time datetime="2026-02-20T06:00:00+00:00"></time></a></div>'
    )
    telegram, url = sources.load("telegram"), "https://t.me/s/novyny"
    page = Page(url=url, final_url=url, status=200, body=post.encode(), fetched_at=WHOLE.published_at)
    (found,) = telegram.parse(telegram, page, Announcement("telegram", "novyny", "https://t.me/novyny/7"))
    assert isinstance(found, Article)
    assert found.found_by == {"url": "post", "body": "post", "published_at": "post"}
    assert assess(found, channel=True) == quality.Quality(1.0, (), "post")
