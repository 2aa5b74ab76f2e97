"""The sample site's content: articles and posts, read from the files in `content/`.

An article is a text file: `name: value` lines, a line `---`, then one block of the body a line. A line begins with

    ##    a sub-heading                   >     a quotation set apart
    -     an item of a list               ~     a link to the article of this slug ("related")
    ~~    the same, with date and views   =>    what the line before says once the article was edited

and is a paragraph otherwise. `[text](url)` is a link, `**text**` is bold.
A channel is a TOML file with one `[[post]]` each.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).parent / "content"
KYIV = ZoneInfo("Europe/Kyiv")
DEFAULT_NOW = datetime(2026, 2, 20, 23, 30, tzinfo=KYIV)
"""The evening of the last of the five days that the content covers."""

HALF_OF_VIEWS = timedelta(hours=6)
"""Age at which an item has half of the views that it will ever have."""

HEADINGS = {
    "Деталі": "heading_details",
    "Детали": "heading_details",
    "Details": "heading_details",
    "Нагадаємо": "heading_recall",
    "Напомним": "heading_recall",
    "Recall": "heading_recall",
    "Доповнення": "heading_addition",
    "Дополнение": "heading_addition",
    "Addendum": "heading_addition",
    "Addition": "heading_addition",
    "Add": "heading_addition",
}
"""Sub-headings with a meaning of their own; any other is a plain `heading`."""

MARKS = {"##": "heading", ">": "quote", "-": "list_item", "~": "related", "~~": "related_dated"}
EDITIONS = {"uk": "", "ru": "/ru", "en": "/en"}
"""Edition → what its paths begin with."""


@dataclass(frozen=True)
class Line:
    """One line of an article's body: a block kind of the model, or `related` / `related_dated` (a slug)."""

    kind: str
    text: str
    later: str | None = None
    """What it says once the article was edited."""


@dataclass(frozen=True)
class Article:
    """One article of the site, as its file says."""

    edition: str
    host: str
    path: str
    slug: str
    published_at: datetime
    title: str
    lead: str
    lines: tuple[Line, ...]
    story: str
    section: str
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    views: int = 1000
    """How many it has in the end."""
    image: str | None = None
    cited: str | None = None
    dates: str = "meta"
    """Where its page carries the time: `json_ld`, `meta` or `none`."""
    in_feed: bool = True
    hreflang: bool = False
    exclusive: bool = False
    trouble: str = ""
    """Name of what is wrong with it (a key of `troubles.OUTCOMES`); empty for a plain one."""
    target: str = ""
    """Slug or address that it redirects to."""
    shown_date: str | None = None
    """An impossible time that is shown instead of the true one."""
    copy_of: str | None = None
    """Slug of the article whose text it repeats."""
    copy_kind: str | None = None
    """`exact` or `excerpt`."""
    edited_at: datetime | None = None
    edited_title: str | None = None
    news_id: str = ""
    """Number in the old site's address."""

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.path}"

    @property
    def canonical(self) -> str:
        """The URL under which Newswire knows it: without `www.`."""
        return self.url.replace("://www.", "://")

    @property
    def image_url(self) -> str | None:
        return f"https://img.unn.ua/img/{self.image}-large.webp" if self.image else None

    def edited(self, now: datetime) -> bool:
        return self.edited_at is not None and now >= self.edited_at

    def title_at(self, now: datetime) -> str:
        return self.edited_title if self.edited_title and self.edited(now) else self.title

    def lines_at(self, now: datetime) -> tuple[Line, ...]:
        if not self.edited(now):
            return self.lines
        return tuple(Line(line.kind, line.later or line.text) for line in self.lines)

    def views_at(self, now: datetime) -> int:
        return grown(self.views, now - self.published_at)


@dataclass(frozen=True)
class Post:
    """One post of a channel, as its file says."""

    channel: str
    id: int
    at: datetime
    text: str = ""
    """Lines with light HTML (`<b>`, `<a href>`, `<blockquote>`, `<tg-spoiler>`, `<tg-emoji emoji-id>`)."""
    kind: str = "text"
    """`text`, a media kind of the model, `album`, `service` or `unsupported`."""
    views: int = 1000
    reactions: dict[str, int] = field(default_factory=dict)
    """Emoji, id of a custom emoji, or `paid` → count in the end."""
    author: str | None = None
    edited_at: datetime | None = None
    edited_text: str | None = None
    forward: dict[str, str] = field(default_factory=dict)
    """`name`, and `url` where the origin is not hidden."""
    reply: int | None = None
    reply_shape: str = "2026"
    preview: dict[str, str] = field(default_factory=dict)
    """`url`, `site`, `title`, `description`, `image` (`large` or `right`)."""
    poll: dict[str, Any] = field(default_factory=dict)
    """`question`, `type`, `options` (text, percent), `voters`."""
    media: dict[str, Any] = field(default_factory=dict)
    """`count` of an album, `duration`, `title` and `extra` of a document, `latitude` and `longitude`."""
    open_in_app: bool = False
    """The label "Please open Telegram" follows although nothing is missing (ordinary since 2026)."""
    story: str = ""
    copy_of: str | None = None
    """`channel/id` of the post whose text it repeats as a duplicate."""

    @property
    def name(self) -> str:
        return f"{self.channel}/{self.id}"

    @property
    def url(self) -> str:
        return f"https://t.me/{self.name}"

    @property
    def ids(self) -> range:
        """The ids that it uses: one, or one for each item of an album."""
        return range(self.id, self.id + int(self.media.get("count", 1)))

    def edited(self, now: datetime) -> bool:
        return self.edited_at is not None and now >= self.edited_at

    def text_at(self, now: datetime) -> str:
        text = self.edited_text if self.edited_text is not None and self.edited(now) else self.text
        return text.strip("\n")

    def views_at(self, now: datetime) -> int:
        return grown(self.views, now - self.at)

    def reactions_at(self, now: datetime) -> dict[str, int]:
        return {key: grown(count, now - self.at) for key, count in self.reactions.items()}


@dataclass(frozen=True)
class Channel:
    """A channel with a web preview."""

    name: str
    title: str
    description: str
    subscribers: str
    posts: tuple[Post, ...]


def grown(final: int, age: timedelta) -> int:
    """Return how far a count has come at an age: half after six hours, never less than one."""
    return max(1, round(final * (age / (age + HALF_OF_VIEWS))))


@cache
def articles() -> tuple[Article, ...]:
    """Return all articles of today's site and of the old one, oldest first."""
    files = [*FOLDER.glob("unn/*/*.txt"), *FOLDER.glob("old/*.txt")]
    return tuple(sorted((_article(path) for path in files), key=lambda article: (article.published_at, article.path)))


@cache
def article_by_slug(slug: str) -> Article:
    """Return the article of today's site with this slug."""
    (found,) = [article for article in articles() if article.slug == slug and article.host == "unn.ua"]
    return found


@cache
def channels() -> dict[str, Channel]:
    """Return all channels by their name in lower case."""
    read = [_channel(path) for path in sorted(FOLDER.glob("telegram/*.toml"))]
    return {channel.name.lower(): channel for channel in read}


def _article(path: Path) -> Article:
    head, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines() if line.strip())
    old = path.parent.name == "old"
    edition = fields.pop("edition") if old else path.parent.name
    slug = fields.pop("slug")
    fixed = f"/{edition}/news/{fields['news_id']}-{slug}" if old else f"{EDITIONS[edition]}/news/{slug}"
    return Article(
        edition=edition,
        host="www.unn.com.ua" if old else "unn.ua",
        path=fields.pop("path", fixed),
        slug=slug,
        lines=_lines(body),
        **{key: _value(key, value) for key, value in fields.items()},
    )


def _value(key: str, value: str) -> Any:
    """Return the value of a field as the type that it has in `Article`."""
    if key in ("published_at", "edited_at"):
        return datetime.fromisoformat(value).replace(tzinfo=KYIV)
    if key in ("authors", "tags"):
        return tuple(part.strip() for part in value.split(";"))
    if key in ("in_feed", "hreflang", "exclusive"):
        return value == "yes"
    return int(value) if key == "views" else value


def _lines(body: str) -> tuple[Line, ...]:
    read: list[Line] = []
    for raw in filter(None, body.splitlines()):
        mark, _, rest = raw.partition(" ")
        if mark == "=>":
            read[-1] = Line(read[-1].kind, read[-1].text, rest)
        elif mark in MARKS:
            read.append(Line(HEADINGS.get(rest, "heading") if mark == "##" else MARKS[mark], rest))
        else:
            read.append(Line("paragraph", raw))
    return tuple(read)


def _channel(path: Path) -> Channel:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    posts = tuple(Post(channel=data["name"], **post) for post in data.pop("post", []))
    return Channel(posts=tuple(sorted(posts, key=lambda post: post.id)), **data)


def plain(marked: str) -> str:
    """Return a line of an article without its marks: what a reader sees."""
    return re.sub(r"\*\*(.+?)\*\*", r"\1", re.sub(r"\[(.+?)\]\((.+?)\)", r"\1", marked))
