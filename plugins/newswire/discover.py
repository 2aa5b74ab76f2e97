"""How a site announces its articles: RSS and Atom feeds, paged listings, and the walk over both."""

from __future__ import annotations

import io
import re
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newswire.dates import is_possible, parse_time
from newswire.listing_times import heading_day, is_time, listing_time, without_time
from newswire.model import (
    Announcement,
    Discover,
    Failed,
    Feed,
    Fetch,
    Found,
    Known,
    Outcome,
    Page,
    Reached,
    Source,
    TimeOrigin,
    Window,
)
from newswire.text import clean, clean_or_none, unescape
from newswire.urls import canonical_or_none, host
from newswire.window import KYIV

ARTICLE_PATH = re.compile(r"/(?:.*/)?(?=[^/]*\d{5}|[^/]*[^/-]-[^/-]+-)[^/]+")
"""Path of an article where a source says nothing better: its last part is a slug of three words or more, or holds an id."""

MAX_PAGES = 400
"""Listing pages that one walk may ask for: seven minutes at one a second; what is further back is searched for."""

_FAR = timedelta(days=2)
"""A window that ended so long before the oldest item of page 1 is searched for, not walked to."""

_UNREADABLE = 3
"""Listing pages in a row without a single readable time after which a walk gives up: the page's shape has changed."""

# --- the walk


def site(article_path: re.Pattern[str] = ARTICLE_PATH, max_pages: int = MAX_PAGES) -> Discover:
    """Return the discovery of a site: its feeds, then its listing as far as the window needs it.

    `article_path` must match the whole path of an article's canonical URL; it tells articles from other links in a listing.

    The listing is read only where the feeds do not reach back before the window. It is walked from page 1; for a window
    that ended long ago its first page is searched for, and `Reached.back_to` then speaks of the window alone: what lies
    between the window's end and the feeds was passed over, as the notes say. Announcements outside the window are
    yielded too. A feed that fails is a note when the listing covers the window, else the failure.
    """
    return partial(_discover, article_path=article_path, max_pages=max_pages)


def _discover(
    source: Source,
    feed: Feed,
    window: Window,
    fetch: Fetch,
    _known: Known,
    *,
    article_path: re.Pattern[str],
    max_pages: int,
) -> Generator[Found, None, Reached]:
    if not feed.rss and not feed.listing:
        raise ValueError(f"feed {feed.name} of {source.name} has neither RSS nor a listing")
    feeds = yield from _read_feeds(source, feed, fetch)
    if not feed.listing or _is_before(feeds.back_to, window.start):
        return _summed_up(window, feeds)
    walk = _Walk(source, feed, feed.listing, fetch, article_path, max_pages)
    listing = yield from walk.to(window)
    return _summed_up(window, listing, feeds)


@dataclass(frozen=True, slots=True)
class _Covered:
    """How far back one way of announcing was seen, and what stood in its way."""

    back_to: datetime | None
    failures: tuple[Failed, ...] = ()
    notes: tuple[str, ...] = ()


def _summed_up(window: Window, *ways: _Covered) -> Reached:
    """Every way begins now, so the one that goes furthest back counts; a failure counts only where the window stays uncovered."""
    back_to = min((way.back_to for way in ways if way.back_to), default=None)
    failures = [failure for way in ways for failure in way.failures]
    stopped_by = None if back_to and back_to <= window.start else next(iter(failures), None)
    passed_over = [f"{failure.url}: {failure.outcome}: {failure.detail}" for failure in failures if failure is not stopped_by]
    return Reached(back_to, stopped_by, (*(note for way in ways for note in way.notes), *passed_over))


def _is_before(moment: datetime | None, limit: datetime) -> bool:
    return moment is not None and moment < limit


def _read_feeds(source: Source, feed: Feed, fetch: Fetch) -> Generator[Found, None, _Covered]:
    """Read every RSS feed; each may be another stream, so together they reach back as far as the one that reaches least."""
    reaches: list[datetime | None] = []
    failures: list[Failed] = []
    notes: list[str] = []
    for url in feed.rss:
        page = fetch(url)
        read = page if isinstance(page, Failed) else _read_feed(source, feed, page)
        if isinstance(read, Failed):
            failures.append(read)
            continue
        yield Found(read.page, read.announcements)
        reaches.append(_oldest_in_order(times_of(read.announcements)))
        notes += read.notes
    known = [reach for reach in reaches if reach]
    complete = known and len(known) == len(feed.rss)
    if empty := len(reaches) - len(known):
        notes.append(f"{empty} of {len(feed.rss)} feeds held no item of this publisher with a time")
    return _Covered(max(known) if complete else None, tuple(failures), tuple(notes))


def times_of(announcements: Iterable[Announcement]) -> list[datetime]:
    """Return the announcements' times in their order; those without one are left out."""
    return [announcement.published_at for announcement in announcements if announcement.published_at]


def _oldest_in_order(times: Sequence[datetime]) -> datetime | None:
    """Return where the longest run of times that goes from new to old ends; None without any time.

    What breaks the order is no sign of how far a page goes back: a pinned item, a box of last week's most read.
    """
    ends: list[float] = []  # ends[n]: the newest time at which a run of n + 1 items can end, as seconds before 1970
    for moment in times:
        before = -moment.timestamp()
        place = bisect_right(ends, before)
        ends[place : place + 1] = [before]
    return next((moment for moment in times if ends and -moment.timestamp() == ends[-1]), None)


@dataclass(slots=True)
class _Walk:
    """One walk through a paged listing."""

    source: Source
    feed: Feed
    address: str
    fetch: Fetch
    article_path: re.Pattern[str]
    pages_left: int
    back_to: datetime | None = None
    before: _Listing | None = None
    """The page before: it shows which links stand on every page, and whether the numbers lead anywhere."""
    unreadable: int = 0
    """Pages in a row without a readable time."""
    empty_at: int = 0
    """Number of the page that held no article; 0 before there was one."""
    failures: tuple[Failed, ...] = ()
    notes: list[str] = field(default_factory=list)

    def to(self, window: Window) -> Generator[Found, None, _Covered]:
        """Read pages until one ends before the window's start, or there is a reason to stop."""
        number, listing = 1, (yield from self.read(1))
        if isinstance(listing, _Listing) and _is_far(listing, window):
            number = yield from self.search(listing, window)
            self.before = listing if number > 1 else None
            listing = yield from self.read(number)
        began_at = number
        while self.goes_on(number, listing, window):
            number += 1
            listing = yield from self.read(number)
        only_newer = began_at > 1 and not _is_before(self.back_to, window.end)
        return _Covered(None if only_newer else self.back_to, self.failures, tuple(self.notes))

    def read(self, number: int) -> Generator[Found, None, _Listing | Failed]:
        """Fetch one page and yield what it announces."""
        self.pages_left -= 1
        page = self.fetch(self.address.replace("{page}", str(number)))
        if isinstance(page, Failed):
            return page
        listing = _read_listing(self.source, self.feed, page, self.article_path)
        yield Found(page, listing.announcements)
        return listing

    def goes_on(self, number: int, listing: _Listing | Failed, window: Window) -> bool:
        """Take account of a page; say whether the next one is wanted."""
        if isinstance(listing, Failed):
            return self.broke_off(listing, window)
        if listing.is_empty(self.before):
            return self.found_empty(number, listing, window)
        if self.empty_at:
            self.failures = (_unread(listing.page, f"page {self.empty_at} of the listing holds no article, the next one does"),)
            return False
        if self.before and listing.announced <= self.before.announced:
            self.notes.append(f"page {number} of the listing repeats the one before: the walk stopped there")
            return False
        self.count(number, listing)
        return not _is_before(self.back_to, window.start) and self.may_go_on(number, listing)

    def broke_off(self, failed: Failed, window: Window) -> bool:
        """Stop; where the page before was empty, one that does not exist says the same."""
        if self.empty_at and failed.outcome is Outcome.GONE:
            return self.ended(window)
        self.failures = (failed,)
        return False

    def found_empty(self, number: int, listing: _Listing, window: Window) -> bool:
        """Ask for one page more before an empty page counts as the archive's beginning: error pages are empty, too."""
        if self.empty_at:
            return self.ended(window)
        self.empty_at = number
        if self.back_to is None:
            self.failures = (_unread(listing.page, f"page {number} of the listing holds no link to an article"),)
            return False
        return self.may_go_on(number, listing)

    def ended(self, window: Window) -> bool:
        """Stop: all that the listing ever announced was seen."""
        self.notes.append(f"the listing ended at page {self.empty_at}")
        self.back_to = min(self.back_to or window.start, window.start)
        return False

    def count(self, number: int, listing: _Listing) -> None:
        """Note how far back this page goes."""
        oldest = listing.oldest()
        self.before = listing
        self.unreadable = 0 if oldest else self.unreadable + 1
        if oldest is None:
            self.notes.append(f"no time could be read on page {number} of the listing")
        self.back_to = min(filter(None, (self.back_to, oldest)), default=None)

    def may_go_on(self, number: int, listing: _Listing) -> bool:
        """Say whether a walk that is not there yet is still worth its requests."""
        if self.unreadable >= _UNREADABLE:
            self.failures = (_unread(listing.page, f"no time could be read on {self.unreadable} pages of the listing in a row"),)
        elif self.pages_left <= 0:
            self.notes.append(f"the walk stopped at page {number}: it had asked for as many pages as one walk may")
        return self.unreadable < _UNREADABLE and self.pages_left > 0

    def search(self, first: _Listing, window: Window) -> Generator[Found, None, int]:
        """Return the number of the last page that is wholly newer than the window: doubled, then halved.

        That page is read again by the walk itself, so that an item which moved to another page meanwhile is not missed:
        new items push the others towards higher numbers, deleted ones pull them back.
        """
        newer, older, edge = 1, 2, first.oldest()
        while self.pages_left > 0 and (oldest := _still_newer((yield from self.read(older)), edge, window)):
            newer, older, edge = older, older * 2, oldest
        while older - newer > 1:
            middle = (newer + older) // 2
            oldest = _still_newer((yield from self.read(middle)), edge, window)
            newer, older, edge = (middle, older, oldest) if oldest else (newer, middle, edge)
        self.notes.append(f"the walk to a past window began at page {newer}: what the pages before it hold was not all looked at")
        return newer


def _is_far(first: _Listing, window: Window) -> bool:
    oldest = first.oldest()
    return oldest is not None and oldest - window.end > _FAR


def _still_newer(listing: _Listing | Failed, edge: datetime | None, window: Window) -> datetime | None:
    """Return the oldest time of a page that is wholly newer than the window, None of any other.

    It must be older than the newer page (`edge`): some sites answer a number that is too high with page 1.
    """
    oldest = None if isinstance(listing, Failed) else listing.oldest()
    return oldest if oldest and edge and window.end <= oldest < edge else None


def _unread(page: Page, detail: str) -> Failed:
    return Failed(page.url, Outcome.ERROR, detail, page)


# --- feeds


def feed_announcements(source: Source, feed: Feed, page: Page) -> list[Announcement] | Failed:
    """Return what an RSS or Atom feed announces, in its order, each URL once; `Failed` (NOT_FEED) for what is no feed.

    Times without a zone are Kyiv time; impossible ones (before 1995, more than a day ahead) are left out. Items without a
    web address are left out, and so are those of other publishers: see `own_sites`.
    """
    read = _read_feed(source, feed, page)
    return read if isinstance(read, Failed) else list(read.announcements)


@dataclass(frozen=True, slots=True)
class _FeedPage:
    """What one feed holds."""

    page: Page
    announcements: tuple[Announcement, ...]
    left_out: Counter[str]
    """Site of another publisher → how many items of it were left out; an empty site for items without a web address."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, for the run's ledger."""
        counted = ", ".join(f"{site or 'no address'} {number}" for site, number in self.left_out.most_common())
        return (f"{self.page.url}: items of other sites were left out: {counted}",) if counted else ()


def _read_feed(source: Source, feed: Feed, page: Page) -> _FeedPage | Failed:
    import feedparser  # noqa: PLC0415 - Dag files import this module; feedparser is heavy

    body = _without_impossible(_rightly_declared(page.body))
    parsed = feedparser.parse(
        io.BytesIO(body),  # a stream: feedparser takes short bytes for the name of a file
        response_headers=_encoding_header(page),
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.get("entries"):
        return Failed(page.url, Outcome.NOT_FEED, f"no RSS or Atom; it begins with {clean(page.text[:200])[:60]!r}", page)
    sites = own_sites(source, feed, page)
    found = [_from_entry(source, feed, page, entry) for entry in parsed["entries"]]
    placed = [(each, registrable(host(each.url)) if each else "") for each in found]
    own = _unique(each for each, site in placed if each and site in sites)
    return _FeedPage(page, tuple(own), Counter(site for _, site in placed if site not in sites))


_ENCODING = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\bencoding\s*=\s*[\"']([^\"'>]+)")


def _rightly_declared(body: bytes) -> bytes:
    """Return a feed that is UTF-8 and declares itself otherwise with the right declaration.

    Sites change their encoding and forget the template. Cyrillic letters in another encoding are never sound UTF-8 by chance.
    """
    declared = _ENCODING.search(body)
    if not declared or body.isascii():
        return body
    try:
        body.decode()
    except UnicodeDecodeError:
        return body
    return body[: declared.start(1)] + b"utf-8" + body[declared.end(1) :]


MANY_DIGITS = 20
"""So many make a number too large for a character, leading zeros or not; Python refuses to read thousands of them."""

_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")


def _without_impossible(body: bytes) -> bytes:
    """Return a feed in which references to what is no character (`&#xD800;`) became U+FFFD: feedparser fails on them."""
    return _REFERENCE.sub(_possible, body)


def _possible(reference: re.Match[bytes]) -> bytes:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    number = int(digits, base) if len(digits) < MANY_DIGITS else sys.maxsize
    return b"&#xFFFD;" if number > sys.maxunicode or 0xD800 <= number <= 0xDFFF else reference[0]  # noqa: PLR2004 - surrogates


_DECLARED = re.compile(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)|\A\s*<\?xml[^>]*\bencoding\s*=")


def _encoding_header(page: Page) -> dict[str, str]:
    """Return the encoding that feedparser is told: none where the XML declares its own, which counts for more than the server."""
    declared = _DECLARED.search(page.body)
    return {} if declared else {"content-type": f"application/xml; charset={page.encoding}"}


def _from_entry(source: Source, feed: Feed, page: Page, entry: dict[str, Any]) -> Announcement | None:
    url = canonical_or_none(_address(entry), page.final_url)
    if url is None:
        return None
    published_at = _entry_time(entry, page)
    return Announcement(
        source=source.name,
        feed=feed.name,
        url=url,
        title=_plain(entry.get("title")),
        lead=_lead(entry),
        published_at=published_at,
        time_origin=TimeOrigin.FEED if published_at else None,
        section=_plain(next((tag.get("term") for tag in entry.get("tags") or ()), None)),
        guid=clean_or_none(entry.get("id")),
    )


def _address(entry: dict[str, Any]) -> str | None:
    """Return an item's link, else its guid where that is an address: most are, some are a hash or a number.

    feedparser gives a guid as the link where there is none.
    """
    link, guid = entry.get("link"), entry.get("id") or ""
    return link if link and link != guid else guid if "://" in guid else None


LONGEST_LEAD = 1500
"""Characters; what is longer is the article itself. A lead that is the whole first paragraph has some 300 to 700."""


def _lead(entry: dict[str, Any]) -> str | None:
    """Return the summary; None where the feed gives the whole text alone, which feedparser takes for a summary, too."""
    summary = _plain(entry.get("summary"))
    is_text = any(content.get("value") == entry.get("summary") for content in entry.get("content") or ())
    return summary if summary and not is_text and len(summary) <= LONGEST_LEAD else None


def _entry_time(entry: dict[str, Any], page: Page) -> datetime | None:
    # dict.get: feedparser's own `get` answers for `updated` with `published`, and warns
    written = (dict.get(entry, key) for key in ("published", "created", "updated"))
    found = (parse_time(text, KYIV) for text in written if isinstance(text, str))
    return next((moment for moment in found if moment and is_possible(moment, page.fetched_at)), None)


_BREAKING_TAG = re.compile(r"</?(?:p|div|br|li|ul|ol|h[1-6]|blockquote|t[rdh])\b[^<>]*>", re.IGNORECASE)


def _plain(text: object) -> str | None:
    """Return the text of a feed's field as one line: entities resolved however often they were escaped, no markup."""
    if not isinstance(text, str):
        return None
    markup = unescape(text)
    if "<" not in markup:
        return clean_or_none(markup)
    tree = LexborHTMLParser(_BREAKING_TAG.sub(" ", markup))
    for node in tree.css("script, style"):
        node.decompose()
    return clean_or_none(tree.body.text()) if tree.body else None


def _unique(announcements: Iterable[Announcement]) -> list[Announcement]:
    """Return the first announcement of each URL."""
    found: dict[str, Announcement] = {}
    for announcement in announcements:
        found.setdefault(announcement.url, announcement)
    return list(found.values())


# --- whose address it is

_PUBLIC_SUFFIX = re.compile(
    r"(?:com?|net|org|edu|gov|mil|ac|in|pp|biz|info|kiev|kyiv|lviv|lv|odessa|odesa|od|dp|dnipro|kharkiv|kharkov|kh|zp|te|if|"
    r"uz|vn|vinnica|ck|cherkassy|cn|cv|km|kr|ks|kherson|lg|lt|mk|pl|poltava|rv|rovno|sm|sumy|zt|zhitomir)\.[a-z]{2}"
)
"""Second levels under which publishers register, generic ones and the regions of .ua (https://hostmaster.ua/2ld/)."""


def own_sites(source: Source, feed: Feed, page: Page) -> frozenset[str]:
    """Return the registrable domains that are the publisher's own: of its start page, feeds and listings, and of the answer.

    Feeds carry items of sister sites and partners. `life.pravda.com.ua` is on a site of Ukrainska Pravda's, `epravda.com.ua`
    is on another: it becomes a part of the source when one of the source's feeds stands there.
    """
    addresses = [source.home, page.final_url]
    for each in (feed, *source.feeds):
        addresses += [each.listing or "", *each.rss]
    return frozenset(registrable(host(address)) for address in addresses if address)


def registrable(host: str) -> str:
    """Return the part of a host that somebody registered: `life.pravda.com.ua` → `pravda.com.ua`; an IP address as it is."""
    labels = host.split(".")
    if ":" in host or labels[-1].isdecimal():
        return host
    return ".".join(labels[-3:] if _PUBLIC_SUFFIX.fullmatch(".".join(labels[-2:])) else labels[-2:])


# --- listings


def listing_announcements(
    source: Source,
    feed: Feed,
    page: Page,
    article_path: re.Pattern[str] = ARTICLE_PATH,
) -> list[Announcement]:
    """Return what a listing page announces, in its order, each URL once: links to articles with the time beside them.

    An article's link without a time beside it is the page's furniture and left out; but where no time at all can be read,
    every article linked outside of header, navigation, side column and footer is announced, without a time.
    Times are Kyiv wall time, counted from the answer's `date` header, else from when the page was fetched.
    """
    return list(_read_listing(source, feed, page, article_path).announcements)


@dataclass(frozen=True, slots=True)
class _Listing:
    """What one page of a listing holds."""

    page: Page
    urls: frozenset[str]
    """All articles that it links to, with or without a time."""
    announcements: tuple[Announcement, ...]
    column: tuple[Announcement, ...]
    """Those of the largest group of cards: the list itself, without boxes beside it."""

    @property
    def announced(self) -> frozenset[str]:
        """The articles that it announces."""
        return frozenset(each.url for each in self.announcements)

    def is_empty(self, before: _Listing | None) -> bool:
        """Say whether the list holds nothing: at most links without a time that stood on the page before, too."""
        furniture = before is not None and self.urls <= before.urls and not times_of(self.announcements)
        return furniture or not self.announcements

    def oldest(self) -> datetime | None:
        """Return how far back the list goes; None where no time says it."""
        return _oldest_in_order(times_of(self.column))


@dataclass(frozen=True, slots=True)
class _Card:
    """The part of a listing that speaks of one article: the largest element without a link to another one."""

    node: LexborNode
    url: str
    links: tuple[LexborNode, ...]


_FURNITURE = frozenset({"header", "nav", "aside", "footer"})
_LISTS = frozenset({"body", "main", "section", "ul", "ol", "table", "tbody", "nav", "aside", "footer"})
"""Elements that hold cards and are none, not even where only one card is left in them."""

_DEEPEST = 100
"""Levels that are looked at above a link: a card is found within a few, and a page may nest without end."""

_HEADINGS = "h1, h2, h3, h4, h5, h6, [class*=title i]"
_SHORT = 60
"""Characters up to which a piece of text beside a title may be the time and its counter, and not a lead."""

_LABEL = r"(?:Photo|Video|Фото|Відео|Видео|Ексклюзив|Эксклюзив|Exclusive|Оновлено|Обновлено|Updated)"
_LABELS = re.compile(rf"(?:\s*{_LABEL})+")
_GLUED_LABELS = re.compile(rf"(?<=[^\s\w]){_LABEL}+$|(?<=[a-zа-яіїєґ0-9]){_LABEL}+$")
_COUNTER = re.compile(r"[•·|\s]*[\d\s.,]+\s*(?:к|k|тис|тыс)?\.?\s*(?:перегляд\w*|просмотр\w*|views?)?[•·|\s]*", re.IGNORECASE)


def _read_listing(source: Source, feed: Feed, page: Page, article_path: re.Pattern[str]) -> _Listing:
    tree = LexborHTMLParser(page.text)
    cards = _cards(_article_links(tree, page, own_sites(source, feed, page), article_path))
    now = _made_at(page)
    days = _days_above(tree, {card.node.mem_id for card in cards}, now)
    read = [(card, _from_card(source, feed, card, now, days.get(card.node.mem_id))) for card in cards]
    announced = [(card, each) for card, each in read if each.published_at] or [
        (card, each) for card, each in read if not _FURNITURE & {node.tag for node in _ancestors(card.node)}
    ]
    return _Listing(
        page=page,
        urls=frozenset(card.url for card in cards),
        announcements=tuple(_unique(each for _, each in announced)),
        column=_column(announced),
    )


def _made_at(page: Page) -> datetime:
    """Return when the page was made: what the server says, else when it was fetched.

    Bytes kept from before may come with the date of the 304 that confirmed them: those were made when they were fetched.
    """
    stated = parse_time(page.headers.get("date", "")) or page.fetched_at
    return min(stated, page.fetched_at) if page.unchanged else stated


def _article_links(
    tree: LexborHTMLParser,
    page: Page,
    sites: frozenset[str],
    article_path: re.Pattern[str],
) -> Iterator[tuple[LexborNode, str]]:
    base = tree.css_first("base[href]")
    here = _joined(page.final_url, base.attributes.get("href") if base else None)
    for link in tree.css("a[href]"):
        url = canonical_or_none(link.attributes.get("href"), here)
        if url and registrable(host(url)) in sites and article_path.fullmatch(unquote(urlsplit(url).path)):
            yield link, url


def _joined(url: str, reference: str | None) -> str:
    try:
        return urljoin(url, reference or "")
    except ValueError:
        return url


def _ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the node and what it stands in, the nearest first."""
    above: LexborNode | None = node
    for _ in range(_DEEPEST):
        if above is None:
            return
        yield above
        above = above.parent


def _cards(links: Iterable[tuple[LexborNode, str]]) -> list[_Card]:
    """Return the cards that the links stand in, in the page's order."""
    pairs = list(links)
    linked: dict[int, set[str]] = {}
    for link, url in pairs:
        for node in _ancestors(link):
            linked.setdefault(node.mem_id, set()).add(url)
    found: dict[int, _Card] = {}
    for link, url in pairs:
        node = _card_of(link, linked)
        earlier = found[node.mem_id].links if node.mem_id in found else ()
        found[node.mem_id] = _Card(node, url, (*earlier, link))
    return list(found.values())


def _card_of(link: LexborNode, linked: dict[int, set[str]]) -> LexborNode:
    card = link
    for node in _ancestors(link):
        if len(linked[node.mem_id]) > 1 or node.tag in _LISTS:
            break
        card = node
    return card


def _column(announced: Sequence[tuple[_Card, Announcement]]) -> tuple[Announcement, ...]:
    """Return the announcements of the group that most cards belong to: they stand in elements of one kind."""
    kinds = [_surroundings(card.node) for card, _ in announced]
    largest = Counter(kinds).most_common(1)
    return tuple(each for (_, each), kind in zip(announced, kinds, strict=True) if kind == largest[0][0])


def _surroundings(card: LexborNode) -> tuple[tuple[str | None, str | None], ...]:
    return tuple((node.tag, node.attributes.get("class")) for node in list(_ancestors(card))[1:3])


def _from_card(source: Source, feed: Feed, card: _Card, now: datetime, day: date | None) -> Announcement:
    pieces = _pieces(card.node)
    title = _title(card)
    published_at = _stated_time(card.node) or _shown_time(pieces, title or "", now, day)
    possible = published_at is not None and is_possible(published_at, now)
    return Announcement(
        source=source.name,
        feed=feed.name,
        url=card.url,
        title=title,
        published_at=published_at if possible else None,
        time_origin=TimeOrigin.PAGE if possible else None,
    )


def _pieces(node: LexborNode) -> list[str]:
    """Return the texts in a node, each as one piece that stands in one element: React splits a line by comments."""
    found: list[tuple[int, list[str]]] = []
    for child in node.traverse(include_text=True):
        parent = child.parent
        if child.tag != "-text" or parent is None or parent.tag in ("script", "style", "template"):
            continue
        if not found or found[-1][0] != parent.mem_id:
            found.append((parent.mem_id, []))
        found[-1][1].append(child.text_content or "")
    return [text for text in (clean("".join(parts)) for _, parts in found) if text]


def _title(card: _Card) -> str | None:
    """Return the title on a card: its heading, else the longest text of its links, else what stands for the picture."""
    headings = card.node.css(_HEADINGS)
    texts = [_title_text(node) for node in (*headings, *card.links) if node is not None]
    heading = next((text for text in texts[: len(headings)] if text), None)
    picture = card.node.css_first("img[alt]")
    return heading or max(texts, key=len, default="") or clean_or_none(picture.attributes.get("alt") if picture else None)


def _title_text(node: LexborNode) -> str:
    pieces = [without_time(piece) for piece in _pieces(node) if not is_time(piece)]
    text = clean(" ".join(piece for piece in pieces if not _LABELS.fullmatch(piece) and not _COUNTER.fullmatch(piece)))
    return _GLUED_LABELS.sub("", text)


def _stated_time(node: LexborNode) -> datetime | None:
    stated = (parse_time(time.attributes.get("datetime") or "", KYIV) for time in node.css("time[datetime]"))
    return next((moment for moment in stated if moment), None)


def _shown_time(pieces: Sequence[str], title: str, now: datetime, day: date | None) -> datetime | None:
    """Return the time beside the title, else one behind it in the same text."""
    beside = " ".join(piece for piece in pieces if len(piece) <= _SHORT and piece not in title)
    behind = (piece.removeprefix(without_time(piece)) for piece in pieces)
    found = (listing_time(text, now, day) for text in (beside, *behind))
    return next((moment for moment in found if moment), None)


def _days_above(tree: LexborHTMLParser, cards: set[int], now: datetime) -> dict[int, date]:
    """Return the day that each card stands under, where the listing is parted into days."""
    found: dict[int, date] = {}
    day: date | None = None
    for node in tree.body.traverse(include_text=True) if tree.body else ():
        if node.mem_id in cards and day:
            found[node.mem_id] = day
        text = clean(node.text_content or "") if node.tag == "-text" else ""
        if text and len(text) <= _SHORT:
            day = heading_day(text, now) or day
    return found
