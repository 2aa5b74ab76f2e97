"""What a house puts on all of its pages and no generic rule can know: its name as an author, invitations to its channels.

For sources whose pages the generic extraction reads well but for that: `parse=house.without(lines=…, authors=…)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from newswire.model import Announcement, Article, Outcome, Page, Parse, Rejected, Source
from newswire.parse import article

_NO_LINE = r"(?!)"


def without(lines: str = _NO_LINE, authors: Iterable[str] = ()) -> Parse:
    """Return `parse.article`, but without the body's lines that are all of the pattern `lines`, and without these authors."""
    return partial(_parse, lines=re.compile(lines), authors=frozenset(authors))


def _parse(
    source: Source, page: Page, announcement: Announcement, *, lines: re.Pattern[str], authors: frozenset[str]
) -> Iterator[Article | Rejected]:
    for found in article(source, page, announcement):
        yield _trimmed(found, lines, authors) if isinstance(found, Article) else found


def _trimmed(found: Article, lines: re.Pattern[str], authors: frozenset[str]) -> Article | Rejected:
    body = tuple(block for block in found.body if not lines.fullmatch(block.text))
    if not body:
        return Rejected(found.source, found.feed, found.url, Outcome.NO_TEXT, "nothing but the house's own lines")
    return replace(found, body=body, authors=tuple(name for name in found.authors if name not in authors))
