from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest

from newswire import sources
from newswire.citation import cited_source
from newswire.model import Announcement, Article, Block, BlockKind, Link, Outcome, Page, Rejected, TimeOrigin
from newswire.text import clean

KYIV = ZoneInfo("Europe/Kyiv")
NOW = datetime(2026, 2, 21, 0, 20, tzinfo=KYIV)
AT = datetime(2026, 2, 20, 15, 5, 41, tzinfo=KYIV)
SHARED = Path(__file__).parents[2] / "shared"
UNN = sources.load("unn")

IMAGE = "https://img.unn.ua/img/2026/02/20/1771592700-1234-large.webp"
PARAGRAPH, HEADING = BlockKind.PARAGRAPH, BlockKind.HEADING


@dataclass(frozen=True)
class Shape:
    """A page of today's site, as its facts describe it."""

    edition: str = "uk"
    slug: str = "u-verbivtsi-vidkryly-mist"
    title: str = "У Вербівці відкрили міст - Коваль"
    lead: str = "Міст через річку відкрили після ремонту. Рух дозволено всім."
    body: str = "<p>У Вербівці відкрили міст, повідомляє УНН з посиланням на міську раду.</p>"
    dateline: str = "Київ • УНН"
    views: str = " • <!-- -->1962<!-- --> перегляди"
    head: str = ""
    after_body: str = ""
    css: str = "w0_Jb"

    @property
    def url(self) -> str:
        prefix = {"uk": "", "ru": "/ru", "en": "/en"}[self.edition]
        return f"https://unn.ua{prefix}/news/{self.slug}"

    def html(self) -> str:
        return (
            f'<!DOCTYPE html><html lang="{self.edition}"><head><meta charSet="utf-8"/><title>{escape(self.title)} | УНН</title>'
            f'<meta property="og:title" content="{escape(self.title)}"/><meta name="description" content="{escape(self.lead)}"/>'
            f"{self.head}</head><body>{CHROME}<main>{self.card()}</main>{TOP}</body></html>"
        )

    def card(self) -> str:
        name = lambda part: f'class="single-news-card_{part}__{self.css}"'  # noqa: E731 - it is read fourteen lines further on
        return (
            f"<div {name('contentBlock')}><h1 {name('newsTitle')}>{escape(self.title)}</h1><div {name('tagDateInfo')}>"
            f"<p {name('tagDateInfoItem')}>{self.dateline}</p><p {name('tagDateInfoItem')}>{self.views}</p></div>"
            f"<div {name('announce')}><p>{escape(self.lead)}</p></div>"
            f'<div {name("imageBlock")}><img alt="x" src="/_next/image?url={quote(IMAGE, safe="")}&amp;w=720&amp;q=75"/></div>'
            f"<div {name('body')}>{self.body}</div>{self.after_body}</div>"
        )


CHROME = (
    "<header><div>$<!-- -->43.17<span>0.02</span></div><div>51.03<span>0.08</span></div>"
    '<div><a href="/">uk</a><a href="/en">en</a><a href="/ru">ru</a></div><p>Ексклюзив</p></header>'
)
TOP = "".join(
    f'<a href="/news/top-novyna-{n}"><span>Головна новина номер {n}</span><span>PhotoVideo</span>'
    f"<p>{n} лютого, 10:18 • 27155 перегляди</p></a>"
    for n in range(1, 11)
)


def page(html: str | bytes, url: str, **kept: object) -> Page:
    body = html if isinstance(html, bytes) else html.encode()
    return Page(url=url, final_url=str(kept.pop("final_url", url)), status=200, body=body, fetched_at=NOW, **kept)


def announced(url: str, at: datetime | None = AT, origin: TimeOrigin | None = TimeOrigin.FEED, **said: str) -> Announcement:
    return Announcement("unn", "uk", url, published_at=at, time_origin=origin if at else None, **said)


def parsed(html: str | bytes, announcement: Announcement, **kept: object) -> Article | Rejected:
    (found,) = UNN.parse(UNN, page(html, announcement.url, **kept), announcement)
    return found


def article(shape: Shape, announcement: Announcement | None = None, **kept: object) -> Article:
    found = parsed(shape.html(), announcement or announced(shape.url), **kept)
    assert isinstance(found, Article), found
    return found


def lines(body: str) -> list[tuple[BlockKind, str]]:
    return [(block.kind, block.text) for block in article(Shape(body=body)).body]


def texts(found: Article) -> list[str]:
    return [block.text for block in found.body]


# --- the whole


def test_a_page_of_todays_shape_is_read_whole() -> None:
    json_ld = {
        "@type": "NewsArticle",
        "headline": "У Вербівці відкрили міст",
        "datePublished": "2026-02-20T15:05:00+02:00",
        "dateModified": "2026-02-20T16:00:00+02:00",
        "author": [{"@type": "Person", "name": "Ганна Лісова"}, {"@type": "Person", "name": "УНН"}],
        "articleSection": "Суспільство",
    }
    shape = Shape(
        head=f'<script type="application/ld+json">{json.dumps(json_ld)}</script>'
        '<link rel="canonical" href="https://unn.ua/news/u-verbivtsi-vidkryly-mist"/>'
        '<link rel="alternate" hrefLang="uk" href="https://unn.ua/news/u-verbivtsi-vidkryly-mist"/>'
        '<link rel="alternate" hrefLang="ru" href="https://unn.ua/ru/news/v-verbovke-otkryli-most"/>',
        body="<p>Міст відкрили, повідомляє <b>УНН</b> з посиланням на "
        '<a href="https://t.me/rada/7">допис ради в Telegram</a>.</p>'
        "<h3>Деталі</h3><p>Ремонт тривав рік.</p>",
        after_body='<div class="single-news-card_tags__x1"><a href="/tags/mist">міст</a><a href="/tags/mist">міст</a></div>',
    )
    assert article(shape) == Article(
        source="unn",
        feed="uk",
        external_id="news/u-verbivtsi-vidkryly-mist",
        url="https://unn.ua/news/u-verbivtsi-vidkryly-mist",
        title="У Вербівці відкрили міст - Коваль",
        lead="Міст через річку відкрили після ремонту. Рух дозволено всім.",
        body=(
            Block(PARAGRAPH, "Міст відкрили, повідомляє УНН з посиланням на допис ради в Telegram."),
            Block(BlockKind.DETAILS, "Деталі"),
            Block(PARAGRAPH, "Ремонт тривав рік."),
        ),
        published_at=AT,
        time_origin=TimeOrigin.FEED,
        dateline="Київ • УНН",
        modified_at=datetime(2026, 2, 20, 14, tzinfo=UTC),
        authors=("Ганна Лісова",),
        section="Суспільство",
        tags=("міст",),
        image_url=IMAGE,
        links=(Link("https://t.me/rada/7", "допис ради в Telegram"),),
        editions={"ru": "https://unn.ua/ru/news/v-verbovke-otkryli-most"},
        cited_source="допис ради в Telegram",
        views=1962,
        found_by={
            **dict.fromkeys(("title", "lead", "body", "tags", "image_url"), "rules"),
            **dict.fromkeys(("modified_at", "authors", "section"), "json_ld"),
            "published_at": "feed",
            "url": "announced",
        },
    )


@pytest.mark.parametrize(
    ("edition", "dateline", "views", "count"),
    [
        ("uk", "Київ • УНН", " • <!-- -->13680<!-- --> перегляди", 13680),
        ("ru", "Киев • УНН", " • <!-- -->14816<!-- --> просмотра", 14816),
        ("en", "Kyiv • UNN", " • 86 views", 86),
        ("en", "Kyiv • UNN", "20 лютого 2026, 15:05 • 1 002 views", 1002),
    ],
)
def test_the_three_editions_are_read_alike(edition: str, dateline: str, views: str, count: int) -> None:
    found = article(Shape(edition=edition, dateline=dateline, views=views))
    assert (found.dateline, found.views) == (dateline, count)
    assert found.url == Shape(edition=edition).url


@pytest.mark.parametrize(
    ("kind", "headings"),
    [
        (BlockKind.DETAILS, ("Деталі", "Детали", "Details")),
        (BlockKind.RECALL, ("Нагадаємо", "Напомним", "Recall")),
        (BlockKind.ADDITION, ("Доповнення", "Дополнение", "Addendum", "Addition", "Add")),
    ],
)
def test_the_sub_headings_of_all_editions_are_known(kind: BlockKind, headings: tuple[str, ...]) -> None:
    for heading in headings:
        assert lines(f"<p>Початок.</p><div><strong>{heading}</strong></div>")[1] == (kind, heading)


def test_the_seed_comes_out_as_downstream_users_read_it() -> None:
    path = SHARED / "seed" / "unn_2026-02-20.txt"
    if not path.exists():
        pytest.skip("the seed is not here")
    first, lead, *body = path.read_text().split("\n")
    title = first.removeprefix(" date 2026-02-20 ")
    headings = {"Деталі", "Нагадаємо"}
    related = '<div><a href="/news/insha-novyna-dnia">Інша новина<span>Feb 19 2026, 03:57 PM • 20229 views</span></a></div>'
    quotes = [line for line in body if line not in headings and not line.endswith(".")]
    html = "".join(
        (f"<h3>{escape(line)}</h3>" if line in headings else f"<p>{escape(line).replace(' - ', '&nbsp;- ')}</p>")
        + (related if number in (0, 3) else "")
        for number, line in enumerate(body)
    )
    found = article(Shape(title=title, lead=lead, body=html))
    assert f" date {found.published_at.astimezone(KYIV):%Y-%m-%d} {found.title}" == first
    assert "\n".join([first, found.lead or "", *texts(found)]) == path.read_text()
    assert {block.text for block in found.body if block.kind is not PARAGRAPH} == headings
    assert len(quotes) == 2
    assert found.cited_source == body[0].rpartition(" посиланням на ")[2].removesuffix(".")


def test_the_real_old_page_is_read_whole() -> None:
    path = SHARED / "data" / "pages" / "unn.com.ua_2020-12-03_ru.html"
    if not path.exists():
        pytest.skip("the recorded page is not here")
    raw = path.read_text()
    shown = re.findall(r'<link rel="canonical" href="(.+?)"', raw)[0]
    url = shown.replace("www.", "")
    found = parsed(raw, announced(url, None), final_url=shown)
    assert isinstance(found, Article)
    assert (found.url, found.external_id) == (url, url.removeprefix("https://unn.com.ua/"))
    assert found.title == unescape(re.findall(r'property="og:title" content="(.+?)"', raw)[0])
    assert len(found.body) == 5
    assert {block.kind for block in found.body} == {PARAGRAPH}
    shown_text = clean(unescape(re.sub("<[^>]+>", "", re.findall(r'itemprop="articleBody">(.+?)</div>', raw, re.DOTALL)[0])))
    assert " ".join([found.dateline or "", *texts(found)]) == shown_text
    assert found.dateline == "КИЕВ. 3 декабря. УНН."
    assert found.lead is None
    assert found.published_at == datetime(2020, 12, 3, 18, 47, tzinfo=KYIV)
    assert found.authors == ("Алексей Супрун",)
    assert found.views == 3375
    assert found.tags == ("Молдова",)
    assert found.section == "Новости Мира"
    assert found.cited_source == "местное издание Cotidianul"
    assert found.editions == {"uk": url.replace("/ru/", "/uk/")}
    assert [link.url.split("/")[2] for link in found.links] == ["cotidianul.md", "newsmaker.md"]
    assert (found.image_url or "").startswith("https://www.unn.com.ua/uploads/news/2020/12/03/2a29ddce")


# --- body


def test_nothing_of_the_page_around_leaks_into_the_text() -> None:
    found = article(Shape())
    whole = " ".join([found.title or "", found.lead or "", found.text])
    for foreign in ("43.17", "51.03", "uk", "Головна новина", "Photo", "перегляди", "Київ •", "Ексклюзив", "| УНН"):
        assert foreign not in whole


@pytest.mark.parametrize(
    "related",
    [
        '<p><a href="/news/insha-novyna">Інша новина дня</a></p>',
        '<div><a href="https://unn.ua/ru/news/drugaia-novost">Что будет с мостом?</a></div>',
        '<div><a href="/news/insha-novyna"><div><p>Інша</p><p>Nov 11 2024, 03:57 PM • 20229 views</p></div></a></div>',
        '<div><a href="/news/insha-novyna">Інша новина</a><span>19 лютого, 10:18 • 27155 перегляди</span></div>',
        '<div><a href="/news/insha-novyna"><img src="/a.jpg"/></a><a href="/news/insha-novyna">Інша новина</a></div>',
        '<p><strong>Читайте також: <a href="/news/insha-novyna">«Інша новина»</a></strong></p>',
        '<a href="/news/insha-novyna">Інша новина</a>',
        "<p>Інша новина Nov 11 2024, 03:57 PM • 20229 views</p>",
        "<div>20229 views</div>",
        "<p>Київ • УНН</p>",
        '<p><a href="https://t.me/rada/7">Допис ради</a></p>',
        "<p>Підписуйтесь на наш Telegram-канал</p>",
    ],
)
def test_related_articles_inside_the_body_are_dropped(related: str) -> None:
    assert lines(f"<p>Перше речення.</p>{related}<p>Друге речення.</p>") == [
        (PARAGRAPH, "Перше речення."),
        (PARAGRAPH, "Друге речення."),
    ]


def test_a_link_to_another_article_inside_a_sentence_stays() -> None:
    found = article(Shape(body='<p>Як <a href="/news/insha-novyna">писав УНН</a>, міст закрили.</p>'))
    assert texts(found) == ["Як писав УНН, міст закрили."]
    assert found.links == (Link("https://unn.ua/news/insha-novyna", "писав УНН"),)


def test_links_of_what_was_dropped_are_dropped_too() -> None:
    body = '<p>Текст <a href="//t.me/x">тут</a>, <a href="mailto:a@b.ua">лист</a>.</p><p><a href="/news/ta-sama">Інша</a></p>'
    assert article(Shape(body=body)).links == (Link("https://t.me/x", "тут"),)


@pytest.mark.parametrize(
    ("html", "kind", "text"),
    [
        ("<h2><strong>Деталі</strong></h2>", BlockKind.DETAILS, "Деталі"),
        ("<p><strong>Нагадаємо</strong></p>", BlockKind.RECALL, "Нагадаємо"),
        ("<p>Доповнення</p>", BlockKind.ADDITION, "Доповнення"),
        ("<div>Що зміниться для водіїв</div>", HEADING, "Що зміниться для водіїв"),
        ("<p><b>Що зміниться для водіїв</b></p>", HEADING, "Що зміниться для водіїв"),
        ("<h3>Чому саме зараз?</h3>", HEADING, "Чому саме зараз?"),
        (f"<p><b>{'Міст відкрито ' * 12}</b></p>", PARAGRAPH, ("Міст відкрито " * 12).strip()),
        ('<p><a href="https://t.me/rada/7">Повний текст є в дописі.</a></p>', PARAGRAPH, "Повний текст є в дописі."),
        ("<p><b>Міст відкрито.</b></p>", PARAGRAPH, "Міст відкрито."),
        ("<p>Ми чекали на це рік</p>", PARAGRAPH, "Ми чекали на це рік"),
        ("<div>Речення в простому блоці.</div>", PARAGRAPH, "Речення в простому блоці."),
        ("<blockquote><p>Ми чекали рік</p></blockquote>", BlockKind.QUOTE, "Ми чекали рік"),
        ("<ul><li>Перший пункт</li></ul>", BlockKind.LIST_ITEM, "Перший пункт"),
    ],
)
def test_each_line_of_a_body_has_its_kind(html: str, kind: BlockKind, text: str) -> None:
    assert lines(f"<p>Початок.</p>{html}") == [(PARAGRAPH, "Початок."), (kind, text)]


def test_a_heading_that_is_never_closed_does_not_swallow_what_follows() -> None:
    assert lines("<div><strong>Що зміниться<p>Рух відкрито</p><p>Усе.</p>") == [
        (HEADING, "Що зміниться"),
        (PARAGRAPH, "Рух відкрито"),
        (PARAGRAPH, "Усе."),
    ]


def test_pictures_captions_and_embedded_things_are_no_text() -> None:
    body = (
        "<p>Початок.</p><figure><img src='a.jpg'/><figcaption>Фото автора</figcaption></figure>"
        '<div class="single-news-card_imageCaption__x1">Знімок з відкриття</div><script>var a = "код";</script>'
        '<blockquote class="twitter-tweet">Чужий допис</blockquote><iframe src="//youtube.com"></iframe><p>Кінець.</p>'
    )
    assert [text for _, text in lines(body)] == ["Початок.", "Кінець."]


def test_a_first_paragraph_that_repeats_the_lead_stays() -> None:
    shape = Shape(body="<p>Міст через річку відкрили після ремонту. Рух дозволено всім.</p>")
    assert texts(article(shape)) == [shape.lead]


def test_white_space_comments_and_invisible_marks_do_not_break_a_line() -> None:
    assert lines("<p>Ціна&nbsp;<!-- -->зро\u00adсла\n  на <b>5</b><i>%</i>.\u200b</p>") == [(PARAGRAPH, "Ціна зросла на 5%.")]


def test_a_body_that_is_never_closed_ends_where_the_footer_of_the_article_begins() -> None:
    footer = '<div class="single-news-card_authors__x1"><a rel="author" href="/a">Ганна Лісова</a></div>'
    closed = Shape(body="<p>Перше.</p><p>Друге.</p>", after_body=footer).html()
    found = parsed(closed.replace(f"</p></div>{footer}", footer).replace("</p>", ""), announced(Shape().url))
    assert isinstance(found, Article)
    assert (texts(found), found.authors) == (["Перше.", "Друге."], ("Ганна Лісова",))


def test_deep_nesting_neither_fails_nor_hangs() -> None:
    inside = '<p>Глибоко.</p><a href="/news/insha-novyna">Інша новина</a>'
    for tag in ("div", "b", "blockquote"):
        deep = f"<{tag}>" * 3_000 + inside + f"</{tag}>" * 3_000
        assert texts(article(Shape(body=f"<p>Початок.</p>{deep}"))) == ["Початок.", "Глибоко."]


# --- other shapes of the page


def test_another_hash_behind_a_class_changes_nothing() -> None:
    assert article(Shape(css="xHoem")) == article(Shape(css="w0_Jb"))


LONG = "<p>" + "Міст у Вербівці відкрили після ремонту, який тривав рік. " * 4 + "</p>"


def test_a_page_whose_classes_have_all_changed_is_still_read() -> None:
    shape = Shape(body=LONG * 2)
    html = shape.html().replace("single-news-card_", "n").replace("__w0_Jb", "")
    found = parsed(html, announced(shape.url))
    assert isinstance(found, Article)
    assert (found.title, found.lead, len(found.body)) == (shape.title, shape.lead, 2)


@pytest.mark.parametrize("path", ["/", "/politics", "/about-us", "/news"])
def test_a_page_of_unknown_shape_elsewhere_is_no_article(path: str) -> None:
    html = f"<title>Про нас</title><main><h1>Про нас</h1>{LONG * 2}</main>"
    assert rejected(html, final_url=f"https://unn.ua{path}") is Outcome.NOT_ARTICLE
    assert isinstance(parsed(html, announced(Shape().url)), Article)


def test_a_page_that_holds_its_text_in_json_ld_alone_is_still_read() -> None:
    block = json.dumps({"@type": "NewsArticle", "headline": "Заголовок", "articleBody": "Перше.\nДруге."})
    html = f'<html><head><script type="application/ld+json">{block}</script></head><body><div id="root"></div></body></html>'
    found = parsed(html, announced(Shape().url))
    assert isinstance(found, Article)
    assert (found.title, texts(found)) == ("Заголовок", ["Перше.", "Друге."])


def test_the_title_falls_back_to_the_heads_own() -> None:
    shape = Shape()
    without_h1 = shape.html().replace("newsTitle", "x")
    assert isinstance(found := parsed(without_h1, announced(shape.url)), Article)
    assert found.title == shape.title
    without_og = without_h1.replace("og:title", "x")
    assert isinstance(found := parsed(without_og, announced(shape.url)), Article)
    assert found.title == shape.title


def test_an_old_page_loses_its_dateline_from_the_text() -> None:
    html = (
        "<html><head><title>Міст – новини на УНН | 3 грудня 2020, 18:47</title></head><body><div class='b-news-full'>"
        "<h1 class='title'>Міст</h1><div class='b-news-full-img'><img src='/uploads/a.jpg'></div>"
        "<div class='b-news-text'><p><strong>ЛЬВІВ. 3&nbsp;грудня. УНН.</strong> Міст відкрили.</p></div></div></body></html>"
    )
    url = "https://unn.com.ua/uk/news/1906-mist"
    found = parsed(html, announced(url, lead="Коротко про міст."), final_url=f"{url}?a=1")
    assert isinstance(found, Article)
    assert (found.dateline, texts(found)) == ("ЛЬВІВ. 3 грудня. УНН.", ["Міст відкрили."])
    assert (found.image_url, found.lead) == ("https://unn.com.ua/uploads/a.jpg", "Коротко про міст.")


@pytest.mark.parametrize("start", ["У Києві. 3 роки тому міст закрили.", "Київ чекав. УНН писав про це 3 грудня."])
def test_what_only_resembles_a_dateline_stays(start: str) -> None:
    found = article(Shape(body=f"<p>{start}</p>", dateline=""))
    assert (found.dateline, texts(found)) == (None, [start])


def test_an_amp_copy_is_known_by_the_address_of_its_article() -> None:
    shape = Shape(head="")
    found = article(
        shape, announced("https://unn.ua/u-verbivtsi-vidkryly-mist"), final_url="https://unn.ua/amp/u-verbivtsi-vidkryly-mist"
    )
    assert (found.url, found.external_id) == (shape.url, "news/u-verbivtsi-vidkryly-mist")


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://www.unn.ua/news/novyi-slug?utm_source=x", "https://unn.ua/news/novyi-slug"),
        ("/news/novyi-slug/", "https://unn.ua/news/novyi-slug"),
        ("https://unn.ua/", Shape().url),
        ("https://unn.ua/news", Shape().url),
        ("https://evil.test/news/novyi-slug", Shape().url),
        ("https://unn.ua/ru/news/v-verbovke-otkryli-most", Shape().url),
        ("http://[", Shape().url),
    ],
)
def test_the_canonical_link_counts_where_it_is_an_articles_of_this_edition(link: str, expected: str) -> None:
    assert article(Shape(head=f'<link rel="canonical" href="{link}"/>')).url == expected


@pytest.mark.parametrize(
    ("src", "expected"),
    [
        (f"/_next/image?url={quote(IMAGE, safe='')}&amp;w=720&amp;q=75", IMAGE),
        ("/_next/image?url=%2Fimg%2Fa.webp&amp;w=640", "https://unn.ua/img/a.webp"),
        ("https://img.unn.ua/img/a.webp", "https://img.unn.ua/img/a.webp"),
        ("data:image/gif;base64,R0lGOD", None),
        ("/_next/image?w=720", None),
        ("", None),
    ],
)
def test_a_pictures_own_address_is_found(src: str, expected: str | None) -> None:
    html = Shape().html().replace(f"/_next/image?url={quote(IMAGE, safe='')}&amp;w=720&amp;q=75", src)
    found = parsed(html, announced(Shape().url))
    assert isinstance(found, Article)
    assert found.image_url == expected


@pytest.mark.parametrize("views", ["", "щойно", " • <!-- --> перегляди"])
def test_no_number_of_views_is_none(views: str) -> None:
    assert article(Shape(views=views)).views is None


# --- time


def with_dates(published: str = "", meta: str = "") -> Shape:
    block = json.dumps({"@type": "NewsArticle", "headline": "x", "datePublished": published})
    metas = f'<meta property="article:published_time" content="{meta}"/>' if meta else ""
    return Shape(head=f'<script type="application/ld+json">{block}</script>{metas}')


def test_the_feeds_time_counts_before_the_pages() -> None:
    found = article(with_dates("2026-02-20T11:00:00+02:00"))
    assert (found.published_at, found.time_origin) == (AT, TimeOrigin.FEED)


def test_the_pages_own_time_counts_before_a_listings() -> None:
    shape = with_dates("2026-02-20T15:05:41", "2026-02-20T11:00:00Z")
    found = article(shape, announced(shape.url, AT.replace(second=0), TimeOrigin.PAGE))
    assert (found.published_at, found.time_origin) == (AT, TimeOrigin.JSON_LD)


def test_a_listings_time_counts_where_the_page_has_none() -> None:
    found = article(Shape(), announced(Shape().url, AT, TimeOrigin.PAGE))
    assert (found.published_at, found.time_origin) == (AT, TimeOrigin.PAGE)


@pytest.mark.parametrize("impossible", [datetime(1970, 1, 1, tzinfo=UTC), NOW + timedelta(days=400)])
def test_an_impossible_time_is_passed_over(impossible: datetime) -> None:
    shape = with_dates("0001-01-01T00:00:00Z", "2026-02-20T13:05:41Z")
    found = article(shape, announced(shape.url, impossible))
    assert (found.published_at, found.time_origin) == (AT, TimeOrigin.META)


def test_a_modification_in_the_far_future_is_none() -> None:
    assert article(Shape(head='<meta property="article:modified_time" content="2036-02-20T13:05:41Z"/>')).modified_at is None


# --- what is no article


def rejected(html: str, announcement: Announcement | None = None, **kept: object) -> Outcome:
    found = parsed(html, announcement or announced(Shape().url), **kept)
    assert isinstance(found, Rejected)
    assert (found.source, found.feed, found.url) == ("unn", "uk", (announcement or announced(Shape().url)).url)
    assert found.detail
    return found.outcome


@pytest.mark.parametrize(
    "html",
    [
        "",
        f"<head><title>Сторінку не знайдено | УНН</title></head><body>{CHROME}<h1>404</h1><p>Сторінку не знайдено</p></body>",
        f"<html><head><title>Новини | УНН</title></head><body>{CHROME}<main><h1>Новини</h1>{TOP}{TOP}</main></body></html>",
        f'<head><meta property="og:type" content="website"/></head><body>{CHROME}{TOP}<footer><p>{"Про нас. " * 60}</p></footer>',
        "Service Unavailable",
        "\x00\x01\x02",
    ],
)
def test_an_error_page_or_a_listing_is_no_article(html: str) -> None:
    assert rejected(html) is Outcome.NOT_ARTICLE


@pytest.mark.parametrize("body", ["", "<p> </p>", '<p><a href="/news/insha-novyna">Інша новина</a></p>', "<script>1</script>"])
def test_an_article_without_text_is_rejected_as_such(body: str) -> None:
    assert rejected(Shape(body=body).html()) is Outcome.NO_TEXT


def test_an_article_without_a_title_is_rejected_as_such() -> None:
    assert rejected(Shape(title="").html().replace(" | УНН", "")) is Outcome.NO_TITLE


def test_an_article_without_a_possible_time_is_rejected_as_such() -> None:
    assert rejected(Shape().html(), announced(Shape().url, None)) is Outcome.NO_DATE
    assert rejected(Shape().html(), announced(Shape().url, datetime(1970, 1, 1, tzinfo=UTC))) is Outcome.NO_DATE


def test_a_page_of_nothing_but_links_does_not_hang() -> None:
    links = '<a href="/news/insha-novyna">Інша новина</a> і ' * 3_000
    assert len(article(Shape(body=f"<p>Початок.</p><p>{links}</p>")).body) == 2


def test_parsing_twice_gives_the_same() -> None:
    assert article(Shape()) == article(Shape())


# --- cited source


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Про це передає УНН з посиланням на допис міського голови в Telegram.", "допис міського голови в Telegram"),
        ("Про це повідомляє УНН із посиланням на Reuters, яке має копію листа.", "Reuters"),
        ("Передает УНН со ссылкой на районную газету Tashan Post.", "районную газету Tashan Post"),
        ("UNN reports with reference to the State Emergency Service.", "the State Emergency Service"),
        ("The bridge is open, UNN writes, citing the mayor’s office.", "the mayor’s office"),
        ("Пише УНН, посилаючись на 24tv.ua.", "24tv.ua"),
        ("Передає УНН з посиланням на газету «Час, події, люди» за лютий.", "газету «Час, події, люди» за лютий"),
        ("Передає УНН з посиланням на сайт ім. Шевченка. Далі інше.", "сайт ім"),
        ("Передає УНН з посиланням на прес-службу м. києва.", "прес-службу м. києва"),
        ("З посиланням на Bloomberg - так пише УНН.", "Bloomberg"),
        ("Як із посиланням на Axios повідомляє УНН, угоди немає.", "Axios"),
        ("Рішення є, передає УНН з посиланням на МЗС (відео).", "МЗС"),
        ("Суд закрив справу, посилаючись на закон.", None),
        ("The airport closed, citing safety concerns.", None),
        ("Міст відкрили.", None),
        ("З посиланням на , нікого.", None),
        ("", None),
    ],
)
def test_the_cited_source_is_taken_as_it_is_written(text: str, expected: str | None) -> None:
    assert cited_source([text]) == expected


def test_the_first_citation_of_a_text_counts() -> None:
    cited: Iterable[str] = ["Міст.", "З посиланням на раду.", "З посиланням на поліцію."]
    assert cited_source(cited) == "раду"
