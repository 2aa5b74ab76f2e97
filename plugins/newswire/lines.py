"""A page as lines of text in nested containers: what the search for an article's text works on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from newswire.model import BlockKind
from newswire.text import clean

HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

NO_TEXT_TAGS = frozenset(
    (
        *("script", "style", "noscript", "template", "head", "meta", "link"),
        *("iframe", "object", "embed", "video", "audio", "picture", "svg", "canvas", "map"),
        *("button", "select", "option", "textarea", "input", "dialog", "nav"),
    )
)
"""Elements whose text no reader takes for the article's."""

BESIDE_TEXT_TAGS = frozenset(("aside", "nav", "footer", "form", "figure", "figcaption", "caption", "label"))
"""Elements that stand beside the text; only inside an article's own container, since whole pages stand in a `<form>`."""

_BLOCK_TAGS = HEADING_TAGS | frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "center", "details", "div", "fieldset", "figure", "figcaption"),
        *("footer", "form", "header", "html", "main", "nav", "p", "pre", "section", "summary", "label"),
        *("dl", "dd", "dt", "ul", "ol", "li", "caption", "table", "tbody", "thead", "tfoot", "tr", "td", "th"),
    )
)
_BREAKS = frozenset(("br", "hr"))
_KINDS = {"blockquote": BlockKind.QUOTE, "li": BlockKind.LIST_ITEM} | dict.fromkeys(HEADING_TAGS, BlockKind.HEADING)


_Place = tuple[int, bool, bool]
"""What a piece of text stands in: its block's index, whether in a link, whether in bold. A plain tuple for speed."""


class Line(NamedTuple):
    """One line of text as a reader sees it: up to the next block, break or cell."""

    text: str
    """Cleaned; never empty."""
    container: int
    """Index of the block that it stands in."""
    linked: float
    """Share of its characters inside links, 0 to 1."""
    bold: float
    """Share of its characters set in bold, 0 to 1."""


class Container(NamedTuple):
    """A block element."""

    parent: int
    """Index of the block around it, which comes before it; the first one is its own parent."""
    tag: str
    kind: BlockKind
    """What text directly in it is."""
    node: LexborNode


@dataclass(frozen=True, slots=True)
class Outline:
    """An element's lines in the order of reading, and its blocks, each behind the one around it."""

    lines: list[Line]
    containers: list[Container]


def outline(root: LexborNode, left_out: frozenset[str] = NO_TEXT_TAGS) -> Outline:
    """Return the lines and blocks of an element, without those of `left_out`. Iterative: a page may nest as deep as it likes."""
    containers = [Container(0, root.tag or "", _KINDS.get(root.tag or "", BlockKind.PARAGRAPH), root)]
    return Outline(list(_lines(root, containers, left_out)), containers)


def _lines(root: LexborNode, containers: list[Container], left_out: frozenset[str]) -> Iterator[Line]:
    """Yield the lines below an element; each block that is entered is put behind `containers`."""
    place: _Place = (0, False, False)
    pieces: list[tuple[str, _Place]] = []
    waiting: list[tuple[LexborNode | None, _Place]] = []
    node = root.first_child
    while node is not None or waiting:
        before = place[0]
        if node is None:
            node, place = waiting.pop()
        elif node.is_text_node:
            text = node.text_content
            if text and (pieces or not text.isspace()):
                pieces.append((text, place))
            node = node.next
            continue
        else:
            tag = node.tag or ""
            below = None if tag in left_out else node.first_child
            if below is None:
                if tag not in _BREAKS:
                    node = node.next
                    continue
                before, node = -1, node.next
            else:
                waiting.append((node.next, place))
                place = _inside(place, tag, node, containers)
                node = below
        if place[0] != before and pieces:
            yield from _line(pieces)
            pieces = []
    yield from _line(pieces)


def _inside(place: _Place, tag: str, node: LexborNode, containers: list[Container]) -> _Place:
    outer, in_link, in_bold = place
    if tag == "a":
        return outer, True, in_bold
    if tag in ("b", "strong"):
        return outer, in_link, True
    if tag not in _BLOCK_TAGS:
        return place
    containers.append(Container(outer, tag, _KINDS.get(tag, containers[outer].kind), node))
    return len(containers) - 1, in_link, in_bold


def _line(pieces: list[tuple[str, _Place]]) -> Iterator[Line]:
    text = clean("".join([piece for piece, _ in pieces]))
    if not text:
        return
    if len(pieces) == 1:
        container, in_link, in_bold = pieces[0][1]
        yield Line(text, container, float(in_link), float(in_bold))
        return
    size, linked, bold = 0, 0, 0
    for piece, (_, in_link, in_bold) in pieces:
        length = len(piece.strip())
        size += length
        linked += length if in_link else 0
        bold += length if in_bold else 0
    yield Line(text, pieces[0][1][0], linked / (size or 1), bold / (size or 1))
