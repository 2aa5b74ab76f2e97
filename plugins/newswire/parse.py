"""How a page becomes an article when its source has no rule of its own; and the pieces that sources' own rules share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newswire import prose
from newswire.boilerplate import is_invitation
from newswire.bylines import shown_authors
from newswire.encoding import encoding_of
from newswire.lines import BESIDE_TEXT_TAGS, NO_TEXT_TAGS, Line, Outline, outline
from newswire.listing_times import KYIV
from newswire.model import Announcement, Article, Block, BlockKind, Outcome, Page, Rejected, Source, TimeOrigin
from newswire.structured import Structured, read, without_house
from newswire.text import clean
from newswire.urls import path_id

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

_ENDS = tuple(".!?…:;,»”\"'")
"""Behind these a line was a sentence, or leads to the next one: no heading, no bare link to another page."""
_LONGEST_HEADING = 120
_REPEATED = 30
"""Characters from which on a line that was there before is a copy of it (for print, for phones), and no refrain."""

_LEAST_BODY = 200
"""Characters of JSON-LD's text below which it is a summary."""
_FAR_LESS = 0.3
"""Share of JSON-LD's text below which what was found on the page is not the article: it is filled in by the browser."""

_NO_ARTICLE = frozenset(("website", "WebSite", "WebPage", "CollectionPage", "ItemList", "SearchResultsPage", "ProfilePage", "profile"))
"""Types by which listings and start pages call themselves."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What was found on a page without any rule of its source."""

    title: str | None
    """As printed, cleaned, without the house's name; None when the page has none."""
    lead: str | None
    """The publisher's summary; None when it states none."""
    blocks: tuple[Block, ...]
    """The text without the title; empty when there is none."""
    authors: tuple[str, ...]
    """Persons, never the house."""
    published_at: datetime | None
    """Aware, in the zone that was written; None when the page states no possible time."""
    time_origin: TimeOrigin | None
    """Where `published_at` stood; None without it."""
    modified_at: datetime | None
    section: str | None
    tags: tuple[str, ...]
    image_url: str | None
    canonical_url: str | None
    """Canonical form of the address that the page gives as its own."""
    editions: Mapping[str, str] = field(default_factory=dict)
    """ISO 639-1 code → canonical URL (hreflang)."""
    language: str | None = None
    """ISO 639-1 code that the page declares; not to be trusted."""
    method: str = "none"
    """How the text was found: `semantic` (in a block that is marked as the article), `density` (by what its lines look like),
    `json_ld` (the page's own statement, where the page shows no such text), `none`."""
    kind: str | None = None
    """What the page calls itself: `NewsArticle`, `website`."""
    times: tuple[tuple[datetime, TimeOrigin], ...] = ()
    """Every time of publication that the page states, the most trustworthy first."""

    @property
    def text(self) -> str:
        """The body as plain text, one block a line."""
        return "\n".join(block.text for block in self.blocks)


def extract(html: bytes | str, url: str | None, *, encoding: str | None = None, zone: tzinfo = UTC) -> Extracted:
    """Return what any news page says: title, text and the rest. Never raises for what a page holds.

    Bytes are decoded with `encoding`; without one by what they say of themselves. Times without a zone are wall time in `zone`.
    """
    tree = LexborHTMLParser(_decoded(html, encoding).encode("utf-8", errors="replace"))
    stated = read(tree, url or "", zone)
    page = outline(tree.body) if tree.body is not None else Outline([], [])
    told_ = told(tree, stated, page)
    title = _title(tree, stated, page)
    blocks, method = _text(page, told_, stated, title)
    return Extracted(
        title=title,
        lead=stated.lead,
        blocks=blocks,
        authors=stated.authors or shown_authors(tree, stated.site_name),
        published_at=stated.published_at,
        time_origin=stated.published_origin,
        modified_at=stated.modified_at,
        section=stated.section,
        tags=stated.tags,
        image_url=stated.image_url,
        canonical_url=stated.canonical_url,
        editions=stated.editions,
        language=stated.language,
        method=method,
        kind=stated.kind,
        times=stated.times,
    )
