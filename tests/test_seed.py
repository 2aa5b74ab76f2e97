"""The one text that downstream programs are known to read: from a page of UNN's shape through it all and out, byte for byte."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path

import pytest

from newswire import db, deduplication, export, fetch, language, pipeline, sources
from newswire.model import Window
from newswire.window import KYIV, moment

AT = datetime(2026, 2, 20, 14, 37, 12, tzinfo=KYIV)
WINDOW = Window(moment("2026-02-20"), moment("2026-02-21"))
PATH = "/news/ukraina-hotova-spivpratsiuvaty-z-yaponiieiu"

RATES = '<header><div class="header_rates__x1"><p>$<!-- -->43.17<span>0.02</span></p><p>€<!-- -->51.03<span>0.08</span></p></div>'
SWITCH = '<div class="header_lang__x2"><a href="/">uk</a><a href="/en">en</a><a href="/ru">ru</a></div></header>'
TOP = "".join(
    f'<a class="top-news_link__x3" href="/news/top-{number}"><span>Головна новина номер {number}</span><span>{label}</span></a>'
    for number, label in enumerate(("", "Photo", "", "Video", "PhotoVideo", "", "", "Photo", "", ""))
)
RELATED = (
    '<div class="{css}"><a href="/news/inshe-1"><span>Зовсім інша новина, про яку тут лише згадують</span></a></div>',
    '<div class="{css}"><a href="/news/inshe-2"><span>Ще одна</span><span>Nov 11 2024, 03:57 PM • 20229 views</span></a></div>',
    '<p><a href="https://unn.ua/news/inshe-3">Третя новина збоку</a></p>',
    '<p><a href="/news/inshe-4">Четверта новина</a>20.02.26, 10:18 • 27155 переглядів</p>',
    '<div><a href="/news/inshe-5"><strong>П’ята новина</strong></a><span>5 лютого, 10:18 • 27155 перегляди</span></div>',
)

HEADINGS = {
    "h2": "<h2>{}</h2>",
    "h3": "<h3>{}</h3>",
    "h2-strong": "<h2><strong>{}</strong></h2>",
    "div-strong": '<div class="{css}"><strong>{}</strong></div>',
    "p-strong": "<p><strong>{}</strong></p>",
}


@dataclass(frozen=True)
class Variant:
    """What of a page is known to differ, or may."""

    css: str = "w0_Jb"
    heading: str = "h3"
    related: bool = True
    visible_lead: bool = True
    json_ld: bool = False
    meta_dates: bool = False
    quotes: str = "<p>{}</p>"
    spaces: str = ""
    """Stands between elements and around texts."""


VARIANTS = {
    "plain": Variant(related=False),
    **{f"heading-{name}": Variant(heading=name) for name in HEADINGS},
    "classes-of-2024": Variant(css="xHoem"),
    "classes-of-another-build": Variant(css="_9-Zq", heading="div-strong"),
    "lead-in-meta-alone": Variant(visible_lead=False),
    "lead-in-meta-and-json-ld": Variant(visible_lead=False, json_ld=True),
    "json-ld": Variant(json_ld=True, heading="p-strong"),
    "dates-in-meta": Variant(meta_dates=True, heading="h2"),
    "blockquotes": Variant(quotes="<blockquote><p>{}</p></blockquote>", heading="h2-strong"),
    "quotes-in-italics": Variant(quotes="<p><em>{}</em></p>"),
    "white-space": Variant(spaces="\n    \t", heading="div-strong"),
    "everything": Variant(
        "A1b2C", "p-strong", json_ld=True, meta_dates=True, quotes="<blockquote>{}</blockquote>", spaces="\r\n"
    ),
}


@dataclass(frozen=True)
class Text:
    """The seed, taken apart."""

    title: str
    lead: str
    lines: tuple[str, ...]

    @classmethod
    def of(cls, seed: str) -> Text:
        head, lead, *lines = seed.split("\n")
        return cls(head.removeprefix(" date 2026-02-20 "), lead, tuple(lines))


def html_page(text: Text, variant: Variant) -> str:
    spaces = variant.spaces
    return spaces.join(
        (
            '<!DOCTYPE html><html lang="uk"><head><meta charSet="utf-8"/>',
            f"<title>{escape(text.title)} | УНН</title>",
            f'<meta property="og:title" content="{escape(text.title)}"/><meta name="description" content="{escape(text.lead)}"/>',
            _meta(variant) + _json_ld(text, variant),
            f"</head><body>{RATES}{SWITCH}<main>",
            _card(text, variant),
            f'</main><aside class="top-news_list__x4">{TOP}</aside>',
            '<footer><p>© 2007-2026 УНН</p></footer><script>self.__next_f.push([1,"0:[]"])</script></body></html>',
        )
    )


def _meta(variant: Variant) -> str:
    if not variant.meta_dates:
        return ""
    published = f'<meta property="article:published_time" content="{AT.isoformat()}"/>'
    return published + '<meta property="article:section" content="Політика"/>'


def _json_ld(text: Text, variant: Variant) -> str:
    if not variant.json_ld:
        return ""
    data = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": text.title, "description": text.lead,
        "datePublished": AT.isoformat(), "articleBody": " ".join(text.lines),
        "publisher": {"@type": "Organization", "name": "УНН"},
    }  # fmt: skip
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def _card(text: Text, variant: Variant) -> str:
    css = partial("single-news-card_{}__{}".format)
    name = lambda part: f'class="{css(part, variant.css)}"'  # noqa: E731 - read in each of the next lines
    announce = f"<div {name('announce')}><p>{escape(text.lead)}</p></div>" if variant.visible_lead else ""
    image = "/_next/image?url=https%3A%2F%2Fimg.unn.ua%2Fimg%2F2026%2F02%2F20%2F1771591032-1234-large.webp&amp;w=720&amp;q=75"
    return variant.spaces.join(
        (
            f"<div {name('contentBlock')}><h1 {name('newsTitle')}>{escape(text.title)}</h1><div {name('tagDateInfo')}>",
            f"<p {name('tagDateInfoItem')}>Київ • УНН</p>",
            f"<p {name('tagDateInfoItem')}> • <!-- -->1962<!-- --> перегляди</p></div>",
            announce,
            f'<div {name("imageBlock")}><img alt="{escape(text.title)}" src="{image}"/></div><div {name("body")}>',
            _body(text, variant),
            f"</div></div><div {name('authors')}></div><div {name('categories')}><a href='/politics'>Політика</a></div>",
        )
    )


def _body(text: Text, variant: Variant) -> str:
    related = cycle(RELATED)
    parts = []
    for number, line in enumerate(text.lines):
        parts.append(_line(line, variant, quoted=number in (5, 7)))
        if variant.related:
            parts.append(next(related).format(css=f"single-news-card_readAlso__{variant.css}"))
    return variant.spaces.join(parts)


def _line(line: str, variant: Variant, *, quoted: bool) -> str:
    if line in ("Деталі", "Нагадаємо"):
        return HEADINGS[variant.heading].format(line, css=f"single-news-card_subTitle__{variant.css}")
    inner = f"{variant.spaces}{escape(line, quote=False)}{variant.spaces}".replace(" - ", "&nbsp;- ")
    linked = inner.replace("допис", '<a href="https://t.me/V_Zelenskiy_official/1" rel="nofollow">допис</a>')
    return (variant.quotes if quoted else "<p>{}</p>").format(linked)


def feed(text: Text) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>УНН</title><link>https://unn.ua</link>'
        f"<item><title>{escape(text.title)}</title><link>https://unn.ua{PATH}?utm_source=rss</link>"
        f"<description><![CDATA[ {text.lead} ]]></description><guid>https://unn.ua{PATH}</guid><category>Політика</category>"
        "<pubDate>Fri, 20 Feb 2026 14:37:12 +0200</pubDate></item>"
        "<item><title>Новина минулого дня</title><link>https://unn.ua/news/mynulyi-den</link>"
        "<pubDate>Thu, 19 Feb 2026 20:00:00 +0200</pubDate></item></channel></rss>"
    )


@contextmanager
def served(pages: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """Serve path → (content type, text) on loopback; anything else is 404."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, text = pages.get(self.path, ("", ""))
            body = text.encode()
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def seed(shared: Path) -> bytes:
    return (shared / "seed" / "unn_2026-02-20.txt").read_bytes()


def run(connection: db.Connection, base: str, folder: Path) -> bytes:
    """Take what is announced through the pipeline into the database, and return the one text that comes out."""
    source = sources.load("unn")
    settings = fetch.Settings(hosts={"unn.ua": base}, pause=0, backoff=0, tries=1)
    with fetch.Client(settings, source.politeness) as client:
        walk = pipeline.discover(connection, source, source.feed("uk"), WINDOW, client)
        assert walk.failures == ()
        plan = pipeline.plan(connection, source, ["uk"], window=WINDOW)
        assert pipeline.fetch(connection, source, plan.numbers, client, planned_at=plan.planned_at).counts == {"fetched": 1}
    assert pipeline.normalise(connection, source, ["uk"], language.judge).counts == {"ok": 1}
    deduplication.deduplicate(connection)
    assert export.export(connection, WINDOW, folder) == {"2026-02-20": 1}
    (text,) = folder.glob("2026-02-20/text/*.txt")
    return text.read_bytes()


@pytest.mark.parametrize("name", VARIANTS)
def test_the_seed_comes_out_of_the_database_byte_for_byte(
    seed: bytes, connection: db.Connection, tmp_path: Path, name: str
) -> None:
    text = Text.of(seed.decode())
    pages = {PATH: ("text/html; charset=utf-8", html_page(text, VARIANTS[name])), "/rss/news_uk.xml": ("text/xml", feed(text))}
    with served(pages) as base:
        assert run(connection, base, tmp_path).decode() == seed.decode()
    (line,) = (tmp_path / "2026-02-20" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    article = json.loads(line)
    kinds = article["body_kinds"]
    assert [kind for kind in kinds if kind.startswith("heading")] == ["heading_details", "heading_recall"]
    assert (article["language"], article["url"], article["dateline"]) == ("uk", f"https://unn.ua{PATH}", "Київ • УНН")
    assert datetime.fromisoformat(article["published_at"]) == AT


def test_the_seed_is_what_these_pages_are_built_from(seed: bytes) -> None:
    text = Text.of(seed.decode())
    assert seed.decode() == "\n".join((f" date 2026-02-20 {text.title}", text.lead, *text.lines))
    assert {"Деталі", "Нагадаємо"} < set(text.lines)
    assert not seed.endswith(b"\n")
