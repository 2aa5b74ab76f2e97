"""How a page becomes an article when its source has no rule of its own; and the pieces that sources' own rules share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from newswire.boilerplate import is_invitation
from newswire.model import Announcement, Block, BlockKind, TimeOrigin
from newswire.structured import Structured
from newswire.text import clean

_HEADINGS = {
    BlockKind.DETAILS: "деталі подробиці детали подробности details",
    BlockKind.RECALL: "нагадаємо нагадуємо напомним напоминаем recall reminder",
    BlockKind.ADDITION: "доповнення дополнение addendum addition add",
}
_KIND_OF_HEADING = {word: kind for kind, words in _HEADINGS.items() for word in words.split()}

_FIRST_YEAR = datetime(1991, 1, 1, tzinfo=UTC)
"""The first news site is younger: an earlier time is a default of somebody's database."""
_AHEAD = timedelta(days=1)
"""A publisher's clock may be wrong, or in another zone, by as much; a time further ahead cannot be."""

_UNREAD_TAGS = frozenset(
    "script style noscript template iframe svg button form nav aside figure figcaption select textarea input object embed video audio"
    " picture canvas footer dialog label".split()
)
_KIND_OF_TAG = {"blockquote": BlockKind.QUOTE, "li": BlockKind.LIST_ITEM}
_HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCK_TAGS = _HEADING_TAGS | frozenset(
    "address article blockquote body br center dd details div dl dt fieldset header hr html li main ol p pre section summary"
    " table tbody td tfoot th thead tr ul".split()
)

_ENDS = ".!?…:;,»”\"'"
"""Behind these a line was a sentence, or leads to the next one: no heading, no bare link to another page."""
_LONGEST_HEADING = 120


def heading_kind(text: str) -> BlockKind:
    """Return what a heading announces: DETAILS, RECALL or ADDITION for the known ones (Ukrainian, Russian, English), else HEADING."""
    return _KIND_OF_HEADING.get(text.strip(" .:…!").casefold(), BlockKind.HEADING)


def time_of(announcement: Announcement, structured: Structured, fetched_at: datetime) -> tuple[datetime, TimeOrigin] | None:
    """Return the time of publication and where it came from: the announcement's, else the page's; None when neither can be.

    A time before 1991, or more than a day after the page was fetched, cannot be: the next origin is tried.
    """
    announced = ((announcement.published_at, announcement.time_origin or TimeOrigin.FEED),) if announcement.published_at else ()
    for found, origin in (*announced, *structured.times):
        if _FIRST_YEAR <= found <= fetched_at + _AHEAD:
            return found, origin
    return None


def blocks_of(node: LexborNode) -> tuple[Block, ...]:
    """Return the container of an article's text as typed blocks, links kept inline as text.

    Left out: scripts, forms, pictures with their captions, asides, invitations to read on, and lines that are nothing but a
    link to another page.
    """
    return tuple(block for block in map(_block, _lines(node)) if block is not None)


class _Context(NamedTuple):
    """What a piece of text stands in."""

    kind: BlockKind = BlockKind.PARAGRAPH
    in_link: bool = False
    in_bold: bool = False

    def inside(self, tag: str) -> _Context:
        """Return the context of what stands in an element of this context."""
        kind = BlockKind.HEADING if tag in _HEADING_TAGS else _KIND_OF_TAG.get(tag, self.kind)
        return _Context(kind, self.in_link or tag == "a", self.in_bold or tag in ("b", "strong"))


@dataclass(slots=True)
class _Line:
    """One line of a container while it is read."""

    kind: BlockKind
    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    """Characters inside links."""
    bold: int = 0
    """Characters set in bold."""

    def add(self, text: str, context: _Context) -> None:
        """Take up a piece of text."""
        self.pieces.append(text)
        seen = len(text.strip())
        self.linked += seen * context.in_link
        self.bold += seen * context.in_bold

    @property
    def text(self) -> str:
        """The line, cleaned."""
        return clean("".join(self.pieces))


def _lines(container: LexborNode) -> Iterator[_Line]:
    """Yield the container's lines in order. Iterative: a page may nest as deep as it likes."""
    context = _Context().inside(container.tag or "")
    line = _Line(context.kind)
    waiting: list[tuple[LexborNode | None, _Context, bool]] = []
    node = container.first_child
    while node is not None or waiting:
        if node is None:
            node, context, breaks = waiting.pop()
        elif node.is_text_node:
            line.add(node.text_content or "", context)
            node, breaks = node.next, False
        else:
            tag = node.tag or ""
            breaks = tag in _BLOCK_TAGS
            if tag in _UNREAD_TAGS or node.first_child is None:
                node = node.next
            else:
                waiting.append((node.next, context, breaks))
                node, context = node.first_child, context.inside(tag)
        if breaks:
            yield line
            line = _Line(context.kind)
    yield line


def _block(line: _Line) -> Block | None:
    """Return a line as a block; None where it is no text of the article."""
    text = line.text
    if not text or is_invitation(text):
        return None
    size = sum(len(piece.strip()) for piece in line.pieces)
    if line.kind is BlockKind.PARAGRAPH and line.linked >= size - 2 and text[-1] not in _ENDS:
        return None
    if line.kind is BlockKind.HEADING or (line.kind is BlockKind.PARAGRAPH and _stands_as_heading(text, line.bold, size)):
        return Block(heading_kind(text), text)
    return Block(line.kind, text)


def _stands_as_heading(text: str, bold: int, size: int) -> bool:
    """Tell whether a paragraph is a heading that was only set in bold, or a known one standing alone."""
    if heading_kind(text) is not BlockKind.HEADING:
        return True
    return bold >= size - 1 and len(text) <= _LONGEST_HEADING and text[-1] not in _ENDS
