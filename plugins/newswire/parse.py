"""How a page becomes an article when its source has no rule of its own; and the pieces that sources' own rules share."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newswire import prose
from newswire.boilerplate import is_invitation
from newswire.bylines import shown_authors, without_house
from newswire.dates import is_possible, parse_time
from newswire.encoding import encoding_of
from newswire.lines import BESIDE_TEXT_TAGS, NO_TEXT_TAGS, Line, Outline, outline
from newswire.model import Announcement, Article, Block, BlockKind, Outcome, Page, Rejected, Source, TimeOrigin
from newswire.structured import Structured, read
from newswire.text import clean
from newswire.urls import path_id
from newswire.window import KYIV

_HEADINGS = {
    BlockKind.DETAILS: "деталі подробиці детали подробности details",
    BlockKind.RECALL: "нагадаємо нагадуємо напомним напоминаем recall reminder",
    BlockKind.ADDITION: "доповнення дополнение addendum addition add",
}
_KIND_OF_HEADING = {word: kind for kind, words in _HEADINGS.items() for word in words.split()}

_TRUST = {origin: rank for rank, origin in enumerate(TimeOrigin)}

_ENDS = tuple(".!?…:;,»”\"'")
"""Behind these a line was a sentence, or leads to the next one: no heading, no bare link to another page."""
_LONGEST_HEADING = 120
_REPEATED = 30
"""Characters from which on a line that was there before is a copy of it (for print, for phones), and no refrain."""

_COMMON_STEMS = 2
_NEAR_HEADLINE = 30
"""Lines around the headline in which a time is looked for: farther off stand lists of other articles."""
_FIRST_ZONE, _LAST_ZONE = timedelta(hours=-11), timedelta(hours=14)
_ZONE_STEP = timedelta(minutes=15)
"""Zones differ from UTC by quarters of an hour; these are the outermost that people live in."""
_LONGEST_TIME = 100
"""Characters of a line that gives the time, with place, author and number of views beside it."""

_MOST_OPEN = 20_000
"""Elements without an end, void ones included. The most of 488 real pages is 2,100; 20,000 `<div>` in one another take 0.7 s."""

_LEAST_BODY = 200
"""Characters of JSON-LD's text below which it is a summary."""
_FAR_LESS = 0.3
"""Share of JSON-LD's text below which what was found on the page is not the article: it is filled in by the browser."""

_NO_ARTICLE = frozenset(
    ("website", "WebSite", "WebPage", "CollectionPage", "ItemList", "SearchResultsPage", "ProfilePage", "profile")
)
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
    utf8 = _as_utf8(html, encoding)
    tree = LexborHTMLParser(b"" if _is_bottomless(utf8) else utf8)
    stated = read(tree, url or "", zone)
    page = outline(tree.body) if tree.body is not None else Outline([], [])
    told_ = told(tree, stated, page)
    title = _title(tree, stated, page)
    times = _times(stated, page, title, zone)
    blocks, method = _text(page, told_, stated, title)
    return Extracted(
        title=title,
        lead=stated.lead,
        blocks=blocks,
        authors=stated.authors or shown_authors(tree),
        published_at=times[0][0] if times else None,
        time_origin=times[0][1] if times else None,
        modified_at=stated.modified_at,
        section=stated.section,
        tags=stated.tags,
        image_url=stated.image_url,
        canonical_url=stated.canonical_url,
        editions=stated.editions,
        language=stated.language,
        method=method,
        kind=stated.kind,
        times=times,
    )


def _is_bottomless(html: bytes) -> bool:
    """Tell whether so many elements are left open that parsing takes minutes: its time grows with the square of the depth."""
    return len(html) > 3 * _MOST_OPEN and html.count(b"<") - 2 * html.count(b"</") > _MOST_OPEN


def _as_utf8(html: bytes | str, encoding: str | None) -> bytes:
    if isinstance(html, str):
        return html.encode("utf-8", errors="replace")
    if (encoding or "utf-8") == "utf-8" and _is_utf8(html):
        return html.removeprefix(codecs.BOM_UTF8)
    try:
        return html.decode(encoding or encoding_of(html, None), errors="replace").encode("utf-8", errors="replace")
    except (LookupError, UnicodeError):  # no codec of that name, or none of texts
        return html


def _is_utf8(html: bytes) -> bool:
    """Tell whether bytes are certainly UTF-8: sound, and more than ASCII."""
    try:
        html.decode()
    except UnicodeDecodeError:
        return False
    return not html.isascii()


def told(tree: LexborHTMLParser, stated: Structured, page: Outline) -> prose.Told:
    """Return what the page tells of its text, for the search of it: headlines as stated and as printed, lead, JSON-LD's text."""
    window = tree.css_first("title")
    headlines = [stated.title or (_longest_part(window.text()) if window is not None else "")]
    return prose.Told("\n".join([*headlines, *_headlines(page)[:3]]), stated.lead or "", stated.body or "")


def _longest_part(window: str) -> str:
    """Return the part of a window's title that is the headline, as a rule: the house and the section stand beside it."""
    return max(re.split(r"\s+[|—–•·»/-]+\s+|\s*::\s*", clean(window)), key=len)


def _headlines(page: Outline) -> list[str]:
    return [line.text for line in page.lines if page.containers[line.container].tag == "h1"]


def _title(tree: LexborHTMLParser, stated: Structured, page: Outline) -> str | None:
    """Return the headline: as printed where one alone is, else as stated for machines, else the window's."""
    printed = [line for line in dict.fromkeys(_headlines(page)) if stated.title is None or _is_of(line, stated.title)]
    if len(printed) == 1 or (printed and not stated.title):
        return printed[0]
    window = tree.css_first("title")
    shown = without_house(clean(window.text()), stated.site_name) if window is not None else ""
    return stated.title or shown or None


def _is_of(printed: str, stated: str) -> bool:
    """Tell whether two headlines have words in common: one may be written for search engines."""
    stems = set(prose.stems_of(stated))
    return len(stems.intersection(prose.stems_of(printed))) >= min(_COMMON_STEMS, len(stems))


def _times(stated: Structured, page: Outline, title: str | None, zone: tzinfo) -> tuple[tuple[datetime, TimeOrigin], ...]:
    """Return the times that the page states, else those that it shows."""
    if not stated.times:
        return tuple((time, TimeOrigin.PAGE) for time in _shown_times(page, title, zone))
    if stated.times[0][0].utcoffset():
        return stated.times
    (first, origin), *others = stated.times
    return (_as_shown(first, page, title), origin), *others


def _as_shown(time: datetime, page: Outline, title: str | None) -> datetime:
    """Return a time that is stated in UTC in the zone in which the page shows the same moment to its readers, if it does."""
    for shown in _shown_times(page, title, UTC):
        ahead = shown - time.replace(second=0, microsecond=0)
        if ahead and _FIRST_ZONE <= ahead <= _LAST_ZONE and ahead % _ZONE_STEP == timedelta(0):
            return time.astimezone(timezone(ahead))
    return time


def _shown_times(page: Outline, title: str | None, zone: tzinfo) -> Iterator[datetime]:
    """Yield the times in short lines near the headline, those behind it first: in front of it stands the day of today."""
    at = _headline_at(page, title)
    for line in (*page.lines[at : at + _NEAR_HEADLINE], *page.lines[max(0, at - _NEAR_HEADLINE) : at][::-1]):
        found = parse_time(line.text, zone) if len(line.text) <= _LONGEST_TIME else None
        if found:
            yield found


def _headline_at(page: Outline, title: str | None) -> int:
    """Return the index of the line that is the headline: the heading that has it, else the first `<h1>`, else the first line."""
    words = prose.only_words(title or "")
    headings = [index for index, line in enumerate(page.lines) if page.containers[line.container].kind is BlockKind.HEADING]
    said = (index for index in headings if words and words in prose.only_words(page.lines[index].text))
    printed = (index for index in headings if page.containers[page.lines[index].container].tag == "h1")
    return next(said, next(printed, 0))


def _text(page: Outline, told_: prose.Told, stated: Structured, title: str | None) -> tuple[tuple[Block, ...], str]:
    """Return the body, and how it was found."""
    found = prose.find(page, told_)
    blocks = _without_last_headings(list(_blocks(found.lines, page, title)))
    stated_body = stated.body or ""
    if len(stated_body) >= _LEAST_BODY and sum(len(block.text) for block in blocks) < _FAR_LESS * len(stated_body):
        lines = (clean(line) for line in stated_body.split("\n"))
        return tuple(Block(BlockKind.PARAGRAPH, line) for line in lines if line and not is_invitation(line)), "json_ld"
    return blocks, ("semantic" if found.named else "density") if blocks else "none"


def _blocks(lines: Iterable[Line], page: Outline, title: str | None) -> Iterator[Block]:
    """Yield lines as blocks, without the headline, invitations and copies of what was there."""
    seen = {prose.only_words(title or "")}
    for line in lines:
        words = prose.only_words(line.text)
        if words in seen or is_invitation(line.text):
            continue
        if len(line.text) >= _REPEATED:
            seen.add(words)
        yield _block(line, page.containers[line.container].kind)


def _without_last_headings(blocks: list[Block]) -> tuple[Block, ...]:
    """Leave out headings behind which nothing stands: they announced what was left out."""
    end = next((index for index in range(len(blocks), 0, -1) if not blocks[index - 1].kind.startswith("heading")), 0)
    return tuple(blocks[:end])


def _block(line: Line, kind: BlockKind) -> Block:
    is_heading = kind is BlockKind.HEADING or (kind is BlockKind.PARAGRAPH and _stands_as_heading(line))
    return Block(heading_kind(line.text) if is_heading else kind, line.text)


def _stands_as_heading(line: Line) -> bool:
    """Tell whether a paragraph is a heading that was only set in bold, or a known one standing alone."""
    if heading_kind(line.text) is not BlockKind.HEADING:
        return True
    return line.bold == 1 and len(line.text) <= _LONGEST_HEADING and not line.text.endswith(_ENDS)


def heading_kind(text: str) -> BlockKind:
    """Return what a heading announces: DETAILS, RECALL or ADDITION where it is known (uk, ru, en), else HEADING."""
    return _KIND_OF_HEADING.get(text.strip(" .:…!").casefold(), BlockKind.HEADING)


def blocks_of(node: LexborNode) -> tuple[Block, ...]:
    """Return the container of an article's text as typed blocks, links kept inline as text.

    Left out: scripts, forms, pictures with their captions, asides, invitations to read on, and lines that are nothing but a
    link to another page.
    """
    page = outline(node, NO_TEXT_TAGS | BESIDE_TEXT_TAGS)
    kept = (line for line in page.lines if not _is_bare_link(line, page))
    return _without_last_headings(list(_blocks(kept, page, None)))


def _is_bare_link(line: Line, page: Outline) -> bool:
    of_text = page.containers[line.container].kind is BlockKind.PARAGRAPH
    return of_text and line.linked == 1 and not line.text.endswith(_ENDS)


def time_of(
    announcement: Announcement, stated: Structured | Extracted, fetched_at: datetime
) -> tuple[datetime, TimeOrigin] | None:
    """Return the time of publication that is to be trusted most, and where it came from; None when none can be.

    In the order of trust: a feed's, JSON-LD's, a meta tag's, a listing's, the page's. One that cannot be (`dates.is_possible`)
    gives way to the next.
    """
    announced = ((announcement.published_at, announcement.time_origin or TimeOrigin.FEED),) if announcement.published_at else ()
    by_trust = sorted((*announced, *stated.times), key=lambda time: _TRUST[time[1]])
    return next((time for time in by_trust if is_possible(time[0], fetched_at)), None)


def article(source: Source, page: Page, announcement: Announcement) -> Iterator[Article | Rejected]:
    """Yield the article of a page, or why there is none: how a source without a rule of its own parses (`model.Parse`)."""
    found = extract(page.body, page.final_url, encoding=page.encoding, zone=KYIV)
    time = time_of(announcement, found, page.fetched_at)
    title = found.title or announcement.title
    if not found.blocks or not title or not time:
        yield Rejected(source.name, announcement.feed, announcement.url, *_problem(page, found, title))
        return
    yield Article(
        source=source.name,
        feed=announcement.feed,
        external_id=path_id(announcement.url),
        url=announcement.url,
        title=title,
        lead=found.lead or announcement.lead,
        body=found.blocks,
        published_at=time[0],
        time_origin=time[1],
        modified_at=found.modified_at,
        authors=found.authors,
        section=found.section or announcement.section,
        tags=found.tags,
        image_url=found.image_url,
        editions=found.editions,
    )


def _problem(page: Page, found: Extracted, title: str | None) -> tuple[Outcome, str]:
    """Return why a page is no article."""
    if found.kind in _NO_ARTICLE and not found.times:
        return Outcome.NOT_ARTICLE, f"the page calls itself {found.kind}"
    if urlsplit(page.final_url).path.strip("/") == "":
        return Outcome.NOT_ARTICLE, "a start page"
    if not found.blocks:
        return Outcome.NO_TEXT, "no running text"
    if not title:
        return Outcome.NO_TITLE, "neither stated nor printed"
    return Outcome.NO_DATE, "none stated that can be" if found.times else "none stated"
