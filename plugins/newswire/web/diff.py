"""What changed between two texts, for a reader: paragraphs that stayed are counted, in the others the words are marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

LONGEST = 2000
"""Words of a changed passage that are compared one by one: beyond, the comparison takes seconds and shows crumbs."""

SAME, REMOVED, ADDED = "same", "removed", "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: `same`, `removed` or `added`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that changed, or a number of lines that did not."""

    pieces: tuple[Piece, ...] = ()
    unchanged: int = 0
    """Lines that stayed as they were; then there are no pieces."""


def compare(before: str, after: str) -> list[Passage]:
    """Return the passages of two texts, in their order."""
    old, new = before.split("\n"), after.split("\n")
    found = []
    for operation, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if operation == "equal":
            found.append(Passage(unchanged=b - a))
        else:
            found.append(Passage(tuple(_words("\n".join(old[a:b]), "\n".join(new[c:d])))))
    return found


def _words(before: str, after: str) -> Iterator[Piece]:
    old, new = _tokens(before), _tokens(after)
    if max(len(old), len(new)) > LONGEST:
        yield from _pieces(old, new)
        return
    for operation, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if operation == "equal":
            yield Piece(SAME, "".join(old[a:b]))
        else:
            yield from _pieces(old[a:b], new[c:d])


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    if old:
        yield Piece(REMOVED, "".join(old))
    if new:
        yield Piece(ADDED, "".join(new))


def _tokens(text: str) -> list[str]:
    # a word with the space behind it: between two changed words an equal space would cut the mark in two
    return re.findall(r"\w+\s*|[^\w\s]\s*|\s+", text)
