"""Names of persons and of houses, as pages write them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newswire.text import clean

_SEPARATOR = re.compile(r" (?:[|—–»•·/-]|::) ")
_BY = re.compile(
    r"^\s*(?:(?:written|words|story|text|posted|published)\s+)?by[\s:]+|^\s*(?:авторк?[аи]?|автори|authors?|текст)\s*:\s*",
    re.IGNORECASE,
)
_BETWEEN_NAMES = re.compile(r"\s*(?:,|;|\||•|&|/|\n|\band\b|\s(?:и|і|та|und|et|y)\s)\s*", re.IGNORECASE)
_NO_PERSON = re.compile(
    r"https?:|www\.|@|[<>{}\[\]_=]|\d{2}|\.(?:com|ua|ru|net|org)\b|^(?:admin\w*|editor|redakt\w+|staff)$|редакц", re.IGNORECASE
)
_SHOWN = (
    "a[rel~=author]",
    '[class*="byline" i] a[href*="author" i], [class*="author" i] a[href*="author" i]',
    '[class*="author-name" i], [class*="author_name" i], [class*="authorName" i], [class*="byline-name" i]',
    '[class*="byline" i], [class~="author" i], [class*="article-author" i]',
)
"""Where by-lines stand, the surest first."""
_FULL_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,3}")
_MOST_SHOWN = 20
_LONGEST_SHOWN = 120

_ADDRESS = re.compile(r"(?:https?:|www\.)\S*")
_LONGEST_NAME = 60
_LONGEST_BYLINE = 1000


def persons(text: str) -> tuple[str, ...]:
    """Return the persons that a by-line names, without `By`, roles, addresses; none where it is no by-line."""
    text = _BY.sub("", clean(_ADDRESS.sub(" ", text[:_LONGEST_BYLINE])))
    parts = (part.strip(" .,;:-–—|") for part in _BETWEEN_NAMES.split(text))
    return unique(part for part in parts if _is_person(part))


def _is_person(name: str) -> bool:
    return 1 < len(name) <= _LONGEST_NAME and not _NO_PERSON.search(name)


def without_house(title: str, site: str | None) -> str:
    """Return a title without the house's name that many put behind it (`… | УНН`, `… - BBC News`)."""
    *_, last = [None, *_SEPARATOR.finditer(title)]
    if site and last and last.start() and _same_house(title[last.end() :], site):
        return title[: last.start()]
    return title


def _same_house(name: str, site: str) -> bool:
    name, site = folded(name), folded(site)
    return bool(name) and (name in site or site in name)


def folded(text: str) -> str:
    """Return a name's letters and digits in lower case: what two ways to write it have in common."""
    return re.sub(r"[\W_]+", "", text.casefold())


def unique(texts: Iterable[str]) -> tuple[str, ...]:
    """Return what is not empty, each once, in order."""
    return tuple(dict.fromkeys(text for text in texts if text))


def shown_authors(tree: LexborHTMLParser) -> tuple[str, ...]:
    """Return the persons of the first by-line that the page shows, for pages that name none to machines."""
    for selector in _SHOWN:
        for node in tree.css(selector)[:_MOST_SHOWN]:
            found = tuple(name for name in persons(_byline(node)) if _FULL_NAME.fullmatch(name))
            if found:
                return found
    return ()


def _byline(node: LexborNode) -> str:
    """Return what an element shows, where it is short enough to be names alone."""
    shown = clean(node.text(separator=" "))
    return shown if len(shown) <= _LONGEST_SHOWN else ""
