"""JSON-LD: what a page says of its article in the words of schema.org, read as tolerantly as is safe."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from newswire.bylines import persons, unique
from newswire.lines import outline
from newswire.text import clean, clean_lines, unescape
from newswire.urls import canonical_or_none

_CONTAINERS = ("@graph", "mainEntity", "mainEntityOfPage")
"""Keys under which a page's own article may stand. Others (`itemListElement`, `hasPart`, `isRelatedTo`) hold other pages."""

_ARTICLE = re.compile(r"Article$|Posting$|^Report$|^LiveBlog|^Review$")
_HOUSE = re.compile(r"Organization$|^WebSite$|Corporation$")
_DEEPEST = 8
"""Levels of JSON-LD that are walked: real pages nest three or four."""

_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|,(?=\s*+[}\]])', re.DOTALL)
"""A string, also one without an end, or a comma before a closing bracket. Nothing in it backtracks."""
_WRAPPED_BEFORE = re.compile(r"(?://|/\*)?\s{0,9}(?:<!--|<!\[CDATA\[)\s{0,9}(?:\*/)?")
_WRAPPED_BEHIND = re.compile(r"(?://|/\*)?\s{0,9}(?:-->|\]\]>)\s{0,9}(?:\*/)?$")
_WRAPPING = 40
"""Characters at the end of a script in which the end of a comment is looked for."""
_MOST_VALUES = 50
"""Values in one script that are read; real pages have one, or a few by mistake."""

_DECODER = json.JSONDecoder(strict=False)
"""Lets line breaks and control characters stand inside strings."""

_SPACE = "\ufeff \t\r\n;,"
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Halves of characters that broken escapes leave behind: no database takes them."""

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def objects(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    """Yield the objects that describe this page or its house, in the page's order."""
    for script in tree.css('script[type*="ld+json" i]'):
        for value in _json_values(script.text()):
            yield from _objects(value, 0)


def _json_values(text: str) -> Iterator[Any]:
    """Yield the JSON values of a script; repairs only what has one meaning, and yields nothing of what stays broken.

    Repaired are line breaks and control characters inside strings, comments of HTML and CDATA around, commas before a closing
    bracket, semicolons behind, and one value written after the other.
    """
    text = _unwrapped(text.strip(_SPACE))
    for _ in range(_MOST_VALUES):
        value, end = _decoded(text) or _decoded(_repaired(text)) or (None, 0)
        if not end:
            return
        yield value
        text = text[end:].strip(_SPACE)


def _unwrapped(text: str) -> str:
    front = _WRAPPED_BEFORE.match(text)
    behind = _WRAPPED_BEHIND.search(text, max(0, len(text) - _WRAPPING))
    return text[front.end() if front else 0 : behind.start() if behind else len(text)].strip(_SPACE)


def _decoded(text: str) -> tuple[Any, int] | None:
    """Return the first value and its length; None where there is none."""
    try:
        return _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None


def _repaired(text: str) -> str:
    return _JSON_TOKEN.sub(lambda match: "" if match[0] == "," else match[0], text)


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


def article_of(nodes: tuple[dict[str, Any], ...], url: str) -> dict[str, Any] | None:
    """Return the object that is the page's article: the one at its address, else the one that says most."""
    articles = [node for node in nodes if any(_ARTICLE.search(kind) for kind in types(node))]
    if not articles:
        return next((node for node in nodes if "datePublished" in node and ("headline" in node or "name" in node)), None)
    here = canonical_or_none(url)
    return max(articles, key=lambda node: (here is not None and canonical_or_none(address(node), url) == here, _told(node)))


def _told(node: dict[str, Any]) -> int:
    return sum(bool(node.get(key)) for key in ("headline", "datePublished", "articleBody", "author", "image"))


def types(node: dict[str, Any]) -> list[str]:
    """Return the names of an object's types, without the vocabulary's address."""
    kinds = node.get("@type")
    return [kind.rpartition("/")[2] for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]


def address(node: dict[str, Any]) -> str | None:
    """Return the address of an object, as it is written."""
    page = node.get("mainEntityOfPage")
    if isinstance(page, dict):
        page = page.get("@id") or page.get("url")
    return next((value for value in (node.get("url"), page, node.get("@id")) if isinstance(value, str) and value), None)


def names(node: dict[str, Any], nodes: tuple[dict[str, Any], ...]) -> tuple[str, ...]:
    """Return the persons who wrote an article; a reference to another object of the page is followed."""
    known: dict[str, dict[str, Any]] = {}
    for other in nodes:
        identity = other.get("@id")
        if isinstance(identity, str) and len(other) > len(known.get(identity, ())):
            known[identity] = other
    return _names(node.get("author") or node.get("creator"), known)


def _names(value: Any, known: Mapping[str, dict[str, Any]], depth: int = 0) -> tuple[str, ...]:
    """Return the persons of a text, an object, a reference, or a list of these."""
    if depth > _DEEPEST:
        return ()
    if isinstance(value, list):
        return unique(name for item in value for name in _names(item, known, depth + 1))
    if not isinstance(value, dict):
        return persons(text(value) or "")
    identity = value.get("@id")
    if not value.get("name") and isinstance(identity, str) and known.get(identity, value) is not value:
        return _names(known[identity], known, depth + 1)
    return () if any(_HOUSE.search(kind) for kind in types(value)) else _names(value.get("name"), known, depth + 1)


def houses(nodes: tuple[dict[str, Any], ...]) -> Iterator[str]:
    """Yield the names of the organisations that the page names, its publisher among them."""
    for node in nodes:
        for value in (node, node.get("publisher"), node.get("sourceOrganization")):
            if isinstance(value, dict) and any(_HOUSE.search(kind) for kind in types(value)):
                yield from texts(value.get("name"))


def image(node: dict[str, Any]) -> str | None:
    """Return the address of an article's first picture, as it is written."""
    value = node.get("image") or node.get("thumbnailUrl")
    for _ in range(_DEEPEST):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            value = value.get("url") or value.get("contentUrl") or value.get("@id")
    return value if isinstance(value, str) else None


def texts(value: Any) -> Iterator[str]:
    """Yield the cleaned texts of a field that holds one, or a list of them, or objects with a name."""
    for item in value if isinstance(value, list) else [value]:
        found = text(item.get("name") or item.get("@value")) if isinstance(item, dict) else text(item)
        if found:
            yield found


def text(value: Any) -> str | None:
    """Return a field's text, cleaned, or None; the first one of a list, a number as it is written."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return plain(value) or None if isinstance(value, str) else None


def plain(written: str) -> str:
    """Return a text of a machine's field as one line: entities resolved however often they were escaped, tags taken out."""
    written = _SURROGATE.sub("", unescape(written))
    return clean(_TAG.sub(" ", written) if "<" in written else written)


def body(value: Any) -> str | None:
    """Return an article's text, one paragraph a line; None when there is none."""
    if isinstance(value, list):
        value = "\n".join(item for item in value if isinstance(item, str))
    if not isinstance(value, str):
        return None
    written = _SURROGATE.sub("", unescape(value))
    if _TAG.search(written):
        root = LexborHTMLParser(written).body
        return ("\n".join(line.text for line in outline(root).lines) or None) if root is not None else None
    return re.sub(r"\n{2,}", "\n", clean_lines(written)) or None
