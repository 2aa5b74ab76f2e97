from __future__ import annotations

import gzip
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from selectolax.lexbor import LexborHTMLParser

from newswire import lines, parse, prose, quality
from newswire.boilerplate import is_invitation
from newswire.fallback import second_opinion
from newswire.model import Announcement, Article, Block, BlockKind, Feed, Link, Outcome, Page, Rejected, Source, TimeOrigin

KYIV = ZoneInfo("Europe/Kyiv")
NOW = datetime(2026, 2, 20, 15, tzinfo=KYIV)
URL = "https://novyny.example/news/mist-vidkryly"
PAGES = Path(__file__).parents[2] / "shared" / "data" / "pages"

TEXTS = {
    "uk": (
        "Новий міст через річку відкрили у п'ятницю вранці після трьох років будівництва",
        "Перші автомобілі проїхали новим мостом о шостій ранку, щойно робітники прибрали останні загорожі з під'їздів.",
        "Будівництво тривало три роки, бо двічі зривало паводком опори, а підрядник змінював проєкт уже під час робіт.",
        "«Ми чекали на цей день довго, і тепер дорога до лікарні коротша на двадцять хвилин», — каже мешканка передмістя.",
        "Стару переправу розберуть улітку, а на її місці облаштують набережну з доріжками для пішоходів і велосипедів.",
    ),
    "ru": (
        "Новый мост через реку открыли в пятницу утром после трёх лет строительства",
        "Первые автомобили проехали по новому мосту в шесть утра, как только рабочие убрали последние ограждения.",
        "Строительство длилось три года, потому что паводок дважды срывал опоры, а подрядчик менял проект на ходу.",
        "«Мы ждали этого дня долго, и теперь дорога до больницы короче на двадцать минут», — говорит жительница пригорода.",
        "Старую переправу разберут летом, а на её месте сделают набережную с дорожками для пешеходов и велосипедов.",
    ),
    "en": (
        "New bridge over the river opened on Friday morning after three years of work",
        "The first cars crossed the new bridge at six in the morning, as soon as workers had cleared the last barriers.",
        "Construction took three years because floods tore away the piers twice and the contractor changed the design midway.",
        '"We have waited for this day a long time, and the hospital is now twenty minutes nearer," said a woman.',
        "The old crossing will be taken down in summer, and a promenade with paths for walkers and cyclists will replace it.",
    ),
}
RELATED = (
    "Ціни на пальне знову змінилися: що кажуть водії",
    "Школярі виграли олімпіаду з математики",
    "Погода на вихідні: дощ і вітер",
)
LONG_TEXT = TEXTS["uk"][1].encode()
COOKIES = (
    "We use cookies to give you the best experience. By clicking you accept our privacy policy and the terms of use of the site."
)


def chrome(article: str, head: str = "") -> str:
    """Return a page as sites build them: the article between menus, lists of other articles, comments and notices."""
    menu = "".join(f'<li><a href="/s{n}">Розділ {n}</a></li>' for n in range(12))
    others = "".join(
        f'<div class="teaser"><a href="/news/n{n}-x"><h3>{text}</h3></a></div>' for n, text in enumerate(RELATED * 3)
    )
    return (
        f'<!doctype html><html lang="uk"><head><title>Міст | Новини</title>{head}</head><body>'
        f'<header><ul class="menu">{menu}</ul></header>'
        f'<div class="cookie-consent"><p>{COOKIES}</p></div>{article}<aside class="sidebar">{others}</aside>'
        '<div class="comments"><p>Нарешті, скільки можна було чекати на цей ремонт, дякую всім, хто працював.</p></div>'
        "<footer><p>© 2026 Новини. Усі права захищено, передрук лише з посиланням на наш сайт.</p></footer></body></html>"
    )


def semantic(language: str = "uk") -> str:
    title, *texts = TEXTS[language]
    return chrome(f"<main><article><h1>{title}</h1>{''.join(f'<p>{text}</p>' for text in texts)}</article></main>")


def source() -> Source:
    return Source("novyny", "Новини", "site", (Feed("uk"),), lambda *_: iter(()), parse.article, "1")


def page(html: bytes | str, url: str = URL) -> Page:
    body = html if isinstance(html, bytes) else html.encode()
    return Page(url=url, final_url=url, status=200, body=body, fetched_at=NOW)


def announced(
    published_at: datetime | None = None, origin: TimeOrigin | None = TimeOrigin.FEED, title: str | None = None
) -> Announcement:
    return Announcement("novyny", "uk", URL, title, "Вступ зі стрічки.", published_at, origin if published_at else None, "Місто")


def parsed(html: str, announcement: Announcement, url: str = URL) -> Article | Rejected:
    (found,) = parse.article(source(), page(html, url), announcement)
    return found


# --- the text


@pytest.mark.parametrize("language", TEXTS)
def test_the_text_is_found_without_what_stands_around_it(language: str) -> None:
    title, *texts = TEXTS[language]
    found = parse.extract(semantic(language), URL)
    assert found.title == title
    assert [block.text for block in found.blocks] == texts
    assert found.method == "semantic"


@pytest.mark.parametrize("language", TEXTS)
def test_the_text_is_found_where_nothing_marks_it(language: str) -> None:
    title, *texts = TEXTS[language]
    body = f"<table><tr><td><b>{title}</b><br><br>{'<br><br>'.join(texts)}</td></tr></table>"
    found = parse.extract(chrome(body).replace("<title>Міст | Новини", f"<title>{title} | Новини"), URL)
    assert [block.text for block in found.blocks if block.text != title] == texts
    assert found.method == "density"


def test_names_of_blocks_that_speak_against_the_whole_text_do_not_lose_it() -> None:
    _, *texts = TEXTS["uk"]
    body = f'<div class="sidebar popup-comments">{"".join(f"<p>{text}</p>" for text in texts)}</div>'
    found = parse.extract(f"<html><body><h1>{TEXTS['uk'][0]}</h1>{body}</body></html>", URL)
    assert [block.text for block in found.blocks] == texts


def test_the_text_comes_from_json_ld_where_the_browser_would_fill_it_in() -> None:
    _, *texts = TEXTS["uk"]
    ld = {"@type": "NewsArticle", "headline": TEXTS["uk"][0], "articleBody": "\n".join([*texts, "Читайте також: інше"])}
    found = parse.extract(f'<script type="application/ld+json">{json.dumps(ld)}</script><div id="app"></div>', URL)
    assert [block.text for block in found.blocks] == texts
    assert found.method == "json_ld"


def test_a_text_printed_twice_is_taken_once() -> None:
    _, *texts = TEXTS["uk"]
    copies = "".join(f"<div><p>{'</p><p>'.join(texts)}</p></div>" for _ in range(2))
    found = parse.extract(f"<body><article><h1>{TEXTS['uk'][0]}</h1>{copies}</article></body>", URL)
    assert [block.text for block in found.blocks] == texts


@pytest.mark.parametrize(
    "invitation",
    [
        *("Читайте також: Ціни на пальне", "Читайте больше в статье:", "Читайте также на эту тему:", "Read also: Fuel prices"),
        *("Підписуйтесь на наш канал", "Подписывайтесь на наш Telegram", "Дивіться також", "Related articles", "Advertisement"),
        *("Більше новин — у нашому каналі", "Follow us on social media", "Sign up for our newsletter", "© Новини, 2026"),
    ],
)
def test_an_invitation_to_read_on_is_no_text(invitation: str) -> None:
    assert is_invitation(invitation)
    title, first, *rest = TEXTS["uk"]
    body = "".join(f"<p>{text}</p>" for text in (first, invitation, *rest))
    found = parse.extract(chrome(f"<article><h1>{title}</h1>{body}</article>"), URL)
    assert [block.text for block in found.blocks] == [first, *rest]


@pytest.mark.parametrize(
    "sentence",
    [
        "Читайте книжки вголос, радить учителька.",
        "Follow the river north and you reach the old crossing.",
        "More than forty people came.",
        "Смотрите на дорогу, напомнили водителям.",
        "Рекламаційний акт підписали обидві сторони.",
    ],
)
def test_a_sentence_that_begins_like_an_invitation_is_text(sentence: str) -> None:
    assert not is_invitation(sentence)


# --- blocks


def blocks(html: str) -> tuple[Block, ...]:
    return parse.extract(chrome(f"<main><article><h1>{TEXTS['uk'][0]}</h1>{html}</article></main>"), URL).blocks


def test_blocks_are_typed() -> None:
    _, first, second, quote, last = TEXTS["uk"]
    listed = "спершу розберуть дерев'яний настил, який лежить на опорах із весни"
    found = blocks(
        f"<p>{first}</p><h2>Хід робіт</h2><p>{second}</p><p><strong>Деталі</strong></p><p>{last}</p><h3>Доповнення:</h3>"
        f"<ul><li>{listed};<li><p>потім {listed}.</p></ul><p>Нагадаємо</p><blockquote><p>{quote}</p></blockquote>"
    )
    assert [(block.kind, block.text) for block in found] == [
        (BlockKind.PARAGRAPH, first),
        (BlockKind.HEADING, "Хід робіт"),
        (BlockKind.PARAGRAPH, second),
        (BlockKind.DETAILS, "Деталі"),
        (BlockKind.PARAGRAPH, last),
        (BlockKind.ADDITION, "Доповнення:"),
        (BlockKind.LIST_ITEM, f"{listed};"),
        (BlockKind.LIST_ITEM, f"потім {listed}."),
        (BlockKind.RECALL, "Нагадаємо"),
        (BlockKind.QUOTE, quote),
    ]


def test_a_heading_behind_which_nothing_stands_is_left_out() -> None:
    texts = TEXTS["uk"][1:]
    assert [block.text for block in blocks(f"<p>{'</p><p>'.join(texts)}</p><h3>Нагадаємо</h3><h3>Схоже</h3>")] == [*texts]


def test_a_line_break_ends_a_block_and_an_inline_element_does_not() -> None:
    _, first, second, *_ = TEXTS["uk"]
    found = blocks(f"<p>{first.replace('новим', 'но<i>вим</i>')}<br>{second.replace('три', '<span>три</span>')}</p>")
    assert [block.text for block in found] == [first, second]


def test_a_bold_sentence_is_no_heading() -> None:
    _, first, second, *_ = TEXTS["uk"]
    found = blocks(f"<p><b>{first}</b></p><p><b>Хід робіт на мосту</b></p><p>{second}</p>")
    assert [block.kind for block in found] == [BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.PARAGRAPH]


BESIDE = {
    "a caption": "<figure><img src=/m.jpg><figcaption>Міст уранці. Фото: Олена Мостова</figcaption></figure>",
    "a caption in a block": '<div class="image-caption">Міст уранці, вигляд з лівого берега</div>',
    "a share bar": '<div class="share-buttons"><a href="#">Facebook</a><a href="#">Telegram</a><span>Поділитися</span></div>',
    "related links": '<aside class="related"><h3>Схожі новини</h3><a href="/a">Ціни на пальне знову змінилися</a></aside>',
    "a related link in a line": '<p>Читайте також: <a href="/a">Ціни на пальне знову змінилися</a></p>',
    "a related link in Russian": '<p><strong>Читайте больше в статье:</strong> <a href="/a">Цены на топливо выросли</a></p>',
    "a subscribe line": "<p><em>Підписуйтесь на наш канал у Telegram, щоб нічого не пропустити</em></p>",
    "a subscribe form": '<form class="newsletter"><label>Ваша пошта</label><input><button>Підписатися</button></form>',
    "a cookie note": f'<div class="cookie-notice"><p>{COOKIES}</p></div>',
    "a script": "<script>var ads = 'Перші автомобілі';</script>",
    "a hidden player": "<video><p>Ваш браузер не підтримує відео, спробуйте інший.</p></video>",
    "a note on mistakes": "<p>Якщо ви помітили помилку, виділіть її та натисніть Ctrl+Enter</p>",
    "tags": '<div class="tags"><a href="/t/1">міст</a> <a href="/t/2">річка</a> <a href="/t/3">рух</a></div>',
}


@pytest.mark.parametrize("place", ["in the middle", "at the end"])
@pytest.mark.parametrize("name", BESIDE)
def test_what_stands_beside_the_text_is_left_out(name: str, place: str) -> None:
    texts = [f"<p>{text}</p>" for text in TEXTS["uk"][1:]]
    texts.insert(2 if place == "in the middle" else len(texts), BESIDE[name])
    assert [block.text for block in blocks("".join(texts))] == [*TEXTS["uk"][1:]]


def test_comments_of_readers_are_no_text() -> None:
    said = "Нарешті, скільки можна було чекати на цей ремонт, дякую всім, хто працював і не здавався."
    comments = "".join(f'<div class="comment"><b>Читач {n}</b><p>{said}</p><p>{said[:-1]} {n}.</p></div>' for n in range(12))
    article = "".join(f"<p>{text}</p>" for text in TEXTS["uk"][1:])
    html = f'<h1>{TEXTS["uk"][0]}</h1><div class="text">{article}</div><div id="comments">{comments}</div>'
    assert [block.text for block in parse.extract(chrome(html), URL).blocks] == [*TEXTS["uk"][1:]]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Деталі", BlockKind.DETAILS),
        ("ДЕТАЛИ:", BlockKind.DETAILS),
        ("Напомним", BlockKind.RECALL),
        ("Доповнення", BlockKind.ADDITION),
        ("Деталі угоди", BlockKind.HEADING),
        ("", BlockKind.HEADING),
    ],
)
def test_known_headings_are_told_from_others(text: str, kind: BlockKind) -> None:
    assert parse.heading_kind(text) is kind


# --- in doubt

NEWS_APP = (
    "<html><body><h1>{}</h1><news-article><template shadowrootmode='open'><article>{}</article></template></news-article>"
    "</body></html>"
)
"""As components are sent that a browser unpacks: no line of the text stands in the page itself."""


def hidden_in(wrapping: str) -> str:
    title, *texts = TEXTS["uk"]
    return wrapping.format(title, "".join(f"<p>{text}</p>" for text in [*texts, "Читайте також: інше"]))


@pytest.mark.parametrize(
    "wrapping",
    [
        NEWS_APP,
        "<html><body><h1>{}</h1><noscript><article>{}</article></noscript></body></html>",
        "<html><head></head><frameset></frameset><body><h1>{}</h1><article>{}</article></body></html>",
    ],
)
def test_where_the_quick_ways_find_no_text_trafilatura_gives_it(wrapping: str) -> None:
    found = parse.extract(hidden_in(wrapping), URL)
    assert [block.text for block in found.blocks] == [*TEXTS["uk"][1:]]
    assert (found.method, found.found_by["body"]) == ("trafilatura", "trafilatura")


def test_the_fallbacks_blocks_are_typed() -> None:
    html = hidden_in(NEWS_APP).replace("<p>Буд", "<h2>Деталі</h2><p>Буд").replace("<p>Стару", "<blockquote><p>Стару")
    kinds = [block.kind for block in parse.extract(html, URL).blocks]
    assert kinds == [BlockKind.PARAGRAPH, BlockKind.DETAILS, BlockKind.PARAGRAPH, BlockKind.PARAGRAPH, BlockKind.QUOTE]


@pytest.mark.parametrize(
    "html",
    [
        "<h1>Міст</h1><ul><li><a href=/a>Розділ</a></ul>",
        f"<h1>Усі новини</h1>{''.join(f'<h3><a href=/n{n}>{text}</a></h3>' for text in TEXTS['uk'] for n in range(9))}",
        f"<h1>Відео</h1><video src=/v></video><div class=cookie><p>{COOKIES}</p></div>".replace("<p>", "<dialog>"),
        "<h1>Міст</h1><template>Коротко.</template>",
        "",
    ],
)
def test_a_page_without_a_text_stays_without_one(html: str) -> None:
    found = parse.extract(f"<html><body>{html}</body></html>", URL)
    assert (found.blocks, found.method, found.anchors) == ((), "none", ())
    rejected = parsed(f"<html><body>{html}</body></html>", announced(NOW, title="Міст"))
    assert isinstance(rejected, Rejected)
    assert rejected.outcome is Outcome.NO_TEXT


def test_a_page_of_too_many_elements_is_not_handed_on() -> None:
    html = hidden_in(NEWS_APP).encode()
    assert second_opinion(html, thorough=True) is not None
    assert second_opinion(html + b"<i>" * 20_000, thorough=True) is None
    assert parse.extract(b"<div>" * 200_000 + html, URL).blocks == ()


def scores(html: str, second: lines.Outline | None, calls: list[int]) -> prose.Found:
    def asked() -> lines.Outline | None:
        calls.append(1)
        return second

    return prose.find(outlined(html), prose.Told(headline=TEXTS["uk"][0]), asked)


def test_a_second_opinion_is_asked_for_in_doubt_alone() -> None:
    calls: list[int] = []
    sure = scores(semantic(), None, calls)
    assert (calls, sure.seconded) == ([], False)
    torn = scores(UNSURE, None, calls)
    assert (calls, torn.seconded) == ([1], False)


UNSURE = "".join(
    f'<div class="{name}"><p>{text}</p><div>{text[:70]}</div></div>'
    for name, text in zip(("promo text", "teaser", "widget story", "video list"), TEXTS["uk"][1:], strict=True)
)


def test_a_second_opinion_moves_what_is_uncertain_and_is_no_judge() -> None:
    alone = scores(UNSURE, None, [])
    told = scores(UNSURE, outlined("".join(f"<p>{text}</p>" for text in TEXTS["uk"][1:])), [])
    assert told.seconded
    assert {line.text for line in told.lines} != {line.text for line in alone.lines}
    assert {line.text for line in told.lines} >= {line.text for line in alone.lines if line.text in TEXTS["uk"]}
    assert not scores(UNSURE, outlined("<p>Міст уранці.</p>"), []).seconded


@pytest.mark.parametrize("thorough", [True, False], ids=["thorough", "its own rules"])
@pytest.mark.parametrize(
    "html",
    [
        b"<table><tr><td>a</td></tr></table>" * 2_400,
        b"<p><i>a" * 9_000,
        b"<div>" * 9_900 + LONG_TEXT + b"</div>" * 9_900,
        b"a<br>" * 19_000,
        b"\0<p>\xff\xfe" * 5_000,
        b"<?xml version='1.0' encoding='nonsense'?><html><p>" + LONG_TEXT,
        b"<!DOCTYPE html [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]><p>&b;&b;" + LONG_TEXT,
        b"<svg><![CDATA[" + LONG_TEXT + b"]]></svg>",
        b"<p>" + b"a " * 2_000_000,
    ],
    ids=["tables", "open", "deep", "breaks", "nulls", "prolog", "entities", "cdata", "long"],
)
def test_no_page_breaks_the_second_opinion(html: bytes, thorough: bool) -> None:  # noqa: FBT001 - a parameter of the test
    first, again = second_opinion(html, thorough=thorough), second_opinion(html, thorough=thorough)
    assert (first and [line.text for line in first.lines]) == (again and [line.text for line in again.lines])


# --- title, time, authors


def test_the_headline_is_taken_as_printed_where_machines_are_told_another() -> None:
    head = '<meta property="og:title" content="Новий міст через річку: що відомо про рух">'
    assert parse.extract(semantic().replace("</head>", f"{head}</head>"), URL).title == TEXTS["uk"][0]


def test_a_headline_that_has_nothing_of_the_stated_title_is_the_name_of_the_site() -> None:
    head = f'<meta property="og:title" content="{TEXTS["uk"][0]}">'
    assert parse.extract(f"{head}<body><h1>Новини Прикладу</h1><p>{TEXTS['uk'][1]}</p>", URL).title == TEXTS["uk"][0]


def test_the_windows_title_is_the_last_resort() -> None:
    head = '<title>Міст відкрили | Новини</title><meta property="og:site_name" content="Новини">'
    assert parse.extract(f"{head}<body><p>{TEXTS['uk'][1]}</p>", URL).title == "Міст відкрили"


def test_a_time_is_read_near_the_headline_when_none_is_stated() -> None:
    html = chrome(f"<h1>{TEXTS['uk'][0]}</h1><div>20 лютого 2026, 06:00 | Місто | 15 переглядів</div><p>{TEXTS['uk'][1]}</p>")
    found = parse.extract(html, URL, zone=KYIV)
    assert found.published_at == datetime(2026, 2, 20, 6, tzinfo=KYIV)
    assert found.time_origin is TimeOrigin.PAGE


def test_a_time_stated_in_utc_gets_the_zone_in_which_the_page_shows_it() -> None:
    head = '<meta property="article:published_time" content="2026-02-20T23:30:15Z">'
    html = f"{head}<body><h1>{TEXTS['uk'][0]}</h1><p>21 лютого 2026, 01:30</p>{TEXTS['uk'][1]}"
    found = parse.extract(html, URL).published_at
    assert found == datetime(2026, 2, 20, 23, 30, 15, tzinfo=UTC)
    assert found.utcoffset() == timedelta(hours=2)


def test_another_time_on_the_page_does_not_change_the_stated_one() -> None:
    head = '<meta property="article:published_time" content="2026-02-20T23:30:15Z">'
    found = parse.extract(f"{head}<body><h1>Міст</h1><p>Оновлено 21 лютого 2026, 09:07</p>", URL).published_at
    assert found is not None
    assert found.isoformat() == "2026-02-20T23:30:15+00:00"


def test_a_shown_by_line_names_the_author_when_machines_are_told_none() -> None:
    html = (
        f'<body><h1>Міст</h1><div class="byline">Автор: <a rel="author" href="/a">Олена Мостова</a></div><p>{TEXTS["uk"][1]}</p>'
    )
    assert parse.extract(html, URL).authors == ("Олена Мостова",)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "utf-16", "koi8-u"])
def test_bytes_are_decoded_by_what_they_are(encoding: str) -> None:
    html = (
        semantic().replace("<head>", f'<head><meta charset="{encoding}">').replace("«", '"').replace("»", '"').replace("—", "-")
    )
    assert parse.extract(html.replace("©", "").encode(encoding), URL).title == TEXTS["uk"][0]


def test_a_given_encoding_counts_and_one_that_does_not_exist_does_no_harm() -> None:
    html = semantic("ru").replace("©", "").encode("windows-1251", errors="ignore")
    assert parse.extract(html, URL, encoding="windows-1251").title == TEXTS["ru"][0]
    for name in ("nonsense", "hex", "idna"):
        assert parse.extract(semantic().encode(), URL, encoding=name).title == TEXTS["uk"][0]


# --- hostile pages

NESTED_LINKS = "<div><a href='/a'>" + TEXTS["uk"][1] + "</a> " + TEXTS["uk"][2]

MARKUP = bytes(random.Random(1).choices(b'<>/ab ="&;\n', k=5_000_000))
LONG = f"<p>{TEXTS['uk'][1]}</p>"
HOSTILE: dict[str, bytes | str] = {
    "nothing": b"",
    "nulls": b"\0" * 100_000,
    "random bytes": random.Random(2).randbytes(500_000),
    "five megabytes of markup": MARKUP,
    "five megabytes of spaces": b"<p>" + b" " * 5_000_000,
    "only brackets": b"<" * 2_000_000,
    "open comments": b"<!--" * 100_000,
    "no body": b"<frameset><frame></frameset>",
    "one line without an end": b"<p>" + b"." * 3_000_000,
    "halves of characters": "<title>\ud800</title><p>\udfff" + "слово " * 50,
    "two hundred thousand blocks in one another": b"<div>" * 200_000 + LONG.encode(),
    "nested by-lines": '<div itemprop="author" class="author">Ann Lee '.replace("Lee", "Lee{}") * 5_000,
    "broken JSON-LD": '<script type="application/ld+json">{"a":"' + '\\"' * 500_000 + "</script>",
    "JSON-LD of brackets": '<script type="application/ld+json">' + "[" * 200_000 + "</script>",
    "a body of open tags in JSON-LD": '<script type="application/ld+json">{"@type":"Article","articleBody":"'
    + "<i" * 200_000
    + '"}</script>',
    "an author of commas": '<meta name="author" content="' + ", " * 500_000 + '">',
    "links in links in blocks": NESTED_LINKS * 2_000,
    "a class of a megabyte": f'<div class="{"ad " * 300_000}">{LONG}</div>',
    "a picture": b"\x89PNG\r\n\x1a\n" + random.Random(3).randbytes(100_000),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("url", [URL, "http://[bad", None])
def test_no_page_breaks_the_extraction(name: str, url: str | None) -> None:
    found = parse.extract(HOSTILE[name], url)
    assert all(block.text.strip() for block in found.blocks)
    assert found == parse.extract(HOSTILE[name], url)


def test_a_text_below_ten_thousand_blocks_is_found() -> None:
    assert LONG.removeprefix("<p>").removesuffix("</p>") in parse.extract("<div>" * 10_000 + LONG * 2, URL).text


# --- articles


def test_an_article_is_made_of_the_page_and_its_announcement() -> None:
    found = parsed(semantic(), announced(NOW - timedelta(hours=1)))
    assert isinstance(found, Article)
    assert (found.source, found.feed, found.url, found.external_id) == ("novyny", "uk", URL, "news/mist-vidkryly")
    assert (found.title, found.lead, found.section) == (TEXTS["uk"][0], "Вступ зі стрічки.", "Місто")
    assert (found.published_at, found.time_origin) == (NOW - timedelta(hours=1), TimeOrigin.FEED)
    assert len(found.body) == 4


STATED = '<meta property="article:published_time" content="{}">'


@pytest.mark.parametrize(
    ("announcement", "stated", "expected"),
    [
        (announced(NOW), "2026-02-20T10:00:00+02:00", TimeOrigin.FEED),
        (announced(NOW, TimeOrigin.PAGE), "2026-02-20T10:00:00+02:00", TimeOrigin.META),
        (announced(NOW + timedelta(days=2)), "2026-02-20T10:00:00+02:00", TimeOrigin.META),
        (announced(datetime(1970, 1, 1, tzinfo=UTC)), "2026-02-20T10:00:00+02:00", TimeOrigin.META),
        (announced(NOW, TimeOrigin.PAGE), "2062-02-20T10:00:00+02:00", TimeOrigin.PAGE),
        (announced(), "2026-02-21T10:00:00+02:00", TimeOrigin.META),
    ],
)
def test_the_time_that_is_trusted_most_and_can_be_is_taken(announcement: Announcement, stated: str, expected: TimeOrigin) -> None:
    found = parsed(semantic().replace("</head>", STATED.format(stated) + "</head>"), announcement)
    assert isinstance(found, Article)
    assert found.time_origin is expected


def test_a_time_without_a_zone_is_kyiv_wall_time() -> None:
    found = parsed(semantic().replace("</head>", STATED.format("2026-02-20T06:00") + "</head>"), announced())
    assert isinstance(found, Article)
    assert found.published_at == datetime(2026, 2, 20, 6, tzinfo=KYIV)


LINKED = (
    ' <a href="http://www.rada.example/bills/7?utm_source=x#top">законопроєкт</a>, <a href="/news/pidriadnyk">підрядник</a>'
    ' <a href="/">головна</a> <a href="#c">вище</a> <a href="mailto:a@b.example">пошта</a> <a href="http://[">битий</a>'
    ' <a href="http://rada.example/bills/7">законопроєкт</a>.'
)


def test_links_out_of_the_text_are_kept_and_those_around_it_are_not() -> None:
    html = semantic().replace("опори,", f"опори,{LINKED}").replace("</article>", '<p>Читайте також: <a href="/n">Інше</a></p>')
    found = parsed(html, announced(NOW))
    assert isinstance(found, Article)
    assert found.links == (
        Link("https://rada.example/bills/7", "законопроєкт"),
        Link("https://novyny.example/news/pidriadnyk", "підрядник"),
    )


def test_no_more_links_are_read_than_a_text_has() -> None:
    _, first, *rest = TEXTS["uk"]
    many = "".join(f'<a href="/n{n}">слово {n}</a>, {first}<br>' for n in range(1_500))
    links = parse.extract(f"<article><h1>Міст</h1><div>{many}{rest}</div></article>", URL).anchors
    assert links[:2] == (("/n0", "слово 0"), ("/n1", "слово 1"))
    assert len(links) == 1_000


def test_the_source_that_the_text_cites_is_named() -> None:
    found = parsed(semantic().replace("«Ми чекали", "Про це пише УНН з посиланням на мерію міста. «Ми чекали"), announced(NOW))
    assert isinstance(found, Article)
    assert found.cited_source == "мерію міста"


def test_an_article_says_how_each_field_was_found() -> None:
    ld = {"@type": "NewsArticle", "headline": TEXTS["uk"][0], "author": "Олена Мостова", "datePublished": "2026-02-20T06:00:00Z"}
    head = f'<script type="application/ld+json">{json.dumps(ld)}</script><meta name="keywords" content="міст">'
    found = parsed(semantic().replace("</head>", head + "</head>"), announced())
    assert isinstance(found, Article)
    assert found.found_by == {
        "title": "printed",
        "lead": "announced",
        "body": "semantic",
        "published_at": "json_ld",
        "authors": "json_ld",
        "section": "announced",
        "tags": "meta",
        "url": "announced",
    }


def test_what_the_page_does_not_say_counts_as_announced_or_as_printed() -> None:
    html = f'<body><div class="byline"><a rel=author>Олена Мостова</a></div>{LONG * 2}'
    found = parsed(html, announced(NOW, title="Міст відкрили"))
    assert isinstance(found, Article)
    assert (found.title, found.found_by["title"]) == ("Міст відкрили", "announced")
    assert (found.authors, found.found_by["authors"]) == (("Олена Мостова",), "printed")
    assert found.found_by["published_at"] == "feed"


def stated_alone() -> str:
    ld = {"@type": "NewsArticle", "headline": "Міст відкрили", "articleBody": "\n".join(TEXTS["uk"])}
    return (
        f'<script type="application/ld+json">{json.dumps(ld)}</script><meta name="description" content="Рух пустили.">'
        '<div itemscope><span itemprop="author">Олена Мостова</span></div>'
    )


def test_every_way_that_is_named_has_its_trust() -> None:
    titled = f"<title>Міст відкрили</title>{LONG * 2}"
    pages = [semantic(), titled, hidden_in(NEWS_APP), stated_alone()]
    ways = {way for html in pages for way in parse.extract(html, URL).found_by.values()}
    assert ways == {"printed", "window", "semantic", "density", "trafilatura", "json_ld", "meta", "microdata"}
    assert ways <= quality.TRUST.keys()


@pytest.mark.parametrize(
    ("html", "announcement", "url", "outcome"),
    [
        ("<h1>Міст</h1><ul><li><a href=/a>Розділ</a></ul>", announced(NOW), URL, Outcome.NO_TEXT),
        (f"<body>{LONG * 2}", announced(NOW), URL, Outcome.NO_TITLE),
        (semantic(), announced(), URL, Outcome.NO_DATE),
        (semantic().replace("</head>", STATED.format("2062-01-01") + "</head>"), announced(), URL, Outcome.NO_DATE),
        (
            '<meta property="og:type" content="website"><h1>Усі новини</h1><a href=/a>Новина</a>',
            announced(NOW),
            URL,
            Outcome.NOT_ARTICLE,
        ),
        ("<h1>Новини</h1>", announced(NOW), "https://novyny.example/", Outcome.NOT_ARTICLE),
    ],
)
def test_what_is_no_article_is_rejected_with_its_reason(
    html: str, announcement: Announcement, url: str, outcome: Outcome
) -> None:
    found = parsed(html, announcement, url)
    assert isinstance(found, Rejected)
    assert found.outcome is outcome
    assert found.detail
    assert (found.source, found.feed, found.url) == ("novyny", "uk", URL)


# --- lines, and what is seen of them


def outlined(html: str) -> lines.Outline:
    root = LexborHTMLParser(html).body
    assert root is not None
    return lines.outline(root)


def test_lines_know_their_links_bold_and_block() -> None:
    found = outlined("<div><p>ab<a>cd</a></p><b>ef</b></div>")
    assert [(line.text, line.linked, line.bold, found.containers[line.container].tag) for line in found.lines] == [
        ("abcd", 0.5, 0.0, "p"),
        ("ef", 0.0, 1.0, "div"),
    ]


def test_blocks_stand_behind_the_ones_around_them() -> None:
    found = outlined("<div><ul><li>a<li>b</ul></div><p>c")
    assert all(container.parent < index for index, container in enumerate(found.containers) if index)


def test_the_trunk_is_the_block_that_goes_with_the_headline_not_the_longest() -> None:
    _, *texts = TEXTS["uk"]
    terms = "<p>Адміністрація має право змінити правила у будь-який час, і кожен, хто читає далі, з цим погоджується.</p>" * 5
    assert len(terms) > sum(map(len, texts))
    found = outlined(f"<section>{terms}</section><div><p>{'</p><p>'.join(texts)}</p></div>")
    weighed = prose.weigh(found, prose.Told(headline=texts[0]))
    assert found.containers[weighed.trunk].tag == "div"


def test_every_feature_has_a_weight_and_every_weight_a_feature() -> None:
    assert prose._WEIGHTS.keys() == {*prose.LINE_FEATURES, *prose.BLOCK_FEATURES, "bias"}


# --- real pages


@pytest.mark.parametrize(
    ("name", "first", "absent"),
    [
        ("24tv.ua_2020-09-21.html", "Детективи НАБУ", "Читайте також"),
        ("pravda.com.ua_2026-01-08_ru.html.gz", "157 миллионов", "Читайте больше"),
        ("ukrinform.ru_2020-09-20.html", "Полиция Киева", "Читайте также"),
        ("unn.com.ua_2020-12-03_ru.html", "КИЕВ.", "Источник:"),
    ],
)
def test_a_real_page_gives_its_text(name: str, first: str, absent: str) -> None:
    path = PAGES / name
    if not path.exists():
        pytest.skip(f"no real page {name} beside the project")
    html = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    found = parse.extract(html, "https://a.example/news/x", zone=KYIV)
    assert found.blocks[0].text.startswith(first)
    assert not any(block.text.startswith(absent) for block in found.blocks)
    assert len(found.text) > 500
    assert found.title not in [block.text for block in found.blocks]
