"""What a page says of itself for machines: JSON-LD, Open Graph and other meta tags, microdata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newswire import jsonld
from newswire.bylines import folded, persons, unique, without_house
from newswire.dates import parse_time
from newswire.jsonld import plain
from newswire.model import TimeOrigin
from newswire.urls import canonical_or_none, host

__all__ = ["Structured", "parse_time", "persons", "read"]


@dataclass(frozen=True, slots=True)
class Structured:
    """What a page says of itself; each field from the most trustworthy place that has it."""

    title: str | None = None
    """The headline, cleaned, without the house's name behind it; None when the page states none."""
    lead: str | None = None
    """The publisher's summary; None when the page states none."""
    body: str | None = None
    """JSON-LD's `articleBody`, one paragraph a line, without markup; None when there is none. Some publishers cut it short."""
    authors: tuple[str, ...] = ()
    """Persons, in the page's order; never the house."""
    published_at: datetime | None = None
    """Aware, in the zone that was written; None when the page states no possible time."""
    published_origin: TimeOrigin | None = None
    """JSON_LD, META, or PAGE (microdata, `<time>`, the address); None without a time."""
    times: tuple[tuple[datetime, TimeOrigin], ...] = ()
    """Every time of publication that the page states, the most trustworthy first: for when the first one cannot be."""
    modified_at: datetime | None = None
    """Aware; None when the page does not say."""
    section: str | None = None
    """The rubric, as the publisher writes it."""
    tags: tuple[str, ...] = ()
    """Keywords, as the publisher writes them, without `#`."""
    image_url: str | None = None
    """Address of the main picture, absolute, as it stands (its query may be a signature)."""
    canonical_url: str | None = None
    """Canonical form of the address that the page gives as its own."""
    editions: Mapping[str, str] = field(default_factory=dict)
    """ISO 639-1 code → canonical URL of the same article in that language (hreflang); the page itself included when listed."""
    language: str | None = None
    """ISO 639-1 code that the page declares; not to be trusted."""
    kind: str | None = None
    """JSON-LD type of the article, else `og:type`: `NewsArticle`, `article`, `website`."""
    site_name: str | None = None
    """The house's name as the page gives it."""
    found_by: Mapping[str, str] = field(default_factory=dict)
    """Field → where it stood: `json_ld`, `meta`, `microdata`; for those fields alone that articles have too."""


_LAYERS = ("json_ld", "meta", "microdata")
"""Where a page states things, the most trustworthy first."""
_TRACED = ("title", "lead", "modified_at", "authors", "section", "tags", "image_url")
_MERGED = ("title", "lead", "body", "modified_at", "section", "image_url", "canonical_url", "language", "kind")

_MOST_ITEMS = 30
"""Elements of one property that are read: an article has few authors and keywords, and hostile pages nest thousands."""

_META_TITLE = (
    *("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "cxenseparse:title", "title"),
    *("headline",),
)
_META_LEAD = ("og:description", "description", "twitter:description", "sailthru.description", "dc.description")
_META_PUBLISHED = (
    *("article:published_time", "og:article:published_time", "og:published_time", "article:published"),
    *("parsely-pub-date", "sailthru.date", "datepublished", "cxenseparse:recs:publishtime", "cxenseparse:publishtime"),
    *("article_date_original", "dc.date.issued", "dcterms.issued", "dcterms.created", "dcterms.date", "dc.date"),
    *("date.created", "publication_date", "publish-date", "publish_date", "publishdate", "published_at", "published"),
    *("pubdate", "pub_date", "citation_date", "datecreated", "date"),
)
_META_MODIFIED = (
    *("article:modified_time", "og:article:modified_time", "article:modified", "og:updated_time", "datemodified"),
    *("cxenseparse:modified_time", "article_date_updated", "dcterms.modified", "date.modified", "date.updated"),
    *("last-modified", "revised"),
)
_META_AUTHORS = (
    *("author", "article:author", "og:article:author", "parsely-author", "sailthru.author", "cxenseparse:author"),
    *("byl", "byline", "article_author", "dc.creator", "dcterms.creator", "citation_author"),
)
_META_SECTION = (
    *("article:section", "og:article:section", "og:section", "parsely-section", "articlesection", "section"),
    *("prism.section", "category", "dc.subject"),
)
_META_TAGS = ("article:tag", "og:article:tag", "parsely-tags", "sailthru.tags", "news_keywords", "keywords")
_META_IMAGE = (
    *("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src", "parsely-image-url"),
    *("thumbnail",),
)


def read(tree: LexborHTMLParser, url: str, zone: tzinfo = UTC) -> Structured:
    """Return what the page at `url` says of itself.

    Times without a zone are wall time in `zone`. Never raises for what a page holds, or for an `url` that is none.
    """
    metas = _metas(tree)
    nodes = tuple(jsonld.objects(tree))
    site = _site_name(nodes, metas)
    merged = _merged(_from_json_ld(nodes, url, zone), _from_metas(metas, url, zone), _from_page(tree, url, zone))
    house = {folded(name) for name in (site, host(url), *jsonld.houses(nodes)) if name}
    return replace(
        merged,
        title=without_house(merged.title, site) if merged.title else None,
        authors=tuple(name for name in merged.authors if folded(name) not in house),
        canonical_url=_canonical_link(tree, url) or merged.canonical_url,
        editions=_editions(tree, url),
        language=merged.language or _language(_root_language(tree)),
        site_name=site,
    )


def _merged(*layers: Structured) -> Structured:
    """Return each field from the first layer that has it; a time brings its origin along."""
    found: dict[str, Any] = {
        name: next((value for value in (getattr(layer, name) for layer in layers) if value), None) for name in _MERGED
    }
    timed = next((layer for layer in layers if layer.published_at), layers[0])
    return Structured(
        **found,
        authors=next((layer.authors for layer in layers if layer.authors), ()),
        tags=next((layer.tags for layer in layers if layer.tags), ()),
        published_at=timed.published_at,
        published_origin=timed.published_origin,
        times=tuple(
            (layer.published_at, layer.published_origin) for layer in layers if layer.published_at and layer.published_origin
        ),
        found_by={name: way for name in _TRACED for way in [_first_way(layers, name)] if way},
    )


def _first_way(layers: tuple[Structured, ...], name: str) -> str | None:
    return next((way for way, layer in zip(_LAYERS, layers, strict=True) if getattr(layer, name)), None)


# --- JSON-LD


def _from_json_ld(nodes: tuple[dict[str, Any], ...], url: str, zone: tzinfo) -> Structured:
    article = jsonld.article_of(nodes, url)
    if article is None:
        return Structured()
    published = _first_time(article, ("datePublished", "dateCreated", "uploadDate"), zone)
    return Structured(
        title=jsonld.text(article.get("headline")) or jsonld.text(article.get("name")),
        lead=jsonld.text(article.get("description")),
        body=jsonld.body(article.get("articleBody")),
        authors=jsonld.names(article, nodes),
        published_at=published,
        published_origin=TimeOrigin.JSON_LD if published else None,
        modified_at=_first_time(article, ("dateModified",), zone),
        section=next(jsonld.texts(article.get("articleSection")), None),
        tags=_split_tags(jsonld.texts(article.get("keywords"))),
        image_url=_absolute(jsonld.image(article), url),
        canonical_url=canonical_or_none(jsonld.address(article), url),
        language=_language(jsonld.text(article.get("inLanguage"))),
        kind=next(iter(jsonld.types(article)), None),
    )


def _site_name(nodes: tuple[dict[str, Any], ...], metas: Mapping[str, list[str]]) -> str | None:
    return _meta(metas, ("og:site_name", "application-name")) or next(jsonld.houses(nodes), None)


def _first_time(node: dict[str, Any], keys: tuple[str, ...], zone: tzinfo) -> datetime | None:
    for key in keys:
        for text in jsonld.texts(node.get(key)):
            found = parse_time(text, zone)
            if found:
                return found
    return None


# --- meta tags


def _metas(tree: LexborHTMLParser) -> dict[str, list[str]]:
    """Return the page's meta tags: name in lower case → the contents, in order."""
    found: dict[str, list[str]] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or attributes.get("http-equiv")
        content = plain(attributes.get("content") or "")
        if name and content:
            found.setdefault(name.strip().lower(), []).append(content)
    return found


def _meta(metas: Mapping[str, list[str]], names: tuple[str, ...]) -> str | None:
    return next((metas[name][0] for name in names if name in metas), None)


def _meta_time(metas: Mapping[str, list[str]], names: tuple[str, ...], zone: tzinfo) -> datetime | None:
    times = (parse_time(metas[name][0], zone) for name in names if name in metas)
    return next((found for found in times if found), None)


def _from_metas(metas: Mapping[str, list[str]], url: str, zone: tzinfo) -> Structured:
    published = _meta_time(metas, _META_PUBLISHED, zone)
    return Structured(
        title=_meta(metas, _META_TITLE),
        lead=_meta(metas, _META_LEAD),
        authors=_meta_authors(metas),
        published_at=published,
        published_origin=TimeOrigin.META if published else None,
        modified_at=_meta_time(metas, _META_MODIFIED, zone),
        section=_meta(metas, _META_SECTION),
        tags=next((_split_tags(iter(metas[name])) for name in _META_TAGS if name in metas), ()),
        image_url=_absolute(_meta(metas, _META_IMAGE), url),
        canonical_url=canonical_or_none(_meta(metas, ("og:url",)), url),
        language=_language(_meta(metas, ("content-language", "language", "dc.language", "inlanguage"))),
        kind=_meta(metas, ("og:type",)),
    )


def _meta_authors(metas: Mapping[str, list[str]]) -> tuple[str, ...]:
    for name in _META_AUTHORS:
        found = unique(person for content in metas.get(name, ()) for person in persons(content))
        if found:
            return found
    return ()


# --- microdata, <time>, links


def _from_page(tree: LexborHTMLParser, url: str, zone: tzinfo) -> Structured:
    items = _items(tree)
    published = _item_time(items, ("datepublished", "datecreated"), zone) or _time_tag(tree, zone) or _address_time(url, zone)
    return Structured(
        title=_item(items, "headline"),
        authors=unique(name for node in items.get("author", ()) for name in persons(_item_text(node))),
        published_at=published,
        published_origin=TimeOrigin.PAGE if published else None,
        modified_at=_item_time(items, ("datemodified",), zone),
        section=_item(items, "articlesection"),
        tags=_split_tags(_item_text(node) for node in items.get("keywords", ())),
        language=_language(_item(items, "inlanguage")),
    )


def _items(tree: LexborHTMLParser) -> dict[str, list[LexborNode]]:
    """Return the page's microdata: property in lower case → its elements, those of the first article where one is marked."""
    scope = tree.css_first('[itemtype*="Article" i], [itemtype*="Posting" i]')
    found: dict[str, list[LexborNode]] = {}
    for node in (scope or tree).css("[itemprop]"):
        for name in (node.attributes.get("itemprop") or "").lower().split():
            known = found.setdefault(name, [])
            if len(known) < _MOST_ITEMS:
                known.append(node)
    return found


def _item(items: Mapping[str, list[LexborNode]], name: str) -> str | None:
    return next((text for text in map(_item_text, items.get(name, ())) if text), None)


def _item_text(node: LexborNode) -> str:
    """Return an item's value: what it states for machines, else the name inside it, else what is seen."""
    attributes = node.attributes
    stated = attributes.get("content") or attributes.get("datetime")
    if stated:
        return plain(stated)
    inner = node.css_first("[itemprop~=name]")
    if inner is not None:
        return plain(inner.attributes.get("content") or inner.text(separator=" "))
    return plain(node.text(separator=" "))


def _item_time(items: Mapping[str, list[LexborNode]], names: tuple[str, ...], zone: tzinfo) -> datetime | None:
    times = (parse_time(_item_text(node), zone) for name in names for node in items.get(name, ()))
    return next((found for found in times if found), None)


def _time_tag(tree: LexborHTMLParser, zone: tzinfo) -> datetime | None:
    """Return the first `<time>` behind the headline, else the last before it: the others belong to lists of other articles."""
    before: datetime | None = None
    headline = False
    for node in tree.css("h1, time"):
        if node.tag == "h1":
            headline = True
            continue
        found = parse_time(node.attributes.get("datetime") or plain(node.text()), zone)
        if found and headline:
            return found
        before = found or before
    return before


def _address_time(url: str, zone: tzinfo) -> datetime | None:
    found = re.search(r"/((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?=[/-])", url)
    return parse_time("-".join(found.groups()), zone) if found else None


def _canonical_link(tree: LexborHTMLParser, url: str) -> str | None:
    node = tree.css_first("link[rel=canonical][href]")
    return canonical_or_none(node.attributes.get("href"), url) if node is not None else None


def _editions(tree: LexborHTMLParser, url: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("link[hreflang][href]"):
        attributes = node.attributes
        language = _language(attributes.get("hreflang"))
        address = canonical_or_none(attributes.get("href"), url)
        if language and address and urlsplit(address).path != "/":  # a start page is no edition of an article
            found.setdefault(language, address)
    return found


def _root_language(tree: LexborHTMLParser) -> str | None:
    return tree.root.attributes.get("lang") if tree.root is not None else None


def _language(written: str | None) -> str | None:
    """Return the ISO 639-1 code in `uk-UA`, `ru_RU`, `en`; the country's code `ua`, which is written by mistake, is `uk`."""
    found = re.match(r"\s*([a-zA-Z]{2})(?![a-zA-Z])", written or "")
    if not found:
        return None
    code = found[1].lower()
    return "uk" if code == "ua" else code


def _absolute(address: str | None, url: str) -> str | None:
    try:
        joined = urljoin(url, address.strip()) if address else ""
    except ValueError:
        return None
    return joined if joined.startswith(("http://", "https://")) else None


# --- keywords


def _split_tags(texts: Iterator[str]) -> tuple[str, ...]:
    return unique(tag.strip(" #") for text in texts for tag in re.split(r"[,;]", text))
