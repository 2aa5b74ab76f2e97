"""The old site, www.unn.com.ua: article pages with microdata and JSON-LD that is escaped twice."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from html import escape

from tests.site.content import Article, Line, articles, plain
from tests.site.reply import Question, Reply, page
from tests.site.unn_site import MONTHS

SITE = "https://www.unn.com.ua"
WORDS = {
    "uk": {"city": "КИЇВ", "agency": "УНН", "source": "Джерело", "tags": "Теги", "name": "Українські Національні Новини"},
    "ru": {"city": "КИЕВ", "agency": "УНН", "source": "Источник", "tags": "Теги", "name": "Украинские Национальные Новости"},
}
HOUSE = {"@context": "https://schema.org", "@type": "Organization", "name": "UNN", "url": f"{SITE}/"}
"""Stands on each page several times before the block that matters."""


def respond(question: Question) -> Reply:
    """Answer a request to www.unn.com.ua."""
    known = {article.path: article for article in articles() if article.host == "www.unn.com.ua"}
    article = known.get(question.path)
    if article is None or article.published_at > question.now:
        return page("<html><body><h1>404</h1></body></html>", 404)
    return _reply(article, question)


def _reply(article: Article, question: Question) -> Reply:
    encoding = "windows-1251" if article.trouble == "windows_1251" else "utf-8"
    body = _page(article, question, encoding).encode(encoding, errors="xmlcharrefreplace")
    return Reply(200, body, {"Content-Type": "text/html"}, changed_at=article.published_at)


def dateline(article: Article) -> str:
    """Return the dateline in front of the text: place, day and agency."""
    words, at = WORDS[article.edition], article.published_at
    return f"{words['city']}. {at.day} {MONTHS[article.edition][at.month - 1]}. {words['agency']}."


def _page(article: Article, question: Question, encoding: str) -> str:
    language, title = article.edition, escape(article.title)
    return (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
        f'<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="{language}" lang="{language}">\n<head>\n'
        f'<meta http-equiv="Content-Type" content="text/html; charset={encoding}" />\n<title>\n{title}</title>\n'
        f'<meta property="og:title" content="{title}" />\n<meta property="og:type" content="article" />\n'
        f'<meta property="og:url" content="{article.url}" />\n<meta property="og:locale" content="uk_UA">\n'
        f'<link rel="canonical" href="{article.url}" />\n{_editions(article)}{_house_blocks()}</head>\n<body>\n'
        f"{_news(article, question)}\n{_json_ld(article)}\n</body>\n</html>\n"
    )


def _editions(article: Article) -> str:
    same = [other for other in articles() if other.news_id and other.news_id == article.news_id]
    return "".join(f'<link rel="alternate" href="{other.url}" hreflang="{other.edition}" />\n' for other in same)


def _house_blocks() -> str:
    types = ("Organization", "WebSite", "Organization", "Organization", "SearchAction")
    blocks = [json.dumps({**HOUSE, "@type": kind}, indent=2) for kind in types]
    return "".join(f'<script type="application/ld+json">\n{block}\n</script>\n' for block in blocks)


def _news(article: Article, question: Question) -> str:
    at, words = article.published_at, WORDS[article.edition]
    when = f"{at.day} {MONTHS[article.edition][at.month - 1]} {at.year}, {at:%H:%M}"
    tags = ", ".join(f'<a href="{SITE}/{article.edition}/news/tag/{escape(tag)}">{escape(tag)}</a>' for tag in article.tags)
    first, *others = article.lines
    title = escape(article.title)
    start = f'<p style="text-align: justify;"><strong>{_spaced(dateline(article))}</strong> {_spaced(plain(first.text))}</p>'
    body = start + "".join(_line(line) for line in others)
    return (
        '<div class="b-news-feed-date b-news-date b-news-feed-date-bottom">\n'
        f'<span itemprop="datePublished" class="datelink" content="{at:%Y-%m-%dT%H:%M}">{when}</span>\n'
        '<span>&bull; <span itemprop="author" itemscope itemtype="http://schema.org/Person"> '
        f'<span itemprop="name">{article.authors[0]}</span></span></span>\n'
        f'&bull; <span class="view"> {article.views_at(question.now)}</span></div>\n'
        f'<div class="b-news-full">\n<h1 class="title " itemprop="name">{title}</h1>\n<div class="b-news-holder">\n'
        f'<div class="b-news-full-img"><img alt="{title}" itemprop="image" src="{_image(article)}" /></div>\n'
        f'<div class="b-news-text b-static-text" itemprop="articleBody">\n{body}\n</div>\n</div>\n'
        f'<div class="b-news-source">{words["source"]}: <a href="{SITE}/"><span itemprop="name">УНН</span></a></div>\n'
        f'<div class="b-news-tags">{words["tags"]}: {tags}</div>\n</div>'
    )


def _line(line: Line) -> str:
    return f'\n<p style="text-align: justify;">{_spaced(plain(line.text))}</p>'


def _spaced(text: str) -> str:
    """Return text as the old editor wrote it: a hard space behind a short word, before a dash, behind a number."""
    words = escape(text, quote=False).replace(" — ", "&nbsp;&mdash; ").split(" ")
    spaced = "".join(word + ("&nbsp;" if len(word) <= 2 or word.isdigit() else " ") for word in words)
    return spaced.strip().removesuffix("&nbsp;")


def _image(article: Article) -> str:
    return f"/uploads/news/{article.published_at:%Y/%m/%d}/{article.image}.jpg"


def image_url(article: Article) -> str:
    """Return the full address of the article's image, which its page gives without the host."""
    return SITE + _image(article)


def modified_at(article: Article) -> datetime:
    """Return when the old site says that the article was last changed: always a minute after it was published."""
    return article.published_at + timedelta(minutes=1)


def _json_ld(article: Article) -> str:
    at = article.published_at
    data = {
        "@context": "http://schema.org",
        "@type": "NewsArticle",
        "headline": escape(article.title),
        "description": escape(_spaced(f"{dateline(article)} {plain(article.lines[0].text)}")),
        "url": article.url,
        "mainEntityOfPage": {"@type": "WebPage", "@id": article.url},
        "datePublished": f"{at:%Y-%m-%dT%H:%M}",
        "dateModified": f"{modified_at(article):%Y-%m-%dT%H:%M}",
        "author": {"@type": "Person", "name": article.authors[0]},
        "publisher": {"@type": "Organization", "name": f'{WORDS[article.edition]["name"]} "УНН"'},
        "image": {"@type": "ImageObject", "url": image_url(article)},
    }
    return f'<script type="application/ld+json">\n{json.dumps(data, ensure_ascii=False)}</script>'
