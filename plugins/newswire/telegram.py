"""Telegram's web preview, `https://t.me/s/<channel>`: how a page becomes articles, and how a channel is walked.

A page shows up to 20 existing ids, oldest first; an album is one block that uses several ids, deleted ids are gaps. What is
no public channel answers with status 200 and a landing card, so a page is judged by what stands on it, never by its status.
Views, reactions and `data-view` change with every request: they are no part of what a post says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain, islice, pairwise
from typing import Any
from urllib.parse import quote, urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newswire import dates
from newswire.model import (
    Announcement,
    Article,
    Block,
    BlockKind,
    Failed,
    Feed,
    Fetch,
    Found,
    Known,
    Link,
    Media,
    Outcome,
    Page,
    Reached,
    Rejected,
    Source,
    TimeOrigin,
    Window,
)
from newswire.text import clean

HOME = "https://t.me"

PAGE_SIZE = 20
"""Existing ids that a page shows at most (facts: seen on every saved page)."""

_LARGEST = 2**31 - 1
"""Ids and counts are 32-bit in Telegram's own schema; anything above is no number of theirs."""

_EARLIEST = datetime(2013, 8, 14, tzinfo=UTC)
"""Telegram's first day: no post can be older."""

_LISTED_IDS = 20
"""Missing ids that a note spells out; a hidden stretch of thousands must not fill the ledger."""

_HANDLE = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_POST_NAME = re.compile(rf"({_HANDLE.pattern})/([1-9][0-9]{{0,9}})")
_POST_URL = re.compile(rf"(?:https?://t\.me)?/(?:s/)?{_POST_NAME.pattern}(?:[?#].*)?")
_MEMBER_URL = re.compile(r"/([1-9][0-9]{0,9})\?(?:.*&)?single\b")
_COUNT = re.compile(r"([0-9]{1,10}(?:\.[0-9]{1,3})?)([KMB]?)")
_UNITS = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}
_DURATION = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,2}):([0-9]{2})")
_COORDINATES = re.compile(r"[?&]q=(-?[0-9]{1,2}(?:\.[0-9]+)?),(-?[0-9]{1,3}(?:\.[0-9]+)?)(?:&|$)")
_BACKGROUND = re.compile(r"background-image:\s*url\(\s*['\"]?([^'\")]*)")
_SIZE = re.compile(r"[0-9][0-9.,]*\s*[KMGT]?B", re.IGNORECASE)
_LINK_SCHEMES = ("http://", "https://", "tg://", "ton://", "mailto:", "tel:")
"""What a link may be; the rest (`javascript:`, `data:`) is no address."""

_POST = ".tgme_widget_message"
_CHANNEL = ".tgme_channel_info, .tgme_channel_info_header_username, .tgme_channel_history, .tgme_widget_message_wrap"
_OLDER = "a.js-messages_more[data-before], a.tme_messages_more[data-before], link[rel=prev]"
_TIME = ".tgme_widget_message_date time[datetime]"
_TEXT = (
    ".tgme_widget_message_text:not("
    ".tgme_widget_message_text .tgme_widget_message_text, "  # an album holds its text in itself once more
    ".tgme_widget_message_reply *, .js-message_reply_text, .js-message_reply_text *)"  # the quote is another post's text
)
_BLOCK_TAGS = frozenset({"blockquote", "pre", "div", "p", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})
"""What begins and ends a line of its own; every other tag but `br` stands within a line."""
_UNSEEN_TAGS = ["script", "style", "svg"]


# ---------------------------------------------------------------------------------------------------------- reading pages


def parse(source: Source, page: Page, announcement: Announcement) -> Iterator[Article | Rejected]:
    """Yield every post of a channel's page, as an article or as rejected with the reason.

    A landing card is one rejection (NO_CHANNEL, PREVIEW_OFF), any other page NOT_ARTICLE; a channel's page without posts
    yields nothing.
    """
    tree = _tree(page)
    refusal = _refusal(tree)
    if refusal is not None:
        yield Rejected(source.name, announcement.feed, announcement.url, *refusal)
        return
    read: set[str] = set()
    for node in tree.css(_POST):
        ref = _ref(node)
        if ref is None:
            yield Rejected(
                source.name, announcement.feed, announcement.url, Outcome.ERROR, "a post that does not say which it is"
            )
        elif ref.name not in read:  # no post twice, whatever the page repeats
            read.add(ref.name)
            yield _item(source, announcement.feed, ref, node, page.fetched_at)


@dataclass(frozen=True, slots=True)
class _Ref:
    """Which post it is."""

    channel: str
    """In its true letter case."""
    number: int

    @property
    def name(self) -> str:
        return f"{self.channel}/{self.number}"

    @property
    def url(self) -> str:
        return f"{HOME}/{self.channel}/{self.number}"


def _tree(page: Page) -> LexborHTMLParser:
    tree = LexborHTMLParser(page.text)
    tree.strip_tags(_UNSEEN_TAGS)
    return tree


def _refusal(tree: LexborHTMLParser) -> tuple[Outcome, str] | None:
    """Return what stands in the place of a channel's page, None when it is one."""
    if tree.css_first(_CHANNEL) is not None:
        return None
    card = tree.css_first(".tgme_page")
    if card is None:
        return Outcome.NOT_ARTICLE, "neither a channel's page nor a landing card"
    holder = _holder(card)
    if holder == "channel":
        return Outcome.PREVIEW_OFF, "a channel whose web preview is off, or hidden from us"
    return Outcome.NO_CHANNEL, f"no public channel: {holder}"


def _holder(card: LexborNode) -> str:
    """Return who holds the name of a landing card: `channel`, `group`, `bot`, `user` or `free name`."""
    extra = " ".join(clean(node.text()) for node in card.css(".tgme_page_extra"))
    if re.search(r"\bonline\b", extra):  # "97 957 members, 4 138 online"
        return "group"
    if re.search(r"\b(?:subscribers?|members?)\b", extra):  # channels said "members" in 2021
        return "channel"
    if card.css_first(".tgme_page_title") is None:
        return "free name"
    is_bot = "monthly user" in extra or "Start Bot" in _text(card, ".tgme_page_action")
    return "bot" if is_bot else "user"


def _ref(post: LexborNode) -> _Ref | None:
    """Return which post it is by its `data-post`, else by its date's link; None when neither can be read."""
    match = _POST_NAME.fullmatch(_attribute(post, "data-post"))
    return _as_ref(match or _POST_URL.fullmatch(_attribute(post.css_first(".tgme_widget_message_date"), "href")))


def _as_ref(match: re.Match[str] | None) -> _Ref | None:
    if match is None or int(match[2]) > _LARGEST:
        return None
    return _Ref(match[1], int(match[2]))


def _published_at(post: LexborNode) -> datetime | None:
    """Return a post's time in UTC; None when it has none, or one without a zone, or one before Telegram."""
    try:
        said_at = datetime.fromisoformat(_attribute(post.css_first(_TIME), "datetime"))
        published_at = said_at.astimezone(UTC) if said_at.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return published_at if published_at and published_at >= _EARLIEST else None


def _item(source: Source, feed: str, ref: _Ref, post: LexborNode, now: datetime) -> Article | Rejected:
    if "service_message" in _classes(post):
        return Rejected(source.name, feed, ref.url, Outcome.SERVICE, _text(post, _TEXT))
    published_at = _published_at(post)
    if published_at is None or not dates.is_possible(published_at, now):
        said = _attribute(post.css_first(_TIME), "datetime")
        return Rejected(source.name, feed, ref.url, Outcome.NO_DATE, f"time not usable: {said!r}" if said else "no time")
    article = _article(source, feed, ref, post, published_at)
    if article.body or article.media or article.links:
        return article
    return Rejected(source.name, feed, ref.url, *_emptiness(post))


def _emptiness(post: LexborNode) -> tuple[Outcome, str]:
    """Return why a post shows nothing. The label alone says nothing: it also follows ordinary posts."""
    label = _text(post, ".message_media_not_supported_label")
    return (Outcome.UNSUPPORTED, label) if label else (Outcome.NO_TEXT, "neither text nor media")


def _article(source: Source, feed: str, ref: _Ref, post: LexborNode, published_at: datetime) -> Article:
    texts = post.css(_TEXT)
    links = [link for text in texts for link in _links(text, ref.channel)]
    signature = _text(post, ".tgme_widget_message_meta .tgme_widget_message_from_author")
    return Article(
        source=source.name,
        feed=feed,
        external_id=ref.name,
        url=ref.url,
        body=_body(texts),
        published_at=published_at,
        time_origin=TimeOrigin.POST,
        authors=(signature,) if signature else (),
        tags=tuple(dict.fromkeys(_tag(link) for link in links if link.kind == "hashtag" and _tag(link))),
        media=_media(post),
        links=(*links, *_previews(post)),
        views=_count(_text(post, ".tgme_widget_message_views")),
        reactions=_reactions(post),
        forwarded_from=_forwarded_from(post),
        reply_to=_reply_to(post),
        edited=_edited(post),
        found_by=dict.fromkeys(("url", "body", "published_at", *(["authors"] if signature else [])), "post"),
    )


def _attribute(node: LexborNode | None, name: str) -> str:
    return (node.attributes.get(name) or "").strip() if node is not None else ""


def _classes(node: LexborNode) -> list[str]:
    return _attribute(node, "class").split()


def _text(node: LexborNode, selector: str) -> str:
    """Return the cleaned text of the first match, an empty string when there is none."""
    found = node.css_first(selector)
    return clean(found.text()) if found is not None else ""


def _own_text(node: LexborNode) -> str:
    """Return the text that stands in the node itself, not in its children."""
    return clean(node.text(deep=False))


def _count(shown: str) -> int | None:
    """Return a count as shown: `826K` is 826000; None when it is no count."""
    match = _COUNT.fullmatch(shown)
    if match is None:
        return None
    value = int(Decimal(match[1]) * _UNITS[match[2]])
    return value if value <= _LARGEST else None


def _address(raw: str, base: str = HOME) -> str | None:
    """Return an absolute address that may be followed; None for `javascript:`, `data:` and what is broken."""
    try:
        url = urljoin(base, clean(raw))
    except ValueError:  # an unclosed bracket of an IPv6 host
        return None
    return url if url.lower().startswith(_LINK_SCHEMES) else None


# ------------------------------------------------------------------------------------------------------------------- text


@dataclass(slots=True)
class _Lines:
    """Collects text into lines: each ends at a `br` or at the edge of a block, never at an inline tag."""

    done: list[Block] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    quotes: int = 0
    """How many blockquotes are open."""

    def end(self) -> None:
        """End the line, even an empty one; of several blank lines in a row one stays, at the beginning none."""
        line = clean("".join(self.pieces))
        self.pieces.clear()
        if line or (self.done and self.done[-1].text):
            self.done.append(Block(BlockKind.QUOTE if self.quotes else BlockKind.PARAGRAPH, line))

    def edge(self) -> None:
        """End the line that has begun; a block's edge makes no blank line."""
        if "".join(self.pieces).strip():
            self.end()
        self.pieces.clear()

    def blocks(self) -> tuple[Block, ...]:
        """Return the lines so far, without a blank one at the end."""
        return tuple(self.done[:-1] if self.done and not self.done[-1].text else self.done)


def _body(texts: Iterable[LexborNode]) -> tuple[Block, ...]:
    lines = _Lines()
    for text in texts:
        _read(text, lines)
    return lines.blocks()


def _read(root: LexborNode, lines: _Lines) -> None:
    """Read a node's text into lines. A stack of its own: tags nested by the thousand must not end the interpreter's."""
    stack: list[LexborNode | _Closing] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, _Closing):
            lines.edge()
            lines.quotes -= node.quote
        elif node.is_text_node:
            lines.pieces.append(node.text_content or "")
        elif node.tag == "br":
            lines.end()
        else:
            if node.tag in _BLOCK_TAGS:
                stack.append(_open(node, lines))
            stack.extend(reversed(list(node.iter(include_text=True))))


@dataclass(frozen=True, slots=True)
class _Closing:
    """The end of a block, to be met once its content has been read."""

    quote: bool


def _open(block: LexborNode, lines: _Lines) -> _Closing:
    lines.edge()
    closing = _Closing(quote=block.tag == "blockquote")
    lines.quotes += closing.quote
    return closing


# ------------------------------------------------------------------------------------------------------------------ links


def _links(text: LexborNode, channel: str) -> Iterator[Link]:
    for node in text.css("a[href]"):
        href = _attribute(node, "href")
        url = _address(href, f"{HOME}/s/{channel}")
        if url is not None:
            label = clean(node.text())
            yield Link(url, label, _link_kind(href, url, label))


def _link_kind(href: str, url: str, label: str) -> str:
    if href.startswith("?q="):  # a search within the channel
        return "hashtag"
    return "mention" if label.startswith("@") and url.startswith((f"{HOME}/", "tg://resolve")) else "text"


def _tag(link: Link) -> str:
    return link.text.lstrip("#")


def _previews(post: LexborNode) -> Iterator[Link]:
    """Yield the link card, named by its title, else by its site."""
    for card in post.css("a.tgme_widget_message_link_preview[href]"):
        url = _address(_attribute(card, "href"))
        if url is not None:
            yield Link(url, _text(card, ".link_preview_title") or _text(card, ".link_preview_site_name"), "preview")


def _forwarded_from(post: LexborNode) -> str | None:
    origin = post.css_first(".tgme_widget_message_forwarded_from_name")
    if origin is None:
        return None
    ref = _as_ref(_POST_URL.fullmatch(_attribute(origin, "href")))
    return ref.name if ref else clean(origin.text()) or None


def _reply_to(post: LexborNode) -> str | None:
    ref = _as_ref(_POST_URL.fullmatch(_attribute(post.css_first(".tgme_widget_message_reply"), "href")))
    return ref.name if ref else None


def _edited(post: LexborNode) -> bool:
    """Tell whether the post is marked `edited`; a signature of that name stands in a tag of its own."""
    meta = post.css_first(".tgme_widget_message_meta")
    return meta is not None and "edited" in _own_text(meta).replace(",", " ").split()


def _reactions(post: LexborNode) -> dict[str, int]:
    counts: dict[str, int] = {}
    for node in post.css(".tgme_reaction"):
        name, count = _reaction_name(node), _count(_own_text(node))
        if name and count is not None:
            counts[name] = counts.get(name, 0) + count
    return counts


def _reaction_name(node: LexborNode) -> str:
    """Return `paid`, the emoji, or the id of a custom emoji that the page shows without its glyph."""
    if "tgme_reaction_paid" in _classes(node):
        return "paid"
    custom = node.css_first("tg-emoji")
    return _text(node, ".emoji") or _attribute(custom, "emoji-id")


# ------------------------------------------------------------------------------------------------------------------ media


def _media(post: LexborNode) -> tuple[Media, ...]:
    """Return what is attached, in the order of the page; each member of an album with its own `id` in the details."""
    found: list[Media] = []
    for node in post.css(_MEDIA_SELECTOR):
        media = _medium(node, post)
        member = _MEMBER_URL.search(_attribute(node, "href"))
        found.append(replace(media, details={**media.details, "id": int(member[1])}) if member else media)
    return tuple(found)


def _medium(node: LexborNode, post: LexborNode) -> Media:
    reader = next(reader for name, reader in _MEDIA_READERS.items() if name in _classes(node))
    return reader(node, post)


def _given(**details: Any) -> dict[str, Any]:
    """Return the details that the page gives."""
    return {name: value for name, value in details.items() if value not in (None, "")}


def _background(node: LexborNode | None) -> str | None:
    match = _BACKGROUND.search(_attribute(node, "style"))
    return _address(match[1]) if match and match[1] else None


def _file(node: LexborNode, selector: str, name: str = "src") -> str | None:
    raw = _attribute(node.css_first(selector), name)
    return _address(raw) if raw else None


def _seconds(node: LexborNode, selector: str) -> int | None:
    match = _DURATION.fullmatch(_text(node, selector))
    return int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3]) if match else None


def _photo(node: LexborNode, _post: LexborNode) -> Media:
    return Media("photo", _background(node))


def _video(node: LexborNode, _post: LexborNode) -> Media:
    url = _file(node, "video[src]")
    kind = "video_too_big" if url is None and "not_supported" in _classes(node) else "video"
    duration = _seconds(node, ".message_video_duration")
    return Media(
        kind, url, details=_given(duration=duration, thumbnail=_background(node.css_first(".tgme_widget_message_video_thumb")))
    )


def _round_video(node: LexborNode, post: LexborNode) -> Media:
    duration = _seconds(post, ".tgme_widget_message_roundvideo_duration")
    thumbnail = _background(post.css_first(".tgme_widget_message_roundvideo_thumb"))
    return Media("round_video", _file(node, "video[src]"), details=_given(duration=duration, thumbnail=thumbnail))


def _voice(node: LexborNode, post: LexborNode) -> Media:
    return Media(
        "voice", _file(node, "audio[src]"), details=_given(duration=_seconds(post, ".tgme_widget_message_voice_duration"))
    )


def _document(node: LexborNode, _post: LexborNode) -> Media:
    """Return a file. The line below its name is the size of a document and the performer of a piece of music."""
    extra = _text(node, ".tgme_widget_message_document_extra")
    kind = "audio" if node.css_first(".tgme_widget_message_document_icon.audio") is not None else "document"
    details = _given(size=extra) if _SIZE.fullmatch(extra) else _given(performer=extra)
    return Media(kind, title=_text(node, ".tgme_widget_message_document_title") or None, details=details)


def _sticker(node: LexborNode, _post: LexborNode) -> Media:
    """Return a sticker: a still one, an animated one or a film."""
    still = _attribute(node, "data-webp")
    url = _address(still) if still else _file(node, "source[srcset]", "srcset") or _file(node, "video[src]")
    return Media("sticker", url)


def _location(node: LexborNode, _post: LexborNode) -> Media:
    url = _address(_attribute(node, "href"))
    match = _COORDINATES.search(url or "")
    return Media("location", url, details=_given(latitude=float(match[1]), longitude=float(match[2])) if match else {})


def _poll(node: LexborNode, post: LexborNode) -> Media:
    details = _given(
        type=_text(node, ".tgme_widget_message_poll_type"),
        voters=_count(_text(post, ".tgme_widget_message_voters").split(" ")[0]),
    )
    options = [_option(option) for option in node.css(".tgme_widget_message_poll_option")]
    question = _text(node, ".tgme_widget_message_poll_question") or None
    return Media("poll", title=question, details={**details, "options": options})


def _option(node: LexborNode) -> dict[str, Any]:
    percent = _count(_text(node, ".tgme_widget_message_poll_option_percent").removesuffix("%"))
    return {"text": _text(node, ".tgme_widget_message_poll_option_text"), "percent": percent}


_MEDIA_READERS: dict[str, Callable[[LexborNode, LexborNode], Media]] = {
    "tgme_widget_message_photo_wrap": _photo,
    "tgme_widget_message_video_player": _video,
    "tgme_widget_message_roundvideo": _round_video,
    "js-message_voice": _voice,
    "tgme_widget_message_document_wrap": _document,
    "tgme_widget_message_sticker": _sticker,
    "tgme_widget_message_tgsticker": _sticker,
    "tgme_widget_message_videosticker": _sticker,
    "tgme_widget_message_location_wrap": _location,
    "tgme_widget_message_venue_wrap": _location,
    "tgme_widget_message_poll": _poll,
}
"""By class of the element. Animated stickers and venues are known from other programs, not from saved pages."""

_MEDIA_SELECTOR = f":is({', '.join(f'.{name}' for name in _MEDIA_READERS)})"


# ------------------------------------------------------------------------------------------------------- walking a channel


@dataclass(frozen=True, slots=True)
class _Shown:
    """One post of a page, as far as a walk needs it."""

    ref: _Ref
    members: tuple[int, ...]
    """Ids of an album's members; empty when it is none."""
    published_at: datetime | None


@dataclass(slots=True)
class _Walk:
    """One walk back through a channel, and what its pages have shown so far."""

    window: Window
    until_id: int | None
    before: int | None
    """The page to ask for next ends before this id; None for the newest one."""
    ids: set[int] = field(default_factory=set)
    oldest_at: datetime | None = None
    notes: list[str] = field(default_factory=list)

    def see(self, posts: Sequence[_Shown]) -> None:
        """Take in the posts of one page."""
        for post in posts:
            self.ids.update((post.ref.number, *post.members))
        self.oldest_at = min((at for at in (self.oldest_at, *(post.published_at for post in posts)) if at), default=None)

    def step(self, page: Page, smallest: int | None, *, has_older: bool) -> Reached | None:
        """Return how the walk ends with this page, None when it goes on before the page's smallest id."""
        if smallest is None:  # means "unknown": it proves neither that the channel is empty nor that it begins here
            return self.stuck("no posts shown" if self.before is None else f"no posts shown before {self.before}")
        if self.before is not None and smallest >= self.before:
            return self.stuck(f"stopped at {self.before}: the page before it shows nothing older than {smallest}")
        if self.oldest_at is None:  # without times a walk would go on to the channel's first post
            return self.ended(failure=Failed(page.url, Outcome.NO_DATE, "no post of the page has a usable time", page))
        if not has_older or (self.until_id is not None and smallest <= self.until_id):
            return self.ended(back_to=min(self.oldest_at, self.window.start))
        self.before = smallest
        return self.ended() if self.oldest_at < self.window.start else None

    def stuck(self, note: str) -> Reached:
        """Return an end that covers no more than what was shown."""
        self.notes.append(note)
        return self.ended()

    def ended(self, *, back_to: datetime | None = None, failure: Failed | None = None) -> Reached:
        """Return the end; it reached back to the oldest post shown unless `back_to` says otherwise."""
        return Reached(back_to or self.oldest_at, failure, (*self.notes, *_gaps(self.ids)))


def discover(source: Source, feed: Feed, window: Window, fetch: Fetch, known: Known) -> Generator[Found, None, Reached]:
    """Yield a channel's pages, newest first, until the window is covered or `known.until_id` is met.

    Each page is yielded before the next one is asked for. `Reached.back_to` is the time of the oldest post shown; the
    window's start where the channel begins inside the window or `known.until_id` is met; None where no post was shown.
    A failure is what a request brought, a landing card (NO_CHANNEL, PREVIEW_OFF; SOFT_BAN when the source's canary is
    hidden too), a page that is none of a channel (NOT_ARTICLE), or one whose posts have no times (NO_DATE).
    """
    if not _HANDLE.fullmatch(feed.name):
        return Reached(None, Failed(page_url(feed.name), Outcome.NO_CHANNEL, f"{feed.name!r} is no name of a channel"))
    walk, end = _Walk(window, known.until_id, known.before_id), None
    while end is None:
        page = fetch(page_url(feed.name, walk.before))
        if isinstance(page, Failed):
            return walk.ended(failure=page)
        tree = _tree(page)
        refusal = _refusal(tree)
        if refusal is not None:
            yield Found(page, ())
            return walk.ended(failure=_judged(source, feed, Failed(page.url, *refusal, page=page), fetch))
        posts = _shown(tree)
        yield Found(page, tuple(_announcement(source, feed, post) for post in posts), contains_items=True)
        walk.see(posts)
        smallest = min((post.ref.number for post in posts), default=None)
        end = walk.step(page, smallest, has_older=tree.css_first(_OLDER) is not None)
    return end


def page_url(channel: str, before: int | None = None) -> str:
    """Return the address of a channel's newest page, or of the page that ends just before an id."""
    return f"{HOME}/s/{quote(channel, safe='')}" + (f"?before={before}" if before is not None else "")


def visits(feed: Feed, urls: Iterable[str]) -> dict[str, list[str]]:
    """Return the fewest page addresses that surely show the given posts, newest first, each with the posts expected on it.

    `urls` are addresses of the channel's posts (`https://t.me/channel/519`). A page shows the 20 existing ids below its
    `before`. How many of the ids between exist is unknown, so that one page is trusted with a span of 20.
    """
    by_id = {int(url.rpartition("/")[2]): url for url in urls}
    pages: dict[str, list[str]] = {}
    expected: list[str] = []
    lowest: int | None = None
    for number in sorted(by_id, reverse=True):
        if lowest is None or number < lowest:
            expected = pages.setdefault(page_url(feed.name, number + 1), [])
            lowest = number - PAGE_SIZE + 1
        expected.append(by_id[number])
    return pages


def _shown(tree: LexborHTMLParser) -> list[_Shown]:
    """Return the posts of a page, each once, in the page's order."""
    posts: dict[str, _Shown] = {}
    for node in tree.css(_POST):
        ref = _ref(node)
        if ref is not None:
            posts.setdefault(ref.name, _Shown(ref, _members(node), _published_at(node)))
    return list(posts.values())


def _members(post: LexborNode) -> tuple[int, ...]:
    hrefs = (_attribute(node, "href") for node in post.css("a[href*='single']"))
    return tuple(int(match[1]) for match in map(_MEMBER_URL.search, hrefs) if match and int(match[1]) <= _LARGEST)


def _announcement(source: Source, feed: Feed, post: _Shown) -> Announcement:
    return Announcement(
        source=source.name,
        feed=feed.name,
        url=post.ref.url,
        published_at=post.published_at,
        time_origin=TimeOrigin.POST if post.published_at else None,
        guid=post.ref.name,
    )


def _judged(source: Source, feed: Feed, failure: Failed, fetch: Fetch) -> Failed:
    """Return the failure, as SOFT_BAN when a channel that certainly exists is hidden from us too."""
    hidden = (Outcome.NO_CHANNEL, Outcome.PREVIEW_OFF)
    if failure.outcome not in hidden or source.canary is None or source.canary.casefold() == feed.name.casefold():
        return failure
    answer = fetch(page_url(source.canary))
    refusal = None if isinstance(answer, Failed) else _refusal(_tree(answer))
    if refusal is None or refusal[0] not in hidden:
        return failure
    return replace(
        failure, outcome=Outcome.SOFT_BAN, detail=f"{failure.detail}; {source.canary}, which exists, is hidden as well"
    )


def _gaps(ids: set[int]) -> Iterator[str]:
    """Yield a note on the ids that are missing between those seen: deleted posts."""
    spans = [range(low + 1, high) for low, high in pairwise(sorted(ids)) if high - low > 1]
    missing = sum(map(len, spans))
    if missing:
        listed = ", ".join(map(str, islice(chain.from_iterable(spans), _LISTED_IDS)))
        more = ", …" if missing > _LISTED_IDS else ""
        yield f"{missing} id{'s' * (missing > 1)} missing between {min(ids)} and {max(ids)}: {listed}{more}"
