"""The nouns: Source, Feed, Announcement, Page, Article, Rejected. Standard library only.

Names follow the field's standards:

=================  ========================  ================  ===========================
here               schema.org / RSS          Media Cloud       fundus, zyte-common-items
=================  ========================  ================  ===========================
source             publisher                 source            publisher
url                mainEntityOfPage / link   normalized_url    url, canonicalUrl
title              headline / title          article_title     title, headline
lead               description               (none)            description
body               articleBody               text_content      body, articleBody
published_at       datePublished / pubDate   publication_date  publishing_date
modified_at        dateModified              (none)            dateModified
language           inLanguage                language          lang, inLanguage
authors            author                    (none)            authors
section            articleSection            (none)            breadcrumbs
tags               keywords / category       (none)            topics
image_url          image                     (none)            mainImage
=================  ========================  ================  ===========================
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class Outcome(StrEnum):
    """How one announcement ended. Each announcement has exactly one outcome, counted by code."""

    OK = "ok"
    """An article was stored, or is stored already and has changed."""
    UNCHANGED = "unchanged"
    """Asked for again and found as it was (304, or the same content)."""
    REDIRECTED = "redirected"
    """The page is the page of another announcement, which holds the article."""
    GONE = "gone"
    """404 or 410: the publisher took it away."""
    REFUSED = "refused"
    """401, 403 or 451: the publisher does not serve us."""
    THROTTLED = "throttled"
    """429 after all retries."""
    SERVER_ERROR = "server_error"
    """5xx after all retries."""
    UNREACHABLE = "unreachable"
    """No connection, or none that answered in time, after all retries."""
    ROBOTS = "robots"
    """robots.txt asks us not to fetch it."""
    FORBIDDEN_ADDRESS = "forbidden_address"
    """Not http(s), or a private address that is not configured."""
    TOO_LARGE = "too_large"
    """Over the size limit; the stream was cut."""
    TRUNCATED = "truncated"
    """Fewer bytes than the server declared."""
    NOT_HTML = "not_html"
    """The content type, or the bytes, are no web page."""
    NOT_FEED = "not_feed"
    """A feed's address answered with something that is no feed."""
    NOT_ARTICLE = "not_article"
    """A page with status 200 that is no article: a listing, a start page, an error page."""
    NO_TEXT = "no_text"
    """An article's page in which no text was found."""
    NO_TITLE = "no_title"
    """A site's article in which no title was found."""
    NO_DATE = "no_date"
    """No usable time: none given, or only ones that cannot be."""
    SERVICE = "service"
    """A channel's service post (created, photo updated, pinned): not an article."""
    UNSUPPORTED = "unsupported"
    """A post that the web preview cannot show."""
    NO_CHANNEL = "no_channel"
    """The name belongs to no public channel (unknown, a user, a bot, a group)."""
    PREVIEW_OFF = "preview_off"
    """The channel exists, but its owner or Telegram has switched the web preview off."""
    SOFT_BAN = "soft_ban"
    """Telegram hides channels from us that are known to exist."""
    FORGOTTEN = "forgotten"
    """Taken down here (`forget`): neither the article nor the announcement is stored. Counted, and no row ends so."""
    ERROR = "error"
    """The parser failed on the page; the detail says how."""


class BlockKind(StrEnum):
    """What a line of an article's body is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    DETAILS = "heading_details"
    """A heading that announces the details (`Деталі`, `Детали`, `Details`)."""
    RECALL = "heading_recall"
    """A heading that announces the background (`Нагадаємо`, `Напомним`, `Recall`)."""
    ADDITION = "heading_addition"
    """A heading that announces an addition (`Доповнення`, `Дополнение`, `Addendum`)."""
    QUOTE = "quote"
    LIST_ITEM = "list_item"


class TimeOrigin(StrEnum):
    """Where an article's `published_at` came from, in the order of trust."""

    FEED = "feed"
    JSON_LD = "json_ld"
    META = "meta"
    PAGE = "page"
    """Visible text or microdata of the page, or of a listing."""
    POST = "post"
    """The time of a Telegram post."""


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span of publication times, `start` ≤ t < `end`; both aware.

    Raises:
        ValueError: a time has no zone, or the end is not after the start.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        check_aware(self.start, "start")
        check_aware(self.end, "end")
        if self.end <= self.start:
            raise ValueError(f"the window ends ({self.end}) before it starts ({self.start})")


@dataclass(frozen=True, slots=True)
class Feed:
    """One stream of a source: an edition of a site, or a channel."""

    name: str
    """Short name, unique in its source: `uk`, `durov`."""
    languages: tuple[str, ...] = ()
    """ISO 639-1 codes that the publisher declares for it; empty when it declares none."""
    rss: tuple[str, ...] = ()
    """Addresses of its RSS or Atom feeds; empty when it has none."""
    listing: str | None = None
    """Address of its paged listing, with `{page}` for the number (1 = newest); None when it has none."""


@dataclass(frozen=True, slots=True)
class Politeness:
    """How a source's hosts want to be asked."""

    pause: float = 1.0
    """Seconds between the starts of two requests to one host."""
    concurrency: int = 1
    """Requests to one host that may be under way at once."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A URL which a publisher announced, with what it said about it."""

    source: str
    feed: str
    url: str
    """Canonical (`urls.canonical`); the identity within the source."""
    title: str | None = None
    lead: str | None = None
    published_at: datetime | None = None
    """Aware; None where the announcement gave no usable time."""
    time_origin: TimeOrigin | None = None
    """FEED for RSS and Atom, PAGE for a listing, POST for a channel; None without a time."""
    section: str | None = None
    guid: str | None = None
    """The feed's own identifier, as it stands there."""

    def __post_init__(self) -> None:
        if self.published_at is not None:
            check_aware(self.published_at, "published_at")


@dataclass(frozen=True, slots=True)
class Page:
    """What a server sent: the bytes exactly as they came (after transfer and content decoding), and how."""

    url: str
    """The address that was asked for."""
    final_url: str
    """The address that answered, after redirects."""
    status: int
    body: bytes
    fetched_at: datetime
    redirects: tuple[str, ...] = ()
    """The addresses between, in order; empty when the first one answered."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Lower-case names; only those that matter (`fetch.KEPT_HEADERS`)."""
    encoding: str = "utf-8"
    """What `text` decodes with: BOM, then header, XML declaration, meta, then a guess."""
    peer: str | None = None
    """IP address that answered; None for a page read from a file."""
    page_id: int | None = None
    """Key in raw.page; None before it is stored."""
    unchanged: bool = False
    """True when the server answered 304 and these are the bytes kept from before."""
    cut: str | None = None
    """Why these are its first bytes alone, as `WARC-Truncated` says it: length, time, disconnect, unspecified; None: all came."""

    @property
    def text(self) -> str:
        """The body decoded with `encoding`; what cannot be decoded becomes U+FFFD."""
        return self.body.decode(self.encoding, errors="replace")


@dataclass(frozen=True, slots=True)
class Failed:
    """A request that brought no usable page."""

    url: str
    outcome: Outcome
    detail: str
    """One line for a person: what happened."""
    page: Page | None = None
    """What the server sent all the same (the body of a 404, the first bytes of one too large); kept as evidence."""
    retry_after: float | None = None
    """Seconds that the server asked to wait; None when it said nothing."""


class Fetch(Protocol):
    """Fetches one URL politely. Never raises for what a server or a network does."""

    def __call__(self, url: str) -> Page | Failed:
        """Return the page, or how it failed."""


@dataclass(frozen=True, slots=True)
class Block:
    """One line of a body."""

    kind: BlockKind
    text: str
    """Without line breaks in a site's article; a post keeps one block a line."""


@dataclass(frozen=True, slots=True)
class Media:
    """Something attached to an article: its kind and what is known of it."""

    kind: str
    """`photo`, `video`, `video_too_big`, `audio`, `voice`, `round_video`, `document`, `sticker`, `location`, `poll`."""
    url: str | None = None
    """Where it was; Telegram's media addresses expire, so never an identity. None when the page gives none."""
    title: str | None = None
    """File name, question of a poll, alternative text."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What the kind has beside: `duration`, `options` (of a poll: text and percent), `voters`, `size`."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link out of an article's text."""

    url: str
    text: str
    kind: str = "text"
    """`text`, `preview` (Telegram's link card), `mention`, `hashtag`."""


@dataclass(frozen=True, slots=True)
class Article:
    """One normalised news item: an article of a site, or a post of a channel."""

    source: str
    feed: str
    external_id: str
    """Unique in the source: the canonical URL's path of a site's article, `channel/id` of a post."""
    url: str
    """Canonical."""
    body: tuple[Block, ...]
    """The text without title and lead: NFC, no boilerplate, one block a paragraph (a post: one a line, blank lines kept)."""
    published_at: datetime
    """The earliest time that the publisher gave; aware, with `time_origin` saying where it stood."""
    time_origin: TimeOrigin
    title: str | None = None
    """As printed, cleaned; None in a post."""
    lead: str | None = None
    """The publisher's own summary; None when it has none."""
    dateline: str | None = None
    """Place, day and agency in front of the text (`КИЕВ. 3 декабря. УНН.`, `Київ • УНН`); never part of the body."""
    modified_at: datetime | None = None
    """When the publisher says it was last changed; aware; None when it does not say."""
    authors: tuple[str, ...] = ()
    """Persons, or the signature of a post; never the house."""
    section: str | None = None
    tags: tuple[str, ...] = ()
    """As the publisher writes them, without `#`."""
    image_url: str | None = None
    media: tuple[Media, ...] = ()
    links: tuple[Link, ...] = ()
    editions: Mapping[str, str] = field(default_factory=dict)
    """ISO 639-1 code → canonical URL of the same article in another language (hreflang)."""
    cited_source: str | None = None
    """The source which the article says that it has it from (`з посиланням на …`), as written; None when it cites none."""
    language: str = "und"
    """ISO 639-1 of the text; `und` where undecidable. Set by the pipeline, not by a parser."""
    language_confidence: float = 0.0
    """0 to 1."""
    is_mixed: bool = False
    """A good part of the text is in a second language. Set by the pipeline, like `language`."""
    views: int | None = None
    reactions: Mapping[str, int] = field(default_factory=dict)
    """Emoji (or `paid`, or the id of a custom emoji) → count; counts as shown, so `53.9K` is 53900."""
    forwarded_from: str | None = None
    """`channel/id` of the original post, or the name of a hidden origin; None when it is no forward."""
    reply_to: str | None = None
    """`channel/id` of the post that it answers; None when it answers none."""
    edited: bool = False
    """The channel says that the post was edited."""
    found_by: Mapping[str, str] = field(default_factory=dict)
    """Field → how it was found (`quality.TRUST` lists the ways); `body` → the article's `parse_method`."""

    def __post_init__(self) -> None:
        check_aware(self.published_at, "published_at")
        if self.modified_at is not None:
            check_aware(self.modified_at, "modified_at")

    @property
    def text(self) -> str:
        """The body as plain text, one block a line."""
        return "\n".join(block.text for block in self.body)


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that a text says about its language (`language.judge`)."""

    code: str
    """ISO 639-1, or `und` where undecidable."""
    confidence: float
    """0 to 1."""
    is_mixed: bool
    """Whether a good part of the text is in a second language."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """What came in the place of an article, and why it is none."""

    source: str
    feed: str
    url: str
    """Canonical, as announced."""
    outcome: Outcome
    detail: str = ""
    """One line for a person."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of announcements, as a discovery yields it: stored before the next one is asked for."""

    page: Page
    announcements: tuple[Announcement, ...]
    contains_items: bool = False
    """True when the page holds the items themselves (a channel's page), so that nothing more is to be fetched."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How a discovery ended: how far back it really went."""

    back_to: datetime | None
    """Everything announced from here to the time of the run was seen; None when nothing was. Aware."""
    failure: Failed | None = None
    """What stopped it before the window was covered; None when nothing did."""
    notes: tuple[str, ...] = ()
    """For the run's ledger: ids that were deleted, pages passed over."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier discovery of the same feed has seen whole."""

    until_id: int | None = None
    """Every post up to this id was seen, back to the window's start: a walk may stop here. None: walk on to the window."""
    before_id: int | None = None
    """A walk to a past window may begin at this id instead of at the newest page. None: begin at the newest."""


Visits = Callable[[Feed, Iterable[str]], Mapping[str, Iterable[str]]]
"""Groups the URLs of announcements into the pages that show them: page address → URLs that are expected on it."""

Discover = Callable[["Source", Feed, Window, Fetch, Known], Generator[Found, None, Reached]]
"""Yields pages of announcements, newest first, until the window is covered; returns how far back it reached."""

Parse = Callable[["Source", Page, Announcement], Iterable["Article | Rejected"]]
"""Makes a page into its articles. Pure: no network, no database, no clock. Raises only for a bug."""


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher. Data: code stands beside it only where the publisher is odd."""

    name: str
    """The name of its file in `sources/`."""
    title: str
    """As the publisher writes it."""
    kind: str
    """`site` or `channel`."""
    feeds: tuple[Feed, ...]
    discover: Discover
    parse: Parse
    parser_version: str
    """Raised with every change of what the parser returns; stands on each row."""
    visits: Visits | None = None
    """Which pages to ask for to see announced items again; None: each URL is its own page."""
    home: str = ""
    """Start page, for people."""
    schedule: str = "0 0 * * *"
    """Cron expression of its daily run, Kyiv time."""
    min_daily: int = 1
    """Articles a day, all feeds together, below which a person should look."""
    politeness: Politeness = Politeness()
    error_share: float = 0.2
    """Share of a run's pages that may fail before the run itself fails."""
    open_feeds: bool = False
    """True when a feed that is not in `feeds` may be asked for by name (any channel)."""
    canary: str | None = None
    """A channel that certainly exists: when it too is hidden, we are refused. None for sites."""

    def feed(self, name: str) -> Feed:
        """Return the feed of this name.

        Raises:
            KeyError: the source has no such feed, and is not open to others.
        """
        for feed in self.feeds:
            if feed.name.casefold() == name.casefold():
                return feed
        if self.open_feeds:
            return Feed(name=name)
        known = ", ".join(feed.name for feed in self.feeds)
        raise KeyError(f"{self.name} has no feed {name!r}; it has: {known}")


def check_aware(value: datetime, name: str) -> None:
    """Raise ValueError when a time has no zone: a naive time means another moment on every machine."""
    if value.utcoffset() is None:
        raise ValueError(f"{name} has no time zone: {value.isoformat()}")
