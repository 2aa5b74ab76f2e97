from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from selectolax.lexbor import LexborHTMLParser

from newswire.bylines import persons, without_house
from newswire.model import TimeOrigin
from newswire.structured import Structured, read

KYIV = ZoneInfo("Europe/Kyiv")
URL = "https://novyny.example/news/mist-vidkryly"
PAGES = Path(__file__).parents[2] / "shared" / "data" / "pages"


def stated(head: str, body: str = "", url: str = URL, lang: str = "uk") -> Structured:
    return read(LexborHTMLParser(f"<html lang='{lang}'><head>{head}</head><body>{body}</body></html>"), url, KYIV)


def script(*values: object) -> str:
    texts = [value if isinstance(value, str) else json.dumps(value) for value in values]
    return "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)


NEWS = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Міст відкрили",
    "description": "Рух пустили о шостій.",
    "datePublished": "2026-02-20T06:00:00+02:00",
    "dateModified": "2026-02-20T07:30:00+02:00",
    "author": {"@type": "Person", "name": "Олена Мостова"},
    "publisher": {"@type": "NewsMediaOrganization", "name": "Новини Прикладу"},
    "articleSection": "Місто",
    "keywords": ["міст", "#рух"],
    "image": {"@type": "ImageObject", "url": "/i/mist.jpg?sign=1"},
    "inLanguage": "uk-UA",
    "articleBody": "Перший абзац.\nДругий абзац.",
}


def test_json_ld_gives_every_field() -> None:
    found = stated(script(NEWS))
    assert (found.title, found.lead, found.section) == ("Міст відкрили", "Рух пустили о шостій.", "Місто")
    assert found.body == "Перший абзац.\nДругий абзац."
    assert found.authors == ("Олена Мостова",)
    assert found.published_at == datetime(2026, 2, 20, 4, tzinfo=UTC)
    assert found.published_origin is TimeOrigin.JSON_LD
    assert found.modified_at == datetime(2026, 2, 20, 5, 30, tzinfo=UTC)
    assert found.tags == ("міст", "рух")
    assert found.image_url == "https://novyny.example/i/mist.jpg?sign=1"
    assert (found.language, found.kind, found.site_name) == ("uk", "NewsArticle", "Новини Прикладу")


def test_each_field_says_where_it_stood() -> None:
    head = '<meta name="keywords" content="міст"><meta name="description" content="Рух пустили.">'
    body = '<article itemtype="https://schema.org/Article"><b itemprop="articleSection">Місто</b></article>'
    found = stated(script({"@type": "NewsArticle", "headline": "Міст"}) + head, body)
    assert found.found_by == {"title": "json_ld", "lead": "meta", "tags": "meta", "section": "microdata"}
    assert set(stated(script(NEWS)).found_by.values()) == {"json_ld"}


def test_the_article_is_found_behind_other_blocks_and_inside_a_graph() -> None:
    listed = {"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "Чужа новина"}]}
    graph = {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Новини"}, [NEWS]]}
    noise = [{"@type": "BreadcrumbList"}, listed, {"@type": "Organization", "name": "Дім"}, 5, None, "text"]
    assert stated(script(*noise, graph)).title == "Міст відкрили"


def test_of_several_articles_the_one_at_the_pages_address_is_taken() -> None:
    other = NEWS | {"headline": "Інша", "url": "https://novyny.example/news/insha"}
    own = {"@type": "NewsArticle", "headline": "Своя", "mainEntityOfPage": {"@id": f"{URL}?utm_source=x"}}
    assert stated(script([other, own])).title == "Своя"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ('{"@type":"NewsArticle","headline":"Рядок\nз \tпереносом"}', "Рядок з переносом"),
        ('{"@type":"NewsArticle","headline":"Кома",}', "Кома"),
        ('{"@type":["NewsArticle",],"headline":"а,] б"}', "а,] б"),
        ('//<![CDATA[\n{"@type":"NewsArticle","headline":"Загорнута"}\n//]]>', "Загорнута"),
        ('<!-- {"@type":"NewsArticle","headline":"Коментар"} -->', "Коментар"),
        ('{"@type":"NewsArticle","headline":"Крапка"};;', "Крапка"),
        ('{"@type":"WebPage"}{"@type":"NewsArticle","headline":"Друга"}', "Друга"),
        ('{"@type":"NewsArticle","headline":"&quot;Цитата&quot; і&amp;nbsp;пробіл"}', '"Цитата" і пробіл'),
        ('{"@type":"NewsArticle","headline":"пів \\ud83d знака"}', "пів знака"),
        ('{"@type":"http://schema.org/NewsArticle","headline":{"@value":"x"},"name":"Назва"}', "Назва"),
    ],
)
def test_json_that_has_one_meaning_is_repaired(text: str, title: str) -> None:
    assert stated(script(text)).title == title


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "{",
            '{"@type": }',
            '{"@type":"NewsArticle","headline": ,"x":1}',
            '{"headline":"без кінця',
            "[" * 100_000,
            "1 " * 100_000,
        ),
        *(
            '{"a":"' + '\\"' * 200_000,
            "null",
            '{"@type":"NewsArticle","headline":null,"author":null,"datePublished":null,"image":null}',
        ),
        *(
            '{"@type":5,"@graph":{"@graph":{"@graph":7}},"mainEntityOfPage":true}',
            '{"@type":"NewsArticle","author":[[[[{"name":[]}]]]]}',
        ),
        '{"@type":"NewsArticle","headline":7e999999,"image":[[]],"keywords":{"a":1},"articleBody":[1,null]}',
    ],
)
def test_what_stays_broken_gives_nothing_and_does_no_harm(text: str) -> None:
    found = stated(script(text))
    assert (found.title, found.body, found.authors, found.times) == (None, None, (), ())


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Олена Мостова", ("Олена Мостова",)),
        ("By Ann Lee and Bob Ray", ("Ann Lee", "Bob Ray")),
        ([{"name": "Ann Lee"}, {"@type": "Organization", "name": "Агенція"}, "Bob Ray"], ("Ann Lee", "Bob Ray")),
        ({"@id": "#olena"}, ("Олена Мостова",)),
        ({"@id": "#nobody"}, ()),
        ({"@type": "Person", "name": ["Ann Lee", "Bob Ray"]}, ("Ann Lee", "Bob Ray")),
        ("Новини Прикладу", ()),
        ("https://facebook.example/novyny", ()),
        ("novyny.example", ()),
        (["Ann Lee", "Ann Lee"], ("Ann Lee",)),
    ],
)
def test_authors_are_persons_however_they_are_written(author: object, expected: tuple[str, ...]) -> None:
    person = {"@type": "Person", "@id": "#olena", "name": "Олена Мостова"}
    assert stated(script(person, NEWS | {"author": author})).authors == expected


def test_an_object_that_refers_to_itself_ends() -> None:
    assert stated(script(NEWS | {"author": {"@id": "#a"}}, {"@id": "#a", "author": {"@id": "#a"}})).authors == ()


def test_a_body_with_markup_becomes_paragraphs() -> None:
    body = "&lt;p&gt;Перший <b>абзац</b>.&lt;/p&gt;<p>Другий.<style>p {}</style></p>"
    assert stated(script(NEWS | {"articleBody": body})).body == "Перший абзац.\nДругий."


def test_meta_tags_fill_what_json_ld_does_not_say() -> None:
    found = stated(
        '<meta property="og:title" content="Міст відкрили | Новини Прикладу">'
        '<meta property="og:site_name" content="Новини Прикладу">'
        '<meta property="og:description" content="Рух &amp;laquo;пустили&amp;raquo;"><meta property="og:type" content="article">'
        '<meta property="article:published_time" content="2026-02-20T06:00"><meta name="keywords" content="міст; рух, міст">'
        '<meta property="article:section" content="Місто"><meta name="AUTHOR" content="Олена Мостова"><meta content="нічий">'
        '<meta property="og:image" content="//img.example/m.jpg"><meta property="og:url" content="/news/mist-vidkryly?fbclid=1">'
    )
    assert (found.title, found.lead, found.kind) == ("Міст відкрили", "Рух «пустили»", "article")
    assert found.published_at == datetime(2026, 2, 20, 6, tzinfo=KYIV)
    assert found.published_origin is TimeOrigin.META
    assert found.tags == ("міст", "рух")
    assert (found.section, found.authors) == ("Місто", ("Олена Мостова",))
    assert found.image_url == "https://img.example/m.jpg"
    assert found.canonical_url == URL


def test_microdata_and_time_elements_come_last() -> None:
    found = stated(
        "",
        '<article itemtype="https://schema.org/NewsArticle" itemscope><h1 itemprop="headline">Міст</h1>'
        '<span itemprop="author" itemscope><a itemprop="name">Олена Мостова</a></span>'
        '<span itemprop="datePublished" content="2020-12-03T18:47"></span></article>',
    )
    assert (found.title, found.authors) == ("Міст", ("Олена Мостова",))
    assert found.published_at == datetime(2020, 12, 3, 18, 47, tzinfo=KYIV)
    assert found.published_origin is TimeOrigin.PAGE


def test_the_first_time_element_behind_the_headline_is_the_articles() -> None:
    times = (
        '<time datetime="2026-02-21">сьогодні</time><h1>Міст</h1><time>20 лютого 2026, 06:00</time><time datetime="2019-01-01">'
    )
    assert stated("", times).published_at == datetime(2026, 2, 20, 6, tzinfo=KYIV)


def test_the_address_gives_the_day_when_nothing_else_does() -> None:
    found = stated("", "<p>Текст</p>", url="https://novyny.example/2026/02/20/mist")
    assert found.published_at == datetime(2026, 2, 20, tzinfo=KYIV)
    assert found.published_origin is TimeOrigin.PAGE


def test_all_stated_times_are_kept_in_the_order_of_trust() -> None:
    found = stated(script(NEWS) + '<meta property="article:published_time" content="2026-02-19">', '<time datetime="2026-02-18">')
    assert [origin for _, origin in found.times] == [TimeOrigin.JSON_LD, TimeOrigin.META, TimeOrigin.PAGE]


def test_an_impossible_time_leaves_its_place_to_the_next() -> None:
    found = stated(
        script(NEWS | {"datePublished": "2026-02-31"}) + '<meta property="article:published_time" content="2026-02-19">'
    )
    assert found.published_origin is TimeOrigin.META


def test_editions_are_told_by_hreflang_without_the_default_and_start_pages() -> None:
    found = stated(
        '<link rel="alternate" hreflang="uk-UA" href="/news/mist?utm_source=a">'
        '<link rel="alternate" hreflang="ru" href="/ru/news/most">'
        '<link rel="alternate" hreflang="x-default" href="/news/mist"><link rel="alternate" hreflang="en" href="/">'
        '<link rel="alternate" hreflang="de" href="http://["><link rel="canonical" href="/news/mist/">'
    )
    assert found.editions == {"uk": "https://novyny.example/news/mist", "ru": "https://novyny.example/ru/news/most"}
    assert found.canonical_url == "https://novyny.example/news/mist"


@pytest.mark.parametrize(("declared", "language"), [("uk-UA", "uk"), ("ua", "uk"), ("RU", "ru"), ("", None), ("ukr", None)])
def test_the_declared_language_is_one_code(declared: str, language: str | None) -> None:
    assert stated("", lang=declared).language == language


@pytest.mark.parametrize("url", ["", "http://[bad", "about:blank", "novyny"])
def test_an_address_that_is_none_does_no_harm(url: str) -> None:
    assert stated(script(NEWS) + '<meta property="og:image" content="http://[x">', url=url).title == "Міст відкрили"


def test_a_page_that_says_nothing_gives_nothing() -> None:
    assert read(LexborHTMLParser(""), URL) == Structured()


def test_thousands_of_nested_authors_are_not_all_read() -> None:
    assert len(stated("", '<div itemprop="author">Ann Lee '.replace("Lee", "Lee{}") * 5000).authors) <= 30


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Автор: Олена Мостова", ("Олена Мостова",)),
        ("Олена Мостова, Іван Рух та Петро Брід", ("Олена Мостова", "Іван Рух", "Петро Брід")),
        ("Written by Ann Lee | https://x.example/ann", ("Ann Lee",)),
        ("admin", ()),
        ("Редакція", ()),
        ("news@novyny.example", ()),
        ("x" * 5000, ()),
    ],
)
def test_a_by_line_names_persons(line: str, names: tuple[str, ...]) -> None:
    assert persons(line) == names


@pytest.mark.parametrize(
    ("title", "site", "expected"),
    [
        ("Міст відкрили | Новини", "Новини", "Міст відкрили"),
        ("Міст — початок - Новини Прикладу", "Новини прикладу", "Міст — початок"),
        ("Міст | рух", "Новини", "Міст | рух"),
        ("Новини", "Новини", "Новини"),
        ("Міст | Новини", None, "Міст | Новини"),
    ],
)
def test_the_house_is_cut_off_a_title(title: str, site: str | None, expected: str) -> None:
    assert without_house(title, site) == expected


@pytest.mark.parametrize(
    "name", ["pravda.com.ua_2026-01-08_ru.html.gz", "unn.com.ua_2020-12-03_ru.html", "24tv.ua_2020-09-21.html"]
)
def test_a_real_page_says_its_title_time_and_author(name: str) -> None:
    path = PAGES / name
    if not path.exists():
        pytest.skip(f"no real page {name} beside the project")
    html = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    found = read(LexborHTMLParser(html), "https://a.example/news/x", KYIV)
    assert found.title
    assert found.authors
    assert found.published_at is not None
    assert found.published_at.strftime("%Y-%m-%d") == name.split("_")[1].removesuffix(".html")
    assert found.published_origin is TimeOrigin.JSON_LD
