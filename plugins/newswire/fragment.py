"""An article's container as typed blocks and links: what a publisher's own rules work on.

The container is a small piece of the page, cut out by selectolax; BeautifulSoup reads it, because rules read best in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, TypeGuard

from newswire.boilerplate import is_invitation
from newswire.listing_times import without_time
from newswire.model import Block, BlockKind, Link
from newswire.parse import heading_kind
from newswire.text import clean
from newswire.urls import absolute, canonical_or_none

if TYPE_CHECKING:
    from bs4.element import PageElement, Tag

_NOT_TEXT = (
    "script, style, noscript, template, iframe, form, button, svg, nav, aside, header, footer, figure, figcaption, picture, img,"
    ' video, audio, [class*="caption" i], .twitter-tweet, .instagram-media'
)
"""What stands in a body and is none of its text; captions are the photographer's."""

_BLOCKS = (
    *("p", "div", "section", "article", "main", "blockquote", "ul", "ol", "li", "table", "tr", "td", "th", "pre", "br", "hr"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
)
_KINDS = {"blockquote": BlockKind.QUOTE, "li": BlockKind.LIST_ITEM, **{f"h{n}": BlockKind.HEADING for n in range(1, 7)}}

_LONGEST_HEADING = 120
_ENDS = tuple(".!?…:;,»”\"'")
"""Behind these a line was a sentence: no sub-heading, no bare link."""

_COUNTER = re.compile(r"•?\s*\d[\d\s]*\s(?:перегляд\w*|просмотр\w*|views?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rules:
    """What differs from publisher to publisher."""

    is_article: Callable[[str], bool]
    """Tells the canonical URL of an article of the publisher: a line that only links to one is no text."""
    is_chrome: Callable[[str], bool] = lambda _: False
    """Tells a cleaned line that the site put there (a dateline, a counter)."""
    unread: str = ""
    """CSS selector of what stands in the container and is none of its text, beside what never is."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """What a container says."""

    blocks: tuple[Block, ...] = ()
    links: tuple[Link, ...] = ()
    """Those that stand in the blocks, each once."""


def read_fragment(html: str, url: str, rules: Rules) -> Fragment:
    """Return the text and links of a container; `url` is the page's, for relative links."""
    from bs4 import BeautifulSoup  # noqa: PLC0415 - Dag files import this module; bs4 is heavy

    container = BeautifulSoup(html, "lxml").select_one("body > *")
    if container is None:
        return Fragment()
    for node in container.select(", ".join(filter(None, (_NOT_TEXT, rules.unread)))):
        node.decompose()
    kept = [(block, line) for line in _lines(container, url, rules) if (block := _block(line, url, rules))]
    links = dict.fromkeys(link for _, line in kept for link in _links(line, url))
    return Fragment(tuple(block for block, _ in kept), tuple(links))


def _is_tag(node: PageElement) -> TypeGuard[Tag]:
    return getattr(node, "name", None) is not None


@dataclass(frozen=True, slots=True)
class _Line:
    """What stands between the beginnings and ends of blocks."""

    kind: BlockKind | None
    """None in a bare `div`."""
    related: bool
    """It stands inside a link to another article."""
    nodes: tuple[PageElement, ...]

    @property
    def text(self) -> str:
        """The line, cleaned."""
        return clean("".join(node.get_text() for node in self.nodes))

    def elements(self, *tags: str) -> list[Tag]:
        """Return the elements of these names in it."""
        found: list[Tag] = []
        for node in filter(_is_tag, self.nodes):
            found += [node] if node.name in tags else node.find_all(tags)
        return found

    def outside(self, elements: Iterable[Tag]) -> str:
        """Return what stands in the line, but not in the elements."""
        inside = {id(text) for element in elements for text in element.strings}
        return clean("".join(text for node in self.nodes for key, text in _strings(node) if key not in inside))


def _strings(node: PageElement) -> list[tuple[int, str]]:
    return [(id(text), text) for text in node.strings] if _is_tag(node) else [(id(node), node.get_text())]


def _lines(container: Tag, url: str, rules: Rules) -> Iterator[_Line]:
    """Yield the lines of a container. Iterative: a page may nest as deep as it likes."""
    breaking = _breaking(container)
    nodes: list[PageElement] = []
    above = [(iter(container.children), _Line(BlockKind.PARAGRAPH, related=False, nodes=()))]
    while above:
        children, line = above[-1]
        child = next(children, None)
        if child is not None and id(child) not in breaking:
            nodes.append(child)
            continue
        yield replace(line, nodes=tuple(nodes))
        nodes = []
        if child is not None and _is_tag(child):
            related = line.related or _is_related(child, url, rules)
            above.append((iter(child.children), _Line(_kind(child.name, line.kind), related, ())))
        else:
            above.pop()


def _breaking(container: Tag) -> set[int]:
    """Return the ids of the elements that break a line: blocks, and what holds a block."""
    found: set[int] = set()
    for block in container.find_all(_BLOCKS):
        for node in chain((block,), block.parents):
            if id(node) in found:
                break
            found.add(id(node))
    return found


def _kind(tag: str, outer: BlockKind | None) -> BlockKind | None:
    if outer in _KINDS.values() or tag not in _BLOCKS:
        return outer
    return _KINDS.get(tag, None if tag == "div" else BlockKind.PARAGRAPH)


def _is_related(node: Tag, url: str, rules: Rules) -> bool:
    """Tell a link to another article of the publisher."""
    address = canonical_or_none(str(node.get("href")), url) if node.name == "a" else None
    return address is not None and rules.is_article(address)


def _block(line: _Line, url: str, rules: Rules) -> Block | None:
    """Return a line as a block, None where it is no text of the article."""
    text = line.text
    if not text or _is_decoration(text) or rules.is_chrome(text) or _announces_another(line, text, url, rules):
        return None
    if line.kind is BlockKind.HEADING or (line.kind in (None, BlockKind.PARAGRAPH) and _is_heading(line, text)):
        return Block(heading_kind(text), text)
    if line.kind is BlockKind.PARAGRAPH and not text.endswith(_ENDS) and not line.outside(line.elements("a")):
        return None
    return Block(line.kind or BlockKind.PARAGRAPH, text)


def _is_decoration(text: str) -> bool:
    """Tell whether text is none of the author's: a time, a counter, `Читайте також`, a mark."""
    return not re.search(r"\w", without_time(text)) or bool(_COUNTER.fullmatch(text)) or is_invitation(text)


def _announces_another(line: _Line, text: str, url: str, rules: Rules) -> bool:
    """Tell a line that holds nothing but the title of another article, with or without its time: the site put it there."""
    related = [link for link in line.elements("a") if _is_related(link, url, rules)]
    alone = bool(related) and _is_decoration(line.outside(related))
    return line.related or alone or without_time(text) != text


def _is_heading(line: _Line, text: str) -> bool:
    """Tell a sub-heading: a known one, or a short line in bold or in a `div` of its own."""
    if heading_kind(text) is not BlockKind.HEADING:
        return True
    if len(text) > _LONGEST_HEADING or text.endswith(_ENDS):
        return False
    return not line.outside(line.elements("b", "strong")) or (line.kind is None and bool(line.outside(line.elements("a"))))


def _links(line: _Line, url: str) -> Iterator[Link]:
    """Yield the links that stand in a line."""
    for link in line.elements("a"):
        address = absolute(url, str(link.get("href") or ""))
        text = clean(link.get_text())
        if text and address:
            yield Link(address, text)
