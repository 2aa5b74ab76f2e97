"""How a page becomes an article when its source has no rule of its own; and the pieces that sources' own rules share."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from itertools import islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from newswire import prose
from newswire.boilerplate import is_about_the_site, is_invitation
from newswire.bylines import folded, shown_authors, without_house
from newswire.citation import cited_source
from newswire.dates import is_possible, parse_time
from newswire.encoding import encoding_of
from newswire.fallback import second_opinion
from newswire.lines import Line, Outline, outline
from newswire.model import Announcement, Article, Block, BlockKind, Link, Outcome, Page, Rejected, Source, TimeOrigin
from newswire.structured import Structured, read
from newswire.text import clean
from newswire.urls import canonical_or_none, path_id
from newswire.window import KYIV

_HEADINGS = {
    BlockKind.DETAILS: "деталі подробиці детали подробности details",
    BlockKind.RECALL: "нагадаємо нагадуємо напомним напоминаем recall reminder",
    BlockKind.ADDITION: "доповнення дополнение addendum addition add",
}
_KIND_OF_HEADING = {word: kind for kind, words in _HEADINGS.items() for word in words.split()}

_TRUST = {origin: rank for rank, origin in enumerate(TimeOrigin)}

_ENDS = tuple(".!?…:;,»”\"'")
"""Behind these a line was a sentence, or leads to the next one: no heading."""
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
"""Characters of JSON-LD's text below which it is a summary, and of the text found below which trafilatura is asked for more. All
488 real pages have more; where a text is merely short for its page, ours is the better one of the two as a rule."""
_FAR_LESS = 0.3
"""Share of JSON-LD's text below which what was found on the page is not the article: it is filled in by the browser."""

_MOST_LINKS = 1_000
"""Links in and around a text that are looked at; a directory is no news, and hostile pages nest thousands."""

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
    `json_ld` (the page's own statement, where the page shows no such text), `trafilatura` (in doubt, with its say: see
    `fallback`), `none`."""
    found_by: Mapping[str, str] = field(default_factory=dict)
    """Field that was found → how: `method` for the body, `json_ld`, `meta`, `microdata`, `printed`, `window` for the others."""
    anchors: tuple[tuple[str, str], ...] = ()
    """The links that stand in the text: address as it is written, and words; in the order of reading."""
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
    if _is_bottomless(utf8):
        utf8 = b""
    tree = LexborHTMLParser(utf8)
    stated = read(tree, url or "", zone)
    page = outline(tree.body) if tree.body is not None else Outline([], [])
    told_ = told(tree, stated, page)
    title, title_way = _title(tree, stated, page)
    times = _times(stated, page, title, zone)
    text = _text(page, told_, stated, title, utf8)
    ways = {"authors": "printed", **stated.found_by, "title": title_way, "body": text.method}
    return Extracted(
        title=title,
        lead=stated.lead,
        blocks=text.blocks,
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
        method=text.method,
        found_by=ways,
        anchors=text.anchors,
        kind=stated.kind,
        times=times,
    )


def _is_bottomless(html: bytes) -> bool:
    """Tell whether so many elements are left open that parsing takes minutes: its time grows with the square of the depth."""
    begun = html.count(b"<") if len(html) > 3 * _MOST_OPEN else 0
    return begun > _MOST_OPEN and begun - 2 * html.count(b"</") > _MOST_OPEN


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


def _title(tree: LexborHTMLParser, stated: Structured, page: Outline) -> tuple[str | None, str]:
    """Return the headline and how it was found: as printed where one alone is, else as stated for machines, else the window's."""
    printed = [line for line in dict.fromkeys(_headlines(page)) if stated.title is None or _is_of(line, stated.title)]
    if len(printed) == 1 or (printed and not stated.title):
        return printed[0], "printed"
    if stated.title:
        return stated.title, stated.found_by["title"]
    window = tree.css_first("title")
    shown = without_house(clean(window.text()), stated.site_name) if window is not None else ""
    return shown or None, "window"


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
    words = folded(title or "")
    headings = [index for index, line in enumerate(page.lines) if page.containers[line.container].kind is BlockKind.HEADING]
    said = (index for index in headings if words and words in folded(page.lines[index].text))
    printed = (index for index in headings if page.containers[page.lines[index].container].tag == "h1")
    return next(said, next(printed, 0))


@dataclass(frozen=True, slots=True)
class _Text:
    """A body, how it was found, and the links in it."""

    blocks: tuple[Block, ...] = ()
    method: str = "none"
    anchors: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        return sum(len(block.text) for block in self.blocks)

    @property
    def running(self) -> int:
        """Characters of running text: without short lines, terms of use, notices about cookies."""
        texts = (block.text for block in self.blocks if len(block.text) >= prose.LEAST_PROSE)
        return sum(len(text) for text in texts if not is_about_the_site(text.casefold()))


def _text(page: Outline, told_: prose.Told, stated: Structured, title: str | None, html: bytes) -> _Text:
    """Return the body: as the page shows it, else as it states it, else as trafilatura finds it."""
    found = prose.find(page, told_, lambda: second_opinion(html, thorough=False))
    method = "trafilatura" if found.seconded else "semantic" if found.named else "density"
    shown = _made_of(found.lines, page, title, method)
    body = stated.body or ""
    if len(body) >= _LEAST_BODY and shown.size < _FAR_LESS * len(body):
        lines = (clean(line) for line in body.split("\n"))
        return _Text(tuple(Block(BlockKind.PARAGRAPH, line) for line in lines if line and not is_invitation(line)), "json_ld")
    return shown if shown.size >= _LEAST_BODY else _longer(shown, page, title, html)


def _longer(shown: _Text, page: Outline, title: str | None, html: bytes) -> _Text:
    """Return what trafilatura finds in a page, where it finds more running text than we did that is no list of links."""
    other = second_opinion(html, thorough=True)
    links = {line.text for line in page.lines if line.linked >= prose.MOSTLY_LINKS}
    lines = [line for line in other.lines if line.text not in links] if other else []
    found = _made_of(lines, other or page, title, "trafilatura")
    return found if found.running > shown.running else shown


def _made_of(lines: Iterable[Line], page: Outline, title: str | None, method: str) -> _Text:
    kept = list(_kept(lines, title))
    blocks = _without_last_headings([_block(line, page.containers[line.container].kind) for line in kept])
    return _Text(blocks, method, tuple(_anchors(kept, page))) if blocks else _Text()


def _kept(lines: Iterable[Line], title: str | None) -> Iterator[Line]:
    """Yield the lines that are none of these: the headline, an invitation, a copy of what was there."""
    headline, longest = folded(title or ""), 2 * len(title or "")
    seen: set[str] = set()
    for line in lines:
        text = line.text
        if text in seen or is_invitation(text) or (len(text) <= longest and folded(text) == headline):
            continue
        if len(text) >= _REPEATED:
            seen.add(text)
        yield line


def _anchors(lines: Iterable[Line], page: Outline) -> Iterator[tuple[str, str]]:
    """Yield the links that stand in the lines, as they are written."""
    linked: dict[int, list[str]] = {}
    for line in lines:
        if line.linked:
            linked.setdefault(line.container, []).append(line.text)
    nodes = ((node, container) for container in linked for node in page.containers[container].node.css("a[href]"))
    texts = {container: "\n".join(lines) for container, lines in linked.items()}
    for node, container in islice(nodes, _MOST_LINKS):
        words = clean(node.text())
        if words and words in texts[container]:
            yield node.attributes.get("href") or "", words


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
        external_id=path_id(announcement.url, source.home),
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
        links=_links(found, page.final_url),
        editions={language: url for language, url in found.editions.items() if url != announcement.url},
        cited_source=cited_source(block.text for block in found.blocks),
        found_by=_ways(found, announcement, time[1]),
    )


def _links(found: Extracted, url: str) -> tuple[Link, ...]:
    """Return the links out of a text, each once: neither those within the page itself nor those to its own start pages."""
    own, home = {canonical_or_none(url), found.canonical_url}, canonical_or_none("/", url) or ""
    links = ((canonical_or_none(address, url), words) for address, words in found.anchors)
    kept = (Link(address, words) for address, words in links if address and address not in own and not _is_start(address, home))
    return tuple(dict.fromkeys(kept))


def _is_start(address: str, home: str) -> bool:
    """Tell whether an address is the start page of a site, or of one of its editions (`/ru`)."""
    return re.fullmatch(rf"{re.escape(home)}(?:[a-z]{{2,3}})?", address) is not None


def _ways(found: Extracted, announcement: Announcement, origin: TimeOrigin) -> dict[str, str]:
    """Return how each field of the article was found, for those that it has."""
    own = {name: way for name, way in found.found_by.items() if name == "body" or getattr(found, name)}
    announced = {name: "announced" for name in ("title", "lead", "section") if getattr(announcement, name)}
    return {**announced, **own, "published_at": origin.value, "url": "announced"}


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
