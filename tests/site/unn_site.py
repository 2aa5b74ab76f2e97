"""Today's unn.ua: article pages, listings, feeds, robots.txt."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from urllib.parse import quote

from tests.site.content import EDITIONS, KYIV, Article, Line, article_by_slug, articles, plain
from tests.site.reply import HTML, Question, Reply, page, redirect
from tests.site.troubles import METADATA_ADDRESS, THROTTLED_ONCE

HOME = "https://unn.ua"
FEED_SIZE = 6
"""Far fewer than a day's articles, so that a daily run needs the listings."""
LISTING_SIZE = 8
SLOW_SECONDS = 1.5

DATELINES = {"uk": "Київ • УНН", "ru": "Киев • УНН", "en": "Kyiv • UNN"}
VIEWS = {"uk": "перегляди", "ru": "просмотра", "en": "views"}
MONTHS = {
    "uk": [
        "січня",
        "лютого",
        "березня",
        "квітня",
        "травня",
        "червня",
        "липня",
        "серпня",
        "вересня",
        "жовтня",
        "листопада",
        "грудня",
    ],
    "ru": ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
FEED_TITLES = {
    "uk": "УНН - Українські Національні Новини",
    "ru": "УНН - Украинские Национальные Новости",
    "en": "UNN - Ukrainian National News",
}
NOT_FOUND = {"uk": "Сторінку не знайдено", "ru": "Страница не найдена", "en": "Page not found"}
EXCLUSIVE = {"uk": "Ексклюзив", "ru": "Эксклюзив", "en": "Exclusive"}
MEDIA_LABELS = ("", "Photo", "", "Video", "", "PhotoVideo")
"""What is glued to the titles of the top stories, in turn."""

PARAGRAPHS_OF_A_LARGE_PAGE = 64 * 1024 // 128


def respond(question: Question) -> Reply:
    """Answer a request to unn.ua."""
    if question.attempt == 1 and _address(question) in THROTTLED_ONCE:
        return page("Too Many Requests", 429, Retry_After="1")
    fixed = {"/robots.txt": _robots, **{f"/rss/news_{edition}.xml": _feed for edition in EDITIONS}}
    fixed |= {f"{prefix}/news": _listing for prefix in EDITIONS.values()}
    return fixed.get(question.path, _article)(question)


def published(edition: str, now: datetime) -> list[Article]:
    """Return what an edition has published by now, newest first."""
    found = [article for article in articles() if article.host == "unn.ua" and article.edition == edition]
    return [article for article in reversed(found) if article.published_at <= now]


def listing_time(article: Article, now: datetime) -> str:
    """Return the time as a listing shows it: Kyiv wall time, without the day for today's, without the year for this year's."""
    if article.shown_date is None and article.published_at.date() == now.astimezone(KYIV).date():
        return _clock_time(article.published_at.strftime("%H:%M"), article.edition)
    shown = article.shown_date or article.published_at.isoformat()
    year, month, day, time = int(shown[:4]), int(shown[5:7]), shown[8:10], shown[11:16]
    name, clock = MONTHS[article.edition][month - 1], _clock_time(time, article.edition)
    if article.edition == "en":
        return f"{name} {int(day)}, {clock}" if year == now.year else f"{name[:3]} {int(day)} {year}, {clock}"
    return f"{int(day)} {name}, {clock}" if year == now.year else f"{int(day)} {name} {year}, {clock}"


def inline(marked: str) -> str:
    """Return a marked line as HTML."""
    linked = re.sub(r"\[(.+?)\]\((.+?)\)", r'<a href="\2" target="_blank" rel="nofollow noopener">\1</a>', escape(marked))
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", linked).replace(" - ", "&nbsp;- ")


def _address(question: Question) -> str:
    number = question.query.get("page")
    return f"{question.path}?page={number}" if number else question.path


def _clock_time(time: str, edition: str) -> str:
    return datetime.strptime(time, "%H:%M").replace(tzinfo=KYIV).strftime("%I:%M %p") if edition == "en" else time


def _edition(path: str) -> str:
    return next((name for name in ("ru", "en") if path.startswith(f"/{name}/") or path.endswith(f"_{name}.xml")), "uk")


# Article pages


def _article(question: Question) -> Reply:
    known = {article.path: article for article in articles() if article.host == "unn.ua" and article.published_at <= question.now}
    article = known.get(question.path)
    if article is None:
        return _not_found(question, 404)
    return _TROUBLED.get(article.trouble, _plain)(article, question)


def _plain(article: Article, question: Question) -> Reply:
    return replace(page(article_page(article, question.now)), changed_at=_changed_at(article, question.now))


def _changed_at(article: Article, now: datetime) -> datetime:
    return article.edited_at if article.edited_at and article.edited(now) else article.published_at


def _not_found(question: Question, status: int) -> Reply:
    edition = _edition(question.path)
    message = NOT_FOUND[edition]
    content = f'<main><div class="{_css("page404", question.now)}"><h1>404</h1><p>{message}</p></div></main>'
    return page(_document(edition, f"{message} | УНН", "", content, question.now), status)


def _unavailable_once(article: Article, question: Question) -> Reply:
    return page("Service Unavailable", 503) if question.attempt == 1 else _plain(article, question)


def _slow(article: Article, question: Question) -> Reply:
    return replace(_plain(article, question), pause=SLOW_SECONDS)


def _windows_1251(article: Article, question: Question) -> Reply:
    html = article_page(article, question.now).replace('<meta charSet="utf-8"/>', '<meta charset="windows-1251">')
    body = html.encode("windows-1251", errors="xmlcharrefreplace")
    return replace(_plain(article, question), body=body, headers={"Content-Type": "text/html"})


def _malformed(article: Article, question: Question) -> Reply:
    html = article_page(article, question.now)
    for closing in ("</p>", "</main>", "</strong></div>", "</body></html>"):
        html = html.replace(closing, "")
    return replace(_plain(article, question), body=html.encode())


def _moved(article: Article, question: Question) -> Reply:  # noqa: ARG001 - one signature for all troubles
    return redirect(HOME + article_by_slug(article.target).path, 301)


def _to_metadata(article: Article, question: Question) -> Reply:  # noqa: ARG001 - one signature for all troubles
    return redirect(METADATA_ADDRESS)


def _gone(article: Article, question: Question) -> Reply:  # noqa: ARG001 - one signature for all troubles
    return _not_found(question, 410)


def _missing(article: Article, question: Question) -> Reply:  # noqa: ARG001 - one signature for all troubles
    return _not_found(question, 404)


def _error_page(article: Article, question: Question) -> Reply:  # noqa: ARG001 - one signature for all troubles
    return _not_found(question, 200)


def _truncated(article: Article, question: Question) -> Reply:
    return replace(_plain(article, question), fault="truncated", changed_at=None)


def _too_large(article: Article, question: Question) -> Reply:
    filler = "<p>" + "0123456789abcdef" * 8 + "</p>"
    body = article_page(article, question.now) + filler * PARAGRAPHS_OF_A_LARGE_PAGE
    return Reply(200, body.encode(), {"Content-Type": HTML}, fault="endless")


def _pdf(article: Article, question: Question) -> Reply:  # noqa: ARG001 - one signature for all troubles
    return Reply(200, b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\n%%EOF\n", {"Content-Type": "application/pdf"})


_TROUBLED: dict[str, Callable[[Article, Question], Reply]] = {
    "unavailable_once": _unavailable_once,
    "slow": _slow,
    "windows_1251": _windows_1251,
    "malformed": _malformed,
    "moved": _moved,
    "to_metadata": _to_metadata,
    "gone": _gone,
    "missing": _missing,
    "error_page": _error_page,
    "truncated": _truncated,
    "too_large": _too_large,
    "pdf": _pdf,
}


def article_page(article: Article, now: datetime) -> str:
    """Return the page of an article as the site serves it at a time."""
    title = article.title_at(now)
    head = "".join(part(article, now) for part in (_head_common, _head_dates, _head_editions))
    content = f'<main class="{_css("wrapper", article.published_at)}">{_card(article, title, now)}</main>'
    return _document(article.edition, f"{title} | УНН", head, content, now)


def _head_common(article: Article, now: datetime) -> str:
    title, lead = escape(article.title_at(now)), escape(article.lead)
    return (
        f'<meta name="description" content="{lead}"/><meta property="og:title" content="{title}"/>'
        f'<meta property="og:description" content="{lead}"/><meta property="og:type" content="article"/>'
    )


def _head_dates(article: Article, now: datetime) -> str:
    return {"json_ld": _json_ld, "meta": _meta_dates, "none": lambda *_: ""}[article.dates](article, now)


def _meta_dates(article: Article, now: datetime) -> str:
    shown = article.shown_date or article.published_at.isoformat()
    modified = article.edited_at.isoformat() if article.edited_at and article.edited(now) else None
    changed = f'<meta property="article:modified_time" content="{modified}"/>' if modified else ""
    section = f'<meta property="article:section" content="{escape(article.section)}"/>'
    return f'<meta property="article:published_time" content="{shown}"/>{changed}{section}'


def _json_ld(article: Article, now: datetime) -> str:
    shown = article.shown_date or article.published_at.isoformat()
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": article.url},
        "headline": article.title_at(now),
        "description": article.lead,
        "datePublished": shown,
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "articleSection": article.section,
        "keywords": list(article.tags),
        "inLanguage": article.edition,
        "publisher": {"@type": "NewsMediaOrganization", "name": "УНН"},
    }
    if article.image_url:
        data["image"] = {"@type": "ImageObject", "url": article.image_url}
    if article.edited_at and article.edited(now):
        data["dateModified"] = article.edited_at.isoformat()
    block = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    return f'<link rel="canonical" href="{article.url}"/><script type="application/ld+json">{block}</script>'


def _head_editions(article: Article, now: datetime) -> str:
    links = [f'<link rel="alternate" hrefLang="{other.edition}" href="{other.url}"/>' for other in editions(article, now)]
    return "".join(links)


def editions(article: Article, now: datetime) -> list[Article]:
    """Return the editions of a story that the page of an article names by now, its own among them; few pages name any."""
    if not article.hreflang:
        return []
    same = [other for other in articles() if other.story == article.story and other.host == "unn.ua" and not other.copy_of]
    return [other for other in same if other.published_at <= now]


def _card(article: Article, title: str, now: datetime) -> str:
    day = article.published_at
    views = f" • <!-- -->{article.views_at(now)}<!-- --> {VIEWS[article.edition]}"
    mark = f'<span class="{_css("exclusive", day)}">{EXCLUSIVE[article.edition]}</span>' if article.exclusive else ""
    return (
        f'<div class="{_css("contentBlock", day)}">{mark}<h1 class="{_css("newsTitle", day)}">{escape(title)}</h1>'
        f'<div class="{_css("tagDateInfo", day)}">'
        f'<p class="{_css("tagDateInfoItem", day)}">{DATELINES[article.edition]}</p>'
        f'<p class="{_css("tagDateInfoItem", day)}">{views}</p></div>'
        f'<div class="{_css("announce", day)}"><p>{inline(article.lead)}</p></div>{_image(article, title)}'
        f'<div class="{_css("body", day)}">{_body(article, now)}</div></div>{_footer(article)}'
    )


def _image(article: Article, title: str) -> str:
    if article.image_url is None:
        return ""
    source = f"/_next/image?url={quote(article.image_url, safe='')}&amp;w=720&amp;q=75"
    style = _css("imageBlock", article.published_at)
    return f'<div class="{style}"><img alt="{escape(title)}" decoding="async" data-nimg="fill" src="{source}"/></div>'


def _body(article: Article, now: datetime) -> str:
    html = "".join(_line(line, article) for line in article.lines_at(now))
    return html.replace("</ul><ul>", "")


def _line(line: Line, article: Article) -> str:
    day = article.published_at
    if line.kind.startswith("heading"):
        return _heading(line.text, day)
    if line.kind.startswith("related"):
        return _related(line, article)
    if line.kind == "quote":
        return f"<blockquote><p>{inline(line.text)}</p></blockquote>"
    if line.kind == "list_item":
        return f"<ul><li>{inline(line.text)}</li></ul>"
    return f"<p>{inline(line.text)}</p>"


def _heading(text: str, day: datetime) -> str:
    """Return a sub-heading in one of the three forms that the editors' tool makes, by the day of the month."""
    strong = f"<strong>{text}</strong>"
    forms = (f"<h3>{text}</h3>", f'<div class="{_css("subTitle", day)}">{strong}</div>', f"<h2>{strong}</h2>")
    return forms[day.day % 3]


def _related(line: Line, article: Article) -> str:
    other = article_by_slug(line.text)
    when = other.published_at.strftime("%b %d %Y, %I:%M %p")
    glued = f"<span>{when} • {other.views} views</span>" if line.kind == "related_dated" else ""
    style = _css("readAlso", article.published_at)
    return f'<div class="{style}"><a href="{other.path}"><span>{escape(other.title)}</span>{glued}</a></div>'


def _footer(article: Article) -> str:
    day = article.published_at
    authors = "".join(_named("author", name, day, ' rel="author"') for name in article.authors)
    section = _named("category", article.section, day)
    tags = "".join(_named("tag", tag, day, ' rel="tag"') for tag in article.tags)
    return (
        f'<div class="{_css("authors", day)}">{authors}</div><div class="{_css("categories", day)}">{section}</div>'
        f'<div class="{_css("tags", day)}">{tags}</div>'
    )


def _named(kind: str, name: str, day: datetime, more: str = "") -> str:
    return f'<a{more} class="{_css(kind, day)}" href="/{kind}/{quote(name)}">{escape(name)}</a>'


# What surrounds every page


def _css(name: str, day: datetime, block: str = "single-news-card") -> str:
    """Return a CSS-module class: its hash changes with each build, which is made once a day."""
    if name == "body" and day.day == 16:
        return f"{block}_body__xHoem"
    digest = hashlib.sha256(f"{day.date()}{block}{name}".encode()).hexdigest()
    return f"{block}_{name}__{digest[:2].upper()}{digest[2:5]}"


def _document(edition: str, title: str, head: str, content: str, now: datetime) -> str:
    return (
        f'<!DOCTYPE html><html lang="{edition}"><head><meta charSet="utf-8"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        f'<link rel="stylesheet" href="/_next/static/css/{_css("app", now, "x")}.css" data-precedence="next"/>'
        f"<title>{escape(title)}</title>{head}</head><body>{_header(edition, now)}{content}{_top(edition, now)}"
        '<footer><p>© 2007-2026 УНН</p><a href="/about">Про нас</a></footer>'
        '<script>self.__next_f.push([1,"0:[\\"$\\",\\"main\\",null,{}]"])</script></body></html>'
    )


def _header(edition: str, now: datetime) -> str:
    rates = "<p>$<!-- -->43.17<span>0.02</span></p><p>€<!-- -->51.03<span>0.08</span></p>"
    switch = '<a href="/">uk</a><a href="/en">en</a><a href="/ru">ru</a>'
    menu = f'<a href="{EDITIONS[edition]}/news">{FEED_TITLES[edition]}</a><a href="/exclusives">{EXCLUSIVE[edition]}</a>'
    rates_css, switch_css = _css("rates", now, "header"), _css("lang", now, "header")
    return f'<header><div class="{rates_css}">{rates}</div><div class="{switch_css}">{switch}</div><nav>{menu}</nav></header>'


def _top(edition: str, now: datetime) -> str:
    """Return the ten most read articles, which stand on every page: links and titles that are not the page's own."""
    most_read = sorted(published(edition, now), key=lambda article: -article.views)[:10]
    items = [
        f'<a class="{_css("link", now, "top-news")}" href="{article.path}">'
        f"<span>{escape(article.title_at(now))}</span><span>{MEDIA_LABELS[number % len(MEDIA_LABELS)]}</span></a>"
        for number, article in enumerate(most_read)
    ]
    return f'<aside class="{_css("list", now, "top-news")}">{"".join(items)}</aside>'


# Listings and feeds


def _listing(question: Question) -> Reply:
    edition = _edition(question.path + "/")
    asked = question.query.get("page", "")
    number = max(1, int(asked)) if asked.isdecimal() else 1
    shown = published(edition, question.now)[(number - 1) * LISTING_SIZE : number * LISTING_SIZE]
    items = "".join(_listed(article, question.now) for article in shown)
    more = f'<a class="{_css("more", question.now, "pagination")}" href="{question.path}?page={number + 1}">»</a>'
    listed = f'<div class="{_css("list", question.now, "news-list")}">{items}</div>'
    content = f"<main><h1>{FEED_TITLES[edition]}</h1>{listed}{more}</main>"
    return page(_document(edition, f"{FEED_TITLES[edition]} | УНН", "", content, question.now))


def _listed(article: Article, now: datetime) -> str:
    time, views = listing_time(article, now), f"{article.views_at(now)}<!-- --> {VIEWS[article.edition]}"
    return (
        f'<a class="{_css("link", now, "news-card")}" href="{article.path}">'
        f'<h3 class="{_css("title", now, "news-card")}">{escape(article.title_at(now))}</h3>'
        f'<p class="{_css("info", now, "news-card")}">{time}<!-- --> • <!-- -->{views}</p></a>'
    )


def _feed(question: Question) -> Reply:
    edition = _edition(question.path)
    shown = [article for article in published(edition, question.now) if article.in_feed][:FEED_SIZE]
    encoding = "windows-1251" if edition == "ru" else "UTF-8"
    items = "".join(_item(article, question.now) for article in shown)
    xml = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<rss version="2.0"><channel><title>{FEED_TITLES[edition]}</title>'
        f"<link>{HOME}</link><description>{FEED_TITLES[edition]}</description><language>uk</language>{items}</channel></rss>\n"
    )
    changed_at = max((_changed_at(article, question.now) for article in shown), default=None)
    kind = "application/rss+xml" if edition == "en" else "text/xml"
    return Reply(200, xml.encode(encoding, errors="xmlcharrefreplace"), {"Content-Type": kind}, changed_at)


def _item(article: Article, now: datetime) -> str:
    tracked = "?utm_source=rss&amp;utm_medium=feed" if article.edition == "uk" else ""
    digest = hashlib.sha256(article.path.encode()).hexdigest()[:32]
    guid = f'<guid isPermaLink="false">{digest}</guid>' if article.edition == "ru" else f"<guid>{article.url}</guid>"
    return (
        f"<item><title>{escape(article.title_at(now))}</title><link>{article.url}{tracked}</link>"
        f"<description><![CDATA[ {plain(article.lead)} ]]></description>{guid}"
        f"<category>{escape(article.section)}</category><pubDate>{_feed_time(article)}</pubDate></item>"
    )


def _feed_time(article: Article) -> str:
    if article.shown_date:
        shown = article.shown_date
        return f"Tue, {shown[8:10]} {MONTHS['en'][int(shown[5:7]) - 1][:3]} {shown[:4]} {shown[11:16]}:00 +0200"
    at = article.published_at
    return format_datetime(at.astimezone(UTC), usegmt=True) if article.edition == "en" else format_datetime(at)


def _robots(question: Question) -> Reply:  # noqa: ARG001 - one signature for all addresses
    text = f"User-agent: *\nDisallow: /private/\nDisallow: /search\n\nSitemap: {HOME}/sitemap.xml\n"
    return Reply(200, text.encode(), {"Content-Type": "text/plain"})
