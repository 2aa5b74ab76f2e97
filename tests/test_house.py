from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from newswire import house
from newswire.discover import site
from newswire.model import Announcement, Article, Feed, Outcome, Page, Parse, Rejected, Source
from newswire.window import KYIV

NOW = datetime(2026, 2, 20, 15, 10, tzinfo=KYIV)
URL = "https://novyny.example/news/mist-cherez-tashan"
BODY = (
    "Міст через Ташань відкрили для руху після восьми місяців ремонту, і першим ним проїхав рейсовий автобус.",
    "Приєднуйтесь до нас у соцмережах, щоб першими дізнаватися про мости, переправи та об’їзди по всій області.",
    "За словами інженера Мирона Стельмаха, нові опори витримають удвічі більшу вагу, ніж ті, що стояли тут раніше.",
)
INVITATION = "Приєднуйтесь до нас .*"


def source(parse: Parse) -> Source:
    return Source("novyny", "Новини", "site", (Feed("uk", ("uk",)),), site(), parse, "1", home="https://novyny.example/")


def page(lines: tuple[str, ...], authors: str) -> Page:
    stated = (
        f'{{"@type":"NewsArticle","headline":"Міст відкрили","author":[{authors}],"datePublished":"2026-02-20T12:00:00+02:00"}}'
    )
    text = "".join(f"<p>{line}</p>" for line in lines)
    html = (
        f'<html><head><title>Міст відкрили</title><script type="application/ld+json">{stated}</script></head>'
        f'<body><article><h1>Міст відкрили</h1><div class="article-body">{text}</div></article></body></html>'
    )
    return Page(url=URL, final_url=URL, status=200, body=html.encode(), fetched_at=NOW)


def parsed(
    parse: Parse, lines: tuple[str, ...] = BODY, authors: str = '{"@type":"Person","name":"Novyny"}'
) -> Article | Rejected:
    (found,) = iter_parsed(parse, lines, authors)
    return found


def iter_parsed(parse: Parse, lines: tuple[str, ...], authors: str) -> Iterator[Article | Rejected]:
    yield from parse(source(parse), page(lines, authors), Announcement("novyny", "uk", URL, title="Міст відкрили"))


def test_the_houses_lines_and_names_are_left_out_and_nothing_else() -> None:
    found = parsed(
        house.without(lines=INVITATION, authors=("Novyny",)),
        authors='{"@type":"Person","name":"Novyny"},{"@type":"Person","name":"Ліна Дзвінка"}',
    )
    assert isinstance(found, Article)
    assert [block.text for block in found.body] == [BODY[0], BODY[2]]
    assert found.authors == ("Ліна Дзвінка",)
    assert (found.title, found.external_id) == ("Міст відкрили", "news/mist-cherez-tashan")


def test_without_rules_it_is_the_generic_parser() -> None:
    found = parsed(house.without())
    assert isinstance(found, Article)
    assert [block.text for block in found.body] == list(BODY)
    assert found.authors == ("Novyny",)


def test_a_line_goes_only_where_all_of_it_is_of_the_pattern() -> None:
    found = parsed(house.without(lines="Приєднуйтесь|відкрили"))
    assert isinstance(found, Article)
    assert [block.text for block in found.body] == list(BODY)


def test_a_page_with_nothing_but_the_houses_lines_has_no_text() -> None:
    found = parsed(house.without(lines=".*"))
    assert isinstance(found, Rejected)
    assert (found.outcome, found.url) == (Outcome.NO_TEXT, URL)


@pytest.mark.parametrize("rules", [house.without(lines=INVITATION), house.without(authors=("Novyny",))])
def test_what_the_generic_parser_rejects_stays_rejected(rules: Parse) -> None:
    found = parsed(rules, lines=())
    assert isinstance(found, Rejected)
