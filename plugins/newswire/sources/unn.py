"""UNN, Ukrainian National News (unn.ua): three editions, today's site and the one before it (unn.com.ua, until 2023)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newswire.citation import cited_source
from newswire.dates import is_possible
from newswire.discover import registrable, site
from newswire.fragment import Rules, read_fragment
from newswire.model import (
    Announcement,
    Article,
    Block,
    BlockKind,
    Feed,
    Link,
    Outcome,
    Page,
    Politeness,
    Rejected,
    Source,
)
from newswire.parse import time_of
from newswire.structured import Structured, persons, read
from newswire.text import clean, clean_or_none
from newswire.urls import absolute, canonical, canonical_or_none, path_id
from newswire.window import KYIV

ARTICLE_PATH = re.compile(r"/(?:(?:uk|ru|en)/)?(?:news|exclusive|publication)/[^/]*-[^/]*")
"""`/ru/news/<slug>` today, `/ru/news/<number>-<slug>` before; a slug has a hyphen, a section (`/news/politics`) has none."""

SITES = frozenset({"unn.ua", "unn.com.ua"})

_TITLE = '[class*="newsTitle__"], h1[itemprop=name], .b-news-full > h1'
_LEAD = '[class*="_announce__"]'
_BODY = '[class*="single-news-card_body__"], [itemprop=articleBody], .b-news-text'
_OLD_BODY = ".b-news-text"
_INFO = '[class*="tagDateInfoItem__"]'
_VIEWS = f"{_INFO}, .b-news-date .view"
_IMAGE = '[class*="single-news-card_image"] img, .b-news-full-img img'
_AUTHORS = 'a[rel=author], [class*="single-news-card_author__"]'
_SECTION = '[class*="single-news-card_categor"]'
_TAGS = 'a[rel=tag], [class*="single-news-card_tags__"] a, .b-news-tags a'
"""Where things stand: on today's site by the lasting part of a class (a hash follows that changes with each build), then on
the old one."""

_UNREAD = (
    '[class*="imageBlock"], [class*="single-news-card_author"], [class*="single-news-card_categor"],'
    ' [class*="single-news-card_tag"]'
)
"""What follows a body that its page does not close is no part of it."""

_LEAST_TEXT = 300
"""Characters in paragraphs of one element that make a page of unknown shape an article: error pages and listings have fewer."""

_DATELINE = re.compile(r"[^•\d]{2,40} • (?:УНН|UNN)")
_OLD_DATELINE = re.compile(r"[^\W\d_][^.\d]{1,40}\. (?:\d{1,2} [^\W\d_]+|[^\W\d_]+ \d{1,2})\. (?:УНН|UNN)\.?(?=\s|$)")
_COUNT = re.compile(r"(\d[\d\s]*?)\s*(?:перегляд|просмотр|view|$)", re.IGNORECASE)
_HOUSE_BEHIND = re.compile(r" ?(?:\||[–-] новости на) (?:УНН|UNN)\b.*$")
_AMP_PATH = re.compile(r"(?P<edition>/(?:ru|en))?/amp(?:/(?:ru|en))?/(?P<slug>[^/]+)/?")


def parse(source: Source, page: Page, announcement: Announcement) -> Iterator[Article | Rejected]:
    """Yield the article of a page, in today's shape or the old site's, or why there is none."""
    tree = LexborHTMLParser(page.text)
    stated = read(tree, page.final_url, KYIV)
    title, text, time = _title(tree, stated), _text(tree, page, stated), time_of(announcement, stated, page.fetched_at)
    if not text.blocks or not title or not time:
        outcome, detail = _problem(tree, page, text, title)
        yield Rejected(source.name, announcement.feed, announcement.url, outcome, detail)
        return
    url = _url(page, announcement, stated)
    article = Article(
        source=source.name,
        feed=announcement.feed,
        external_id=path_id(url),
        url=url,
        title=title,
        lead=_lead(tree, stated, announcement),
        body=text.blocks,
        published_at=time[0],
        time_origin=time[1],
        dateline=text.dateline or _dateline(tree),
        modified_at=_modified_at(stated, page),
        authors=_authors(tree, stated),
        section=stated.section or next(_texts(tree, _SECTION), announcement.section),
        tags=tuple(dict.fromkeys(_texts(tree, _TAGS))) or stated.tags,
        image_url=_image(tree, page) or _original(stated.image_url or "", page.final_url),
        links=text.links,
        found_by={"body": text.method, "published_at": time[1].value},
        editions={language: address for language, address in stated.editions.items() if address != url},
        cited_source=cited_source(block.text for block in text.blocks),
        views=_views(tree),
    )
    yield replace(article, found_by={**article.found_by, **_found_by(article, tree, stated)})


def _problem(tree: LexborHTMLParser, page: Page, text: _Text, title: str | None) -> tuple[Outcome, str]:
    """Return why a page gives no article; asked only where something is missing."""
    if tree.css_first(f"{_BODY}, {_TITLE}") is None and not text.blocks:
        return Outcome.NOT_ARTICLE, f"neither a body nor a headline of an article at {page.final_url}"
    if not title:
        return Outcome.NO_TITLE, "no headline, no og:title, no title"
    if not text.blocks:
        return Outcome.NO_TEXT, "an article's page with an empty body"
    return Outcome.NO_DATE, "neither the announcement nor the page gives a possible time"


# --- the fields around the text


def _texts(tree: LexborHTMLParser, selector: str) -> Iterator[str]:
    """Yield the cleaned texts of the elements, those that have one."""
    return filter(None, (clean(node.text()) for node in tree.css(selector)))


def _found_by(article: Article, tree: LexborHTMLParser, stated: Structured) -> dict[str, str]:
    """Return how each field around the text was found: in its place by these rules, or stated for machines, or announced."""
    placed = {"title": _TITLE, "lead": _LEAD, "tags": _TAGS, "image_url": _IMAGE}
    ways = {
        "title": "window",
        "lead": "announced",
        "section": "announced",
        "authors": stated.found_by.get("authors", "rules"),
        "url": "announced",
        **{name: way for name, way in stated.found_by.items() if getattr(article, name) == getattr(stated, name)},
        **{name: "rules" for name, place in placed.items() if tree.css_first(place) is not None},
    }
    return {name: way for name, way in ways.items() if getattr(article, name)}


def _title(tree: LexborHTMLParser, stated: Structured) -> str | None:
    written = next(_texts(tree, _TITLE), None) or stated.title or next(_texts(tree, "title"), "")
    return _HOUSE_BEHIND.sub("", written) or None


def _lead(tree: LexborHTMLParser, stated: Structured, announcement: Announcement) -> str | None:
    """Return the summary; the old site had none on its pages, its descriptions repeat the first paragraph or the headline."""
    announce = tree.css_first(_LEAD)
    if announce is not None:
        shown = [clean(node.text()) for node in announce.css("p")] or [clean(announce.text())]
        return clean_or_none(" ".join(shown))
    described = None if tree.css_first(_OLD_BODY) else stated.lead
    return described or announcement.lead


def _modified_at(stated: Structured, page: Page) -> datetime | None:
    return stated.modified_at if stated.modified_at and is_possible(stated.modified_at, page.fetched_at) else None


def _url(page: Page, announcement: Announcement, stated: Structured) -> str:
    """Return the address that the page gives itself, else the one that answered, where it is an article's of this edition.

    Otherwise the announced one. An edition's page that names another edition's address would take that one's place.
    """
    own = stated.canonical_url
    amp = _AMP_PATH.fullmatch(urlsplit(page.final_url).path)
    if own and _is_article(own) and (amp or _edition(own) == _edition(announcement.url)):
        return own
    if amp:
        return canonical(f"{amp['edition'] or ''}/news/{amp['slug']}", page.final_url)
    answered = canonical_or_none(page.final_url)
    if answered and _is_article(answered) and _edition(answered) == _edition(announcement.url):
        return answered
    return announcement.url


def _is_article(url: str) -> bool:
    parts = urlsplit(url)
    return registrable(parts.hostname or "") in SITES and ARTICLE_PATH.fullmatch(parts.path) is not None


def _edition(url: str) -> str:
    found = re.match(r"/(ru|en)/", urlsplit(url).path)
    return found[1] if found else "uk"


def _dateline(tree: LexborHTMLParser) -> str | None:
    return next(filter(_DATELINE.fullmatch, _texts(tree, _INFO)), None)


def _authors(tree: LexborHTMLParser, stated: Structured) -> tuple[str, ...]:
    shown = stated.authors or tuple(dict.fromkeys(name for text in _texts(tree, _AUTHORS) for name in persons(text)))
    return tuple(name for name in shown if name not in ("УНН", "UNN"))


def _views(tree: LexborHTMLParser) -> int | None:
    """Return the number in `• 1962 перегляди`; React puts comments around it, other numbers stand in front."""
    counts = map(_COUNT.search, _texts(tree, _VIEWS))
    return next((int(re.sub(r"\s", "", count[1])) for count in counts if count), None)


def _image(tree: LexborHTMLParser, page: Page) -> str | None:
    addresses = (_original(node.attributes.get("src") or "", page.final_url) for node in tree.css(_IMAGE))
    return next((address for address in addresses if address), None)


def _original(address: str, base: str) -> str | None:
    """Return a picture's own address: absolute, and without Next.js' resizing (`/_next/image?url=<address>&w=720`)."""
    resolved = absolute(base, address)
    parts = urlsplit(resolved) if resolved else None
    if parts and parts.path.endswith("/_next/image"):
        return absolute(base, parse_qs(parts.query).get("url", [""])[0])
    return resolved


# --- the text


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of a page, without what surrounds it."""

    blocks: tuple[Block, ...] = ()
    method: str = "rules"
    """How it was found: `rules`, `density`, `json_ld`."""
    dateline: str | None = None
    links: tuple[Link, ...] = ()


def _text(tree: LexborHTMLParser, page: Page, stated: Structured) -> _Text:
    """Return the text from where it stands, else from the element with most paragraphs, else from JSON-LD.

    The element with most paragraphs is looked for only at an article's address: start pages and sections have texts too.
    """
    path = urlsplit(page.final_url).path
    at_article = ARTICLE_PATH.fullmatch(path.rstrip("/")) or _AMP_PATH.fullmatch(path)
    placed = tree.css_first(_BODY)
    container = placed or (_densest(tree) if at_article else None)
    if container is not None:
        read_as = "rules" if placed else "density"
        return _without_dateline(replace(_read(container, page.final_url), method=read_as))
    lines = (stated.body or "").split("\n")
    return _without_dateline(_Text(tuple(Block(BlockKind.PARAGRAPH, line) for line in map(clean, lines) if line), "json_ld"))


def _read(container: LexborNode, url: str) -> _Text:
    read_as = Rules(_is_article, is_chrome=lambda text: _DATELINE.fullmatch(text) is not None, unread=_UNREAD)
    found = read_fragment(container.html or "", url, read_as)
    return _Text(found.blocks, links=found.links)


def _densest(tree: LexborHTMLParser) -> LexborNode | None:
    """Return the element whose own paragraphs hold most text, for pages whose classes have changed; None where it is little."""
    found: dict[int, tuple[int, LexborNode]] = {}
    for paragraph in tree.css("p"):
        parent = paragraph.parent
        if parent is not None and not paragraph.css_matches("a *, aside *, footer *, header *, nav *"):
            length = found.get(parent.mem_id, (0, parent))[0] + len(clean(paragraph.text()))
            found[parent.mem_id] = (length, parent)
    length, container = max(found.values(), key=itemgetter(0), default=(0, None))
    return container if length >= _LEAST_TEXT else None


def _without_dateline(text: _Text) -> _Text:
    """Cut `КИЕВ. 3 декабря. УНН.` off the first paragraph."""
    found = _OLD_DATELINE.match(text.blocks[0].text) if text.blocks else None
    if not found:
        return text
    first = replace(text.blocks[0], text=text.blocks[0].text[found.end() :].strip())
    return replace(text, dateline=found[0], blocks=(first, *text.blocks[1:]) if first.text else text.blocks[1:])


SOURCE = Source(
    name="unn",
    title="УНН",
    kind="site",
    feeds=(
        # The Ukrainian feed is seen in four public programs. The other two, and `?page=` of all three, are inferred from it.
        Feed("uk", ("uk",), rss=("https://unn.ua/rss/news_uk.xml",), listing="https://unn.ua/news?page={page}"),
        Feed("ru", ("ru",), rss=("https://unn.ua/rss/news_ru.xml",), listing="https://unn.ua/ru/news?page={page}"),
        Feed("en", ("en",), rss=("https://unn.ua/rss/news_en.xml",), listing="https://unn.ua/en/news?page={page}"),
    ),
    discover=site(ARTICLE_PATH),
    parse=parse,
    parser_version="1",
    home="https://unn.ua/",
    min_daily=150,  # the old site's numbers rose by some 170 a day in December 2020, and there are three editions
    politeness=Politeness(pause=1.0),
)
