"""What a page says of itself for machines: JSON-LD, Open Graph and other meta tags, microdata."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newswire.dates import parse_time
from newswire.model import TimeOrigin
from newswire.text import clean, clean_lines, unescape
from newswire.urls import canonical_or_none, host

__all__ = ["Structured", "parse_time", "read"]


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


_CONTAINERS = ("@graph", "mainEntity", "mainEntityOfPage")
"""Keys under which a page's own article may stand. Others (`itemListElement`, `hasPart`, `isRelatedTo`) hold other pages."""

_ARTICLE = re.compile(r"Article$|Posting$|^Report$|^LiveBlog|^Review$")
_HOUSE = re.compile(r"Organization$|^WebSite$|Corporation$")
_DEEPEST = 8
"""Levels of JSON-LD that are walked: real pages nest three or four."""

_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])', re.DOTALL)
_JSON_WRAPPING = re.compile(r"^\s*(?://|/\*)?\s*(?:<!--|<!\[CDATA\[)\s*(?:\*/)?|(?://|/\*)?\s*(?:-->|\]\]>)\s*(?:\*/)?\s*$")

_DECODER = json.JSONDecoder(strict=False)
"""Lets line breaks and control characters stand inside strings."""

_SURROGATE = re.compile("[\ud800-\udfff]")
"""Halves of characters that broken escapes leave behind: no database takes them."""

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
_BREAKING_TAG = re.compile(r"</?(?:p|div|br|li|ul|ol|h[1-6]|blockquote|tr)\b[^<>]*>", re.IGNORECASE)
_UNREAD = re.compile(r"<(script|style|figcaption)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)

_SEPARATORS = (" | ", " — ", " – ", " - ", " :: ", " » ", " • ", " · ", " / ")
_BY = re.compile(
    r"^\s*(?:(?:written|words|story|text|posted|published)\s+)?by[\s:]+|^\s*(?:авторк?[аи]?|автори|authors?|текст)\s*:\s*",
    re.IGNORECASE,
)
_BETWEEN_NAMES = re.compile(r"\s*(?:,|;|\||•|&|/|\n|\band\b|\s(?:и|і|та|und|et|y)\s)\s*", re.IGNORECASE)
_NO_PERSON = re.compile(
    r"https?:|www\.|@|[<>{}\[\]_=]|\d{2}|\.(?:com|ua|ru|net|org)\b|^(?:admin\w*|editor|redakt\w+|staff)$|редакц", re.IGNORECASE
)
_LONGEST_NAME = 60

_MERGED = ("title", "lead", "body", "modified_at", "section", "image_url", "canonical_url", "language", "kind")

_META_TITLE = (
    "og:title",
    "twitter:title",
    "parsely-title",
    "sailthru.title",
    "dc.title",
    "cxenseparse:title",
    "title",
    "headline",
)
_META_LEAD = ("og:description", "description", "twitter:description", "sailthru.description", "dc.description")
_META_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "parsely-pub-date",
    "sailthru.date",
    "datepublished",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "article_date_original",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "date.created",
    "publication_date",
    "publish-date",
    "publish_date",
    "publishdate",
    "published_at",
    "published",
    "pubdate",
    "pub_date",
    "citation_date",
    "datecreated",
    "date",
)
_META_MODIFIED = (
    "article:modified_time",
    "og:article:modified_time",
    "article:modified",
    "og:updated_time",
    "datemodified",
    "cxenseparse:modified_time",
    "article_date_updated",
    "dcterms.modified",
    "date.modified",
    "date.updated",
    "last-modified",
    "revised",
)
_META_AUTHORS = (
    "author",
    "article:author",
    "og:article:author",
    "parsely-author",
    "sailthru.author",
    "cxenseparse:author",
    "byl",
    "byline",
    "article_author",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
)
_META_SECTION = (
    "article:section",
    "og:article:section",
    "og:section",
    "parsely-section",
    "articlesection",
    "section",
    "prism.section",
    "category",
    "dc.subject",
)
_META_TAGS = ("article:tag", "og:article:tag", "parsely-tags", "sailthru.tags", "news_keywords", "keywords")
_META_IMAGE = (
    "og:image:secure_url",
    "og:image",
    "og:image:url",
    "twitter:image",
    "twitter:image:src",
    "parsely-image-url",
    "thumbnail",
)


def read(tree: LexborHTMLParser, url: str, zone: tzinfo = UTC) -> Structured:
    """Return what the page at `url` says of itself.

    Times without a zone are wall time in `zone`. Never raises for what a page holds, or for an `url` that is none.
    """
    metas = _metas(tree)
    nodes = tuple(_json_ld(tree))
    site = _site_name(nodes, metas)
    merged = _merged(_from_json_ld(nodes, url, zone), _from_metas(metas, url, zone), _from_page(tree, url, zone))
    house = {_folded(name) for name in (site, host(url), *_houses(nodes)) if name}
    return replace(
        merged,
        title=without_house(merged.title, site) if merged.title else None,
        authors=tuple(name for name in merged.authors if _folded(name) not in house),
        canonical_url=_canonical_link(tree, url) or merged.canonical_url,
        editions=_editions(tree, url),
        language=merged.language or _language(_root_language(tree)),
        site_name=site,
    )


def without_house(title: str, site: str | None) -> str:
    """Return a title without the house's name that many put behind it (`… | УНН`, `… - BBC News`)."""
    if not site:
        return title
    for separator in _SEPARATORS:
        front, found, back = title.rpartition(separator)
        if found and front.strip() and _same_house(back, site):
            return front.strip()
    return title


def _same_house(name: str, site: str) -> bool:
    name, site = _folded(name), _folded(site)
    return bool(name) and (name in site or site in name)


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


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
    )


# --- JSON-LD


def _json_ld(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    """Yield the objects that describe this page or its house, in the page's order."""
    for script in tree.css('script[type*="ld+json" i]'):
        for value in _json_values(script.text()):
            yield from _objects(value, 0)


def _json_values(text: str) -> Iterator[Any]:
    """Yield the JSON values of a script; repairs only what has one meaning, and yields nothing of what stays broken.

    Repaired are line breaks and control characters inside strings, comments of HTML and CDATA around, commas before a closing
    bracket, semicolons behind, and one value written after the other.
    """
    text = _JSON_WRAPPING.sub("", text).strip("\ufeff \t\r\n;")
    while text:
        try:
            value, end = _DECODER.raw_decode(text)
        except (ValueError, RecursionError):
            repaired = _JSON_TOKEN.sub(lambda match: "" if match[0] == "," else match[0], text)
            if repaired == text:
                return
            text = repaired
            continue
        yield value
        text = text[end:].strip(" \t\r\n;,")


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _objects(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in _CONTAINERS:
            yield from _objects(value.get(key), depth + 1)


def _from_json_ld(nodes: tuple[dict[str, Any], ...], url: str, zone: tzinfo) -> Structured:
    article = _article(nodes, url)
    if article is None:
        return Structured()
    published = _first_time(article, ("datePublished", "dateCreated", "uploadDate"), zone)
    return Structured(
        title=_text(article.get("headline")) or _text(article.get("name")),
        lead=_text(article.get("description")),
        body=_body(article.get("articleBody")),
        authors=_names(article.get("author") or article.get("creator"), _by_id(nodes)),
        published_at=published,
        published_origin=TimeOrigin.JSON_LD if published else None,
        modified_at=_first_time(article, ("dateModified",), zone),
        section=next(_texts(article.get("articleSection")), None),
        tags=_split_tags(_texts(article.get("keywords"))),
        image_url=_image(article.get("image") or article.get("thumbnailUrl"), url),
        canonical_url=canonical_or_none(_address(article), url),
        language=_language(_text(article.get("inLanguage"))),
        kind=next(iter(_types(article)), None),
    )


def _article(nodes: tuple[dict[str, Any], ...], url: str) -> dict[str, Any] | None:
    """Return the object that is the page's article: the one at its address, else the one that says most."""
    articles = [node for node in nodes if any(_ARTICLE.search(kind) for kind in _types(node))]
    if not articles:
        return next((node for node in nodes if "datePublished" in node and ("headline" in node or "name" in node)), None)
    here = canonical_or_none(url)
    return max(articles, key=lambda node: (here is not None and canonical_or_none(_address(node), url) == here, _told(node)))


def _told(node: dict[str, Any]) -> int:
    return sum(bool(node.get(key)) for key in ("headline", "datePublished", "articleBody", "author", "image"))


def _types(node: dict[str, Any]) -> list[str]:
    kinds = node.get("@type")
    return [kind.rpartition("/")[2] for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]


def _address(node: dict[str, Any]) -> str | None:
    page = node.get("mainEntityOfPage")
    if isinstance(page, dict):
        page = page.get("@id") or page.get("url")
    return next((value for value in (node.get("url"), page, node.get("@id")) if isinstance(value, str) and value), None)


def _by_id(nodes: tuple[dict[str, Any], ...]) -> dict[str, dict[str, Any]]:
    """Return the objects that others may refer to, the fullest of each name."""
    found: dict[str, dict[str, Any]] = {}
    for node in nodes:
        name = node.get("@id")
        if isinstance(name, str) and len(node) > len(found.get(name, ())):
            found[name] = node
    return found


def _names(value: Any, known: Mapping[str, dict[str, Any]], depth: int = 0) -> tuple[str, ...]:
    """Return the persons of an author field: text, object, list of these, or a reference to another object."""
    if depth > _DEEPEST:
        return ()
    if isinstance(value, list):
        return _unique(name for item in value for name in _names(item, known, depth + 1))
    if isinstance(value, dict):
        identity = value.get("@id")
        if not value.get("name") and isinstance(identity, str) and identity in known and known[identity] is not value:
            return _names(known[identity], known, depth + 1)
        if any(_HOUSE.search(kind) for kind in _types(value)):
            return ()
        return _names(value.get("name"), known, depth + 1)
    return persons(_text(value) or "")


def _houses(nodes: tuple[dict[str, Any], ...]) -> Iterator[str]:
    """Yield the names of the organisations that the page names, its publisher among them."""
    for node in nodes:
        for value in (node, node.get("publisher"), node.get("sourceOrganization")):
            if isinstance(value, dict) and any(_HOUSE.search(kind) for kind in _types(value)):
                yield from _texts(value.get("name"))


def _site_name(nodes: tuple[dict[str, Any], ...], metas: Mapping[str, list[str]]) -> str | None:
    return _meta(metas, ("og:site_name", "application-name")) or next(_houses(nodes), None)


def _first_time(node: dict[str, Any], keys: tuple[str, ...], zone: tzinfo) -> datetime | None:
    for key in keys:
        for text in _texts(node.get(key)):
            found = parse_time(text, zone)
            if found:
                return found
    return None


def _image(value: Any, url: str) -> str | None:
    for _ in range(_DEEPEST):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            value = value.get("url") or value.get("contentUrl") or value.get("@id")
    return _absolute(value, url) if isinstance(value, str) else None


def _texts(value: Any) -> Iterator[str]:
    """Yield the cleaned texts of a field that holds one, or a list of them, or objects with a name."""
    for item in value if isinstance(value, list) else [value]:
        text = _text(item.get("name") or item.get("@value")) if isinstance(item, dict) else _text(item)
        if text:
            yield text


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return plain(value) or None if isinstance(value, str) else None


def plain(text: str) -> str:
    """Return a text of a machine's field as one line: entities resolved however often they were escaped, tags taken out."""
    text = _SURROGATE.sub("", unescape(text))
    return clean(_TAG.sub(" ", text) if "<" in text else text)


def _body(value: Any) -> str | None:
    """Return an article's text, one paragraph a line."""
    if isinstance(value, list):
        value = "\n".join(item for item in value if isinstance(item, str))
    if not isinstance(value, str):
        return None
    text = _SURROGATE.sub("", unescape(value))
    if "<" in text:
        text = _TAG.sub("", _BREAKING_TAG.sub("\n", _UNREAD.sub("", text)))
    return re.sub(r"\n{2,}", "\n", clean_lines(text)) or None


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
        found = _unique(person for content in metas.get(name, ()) for person in persons(content))
        if found:
            return found
    return ()


# --- microdata, <time>, links


def _from_page(tree: LexborHTMLParser, url: str, zone: tzinfo) -> Structured:
    items = _items(tree)
    published = _item_time(items, ("datepublished", "datecreated"), zone) or _time_tag(tree, zone) or _address_time(url, zone)
    return Structured(
        title=_item(items, "headline"),
        authors=_unique(name for node in items.get("author", ()) for name in persons(_item_text(node))),
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
            found.setdefault(name, []).append(node)
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


# --- names and keywords


def persons(text: str) -> tuple[str, ...]:
    """Return the persons that a by-line names, without `By`, roles, addresses; none where it is no by-line."""
    text = _BY.sub("", clean(text))
    parts = (part.strip(" .,;:-–—|") for part in _BETWEEN_NAMES.split(text))
    return _unique(part for part in parts if _is_person(part))


def _is_person(name: str) -> bool:
    return 1 < len(name) <= _LONGEST_NAME and not _NO_PERSON.search(name)


def _split_tags(texts: Iterator[str]) -> tuple[str, ...]:
    return _unique(tag.strip(" #") for text in texts for tag in re.split(r"[,;]", text))


def _unique(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
