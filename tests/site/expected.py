"""What should come out of the sample site, computed from its content: for exact comparison in tests of other modules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from tests.site import old_site, unn_site
from tests.site.content import DEFAULT_NOW, Article, Channel, Line, Post, articles, channels, plain
from tests.site.telegram_site import TAG, short_count
from tests.site.troubles import OUTCOMES


@dataclass(frozen=True)
class ExpectedArticle:
    """One article of the site, as the pipeline should store it."""

    feed: str
    """`uk`, `ru` or `en`."""
    external_id: str
    url: str
    """Canonical."""
    title: str
    lead: str | None
    """None on the old site, which has none of its own."""
    body: tuple[tuple[str, str], ...]
    """(value of `BlockKind`, text); a quotation that stands in an ordinary `<p>` is a paragraph, `<blockquote>` is a quote."""
    dateline: str
    authors: tuple[str, ...]
    section: str | None
    """None on the old site, whose pages do not name it."""
    tags: tuple[str, ...]
    views: int
    image_url: str | None
    cited_source: str | None
    published_at: datetime
    modified_at: datetime | None
    editions: dict[str, str]
    """Language → canonical URL, from hreflang; empty on pages without."""
    story: str
    """Same key = same event, over languages and channels."""
    copy_of: str | None
    """Canonical URL of the article whose text it repeats; None for an original."""
    copy_kind: str | None
    """`exact` or `excerpt`."""
    dates: str
    """Where the page itself gives the time: `json_ld`, `meta` or `none` (then only feed and listing have it)."""


@dataclass(frozen=True)
class ExpectedPost:
    """One post of a channel, as the pipeline should store it (or, with `kind` service or unsupported, refuse it)."""

    channel: str
    """In its true letter case."""
    id: int
    url: str
    lines: tuple[str, ...]
    """The text without markup, blank lines kept; empty for a post of media alone."""
    kind: str
    """`text`, a kind of `model.Media`, `album`, `service` or `unsupported`."""
    ids: tuple[int, ...]
    """The ids that it uses up: several for an album."""
    published_at: datetime
    author: str | None
    views: int | None
    """None on service posts."""
    reactions: dict[str, int]
    """Emoji, id of a custom emoji, or `paid` → count."""
    forwarded_from: str | None
    reply_to: str | None
    edited: bool
    preview_url: str | None
    poll: tuple[tuple[str, int], ...]
    story: str
    copy_of: str | None
    """`channel/id` of the post of which it is a duplicate."""


def expected_articles(now: datetime = DEFAULT_NOW, *, old: bool = False) -> list[ExpectedArticle]:
    """Return the articles of today's site that are to be had at a time, oldest first; with `old`, those of the old site."""
    host = "www.unn.com.ua" if old else "unn.ua"
    there = [article for article in articles() if article.host == host and article.published_at <= now]
    return [_article(article, now) for article in there if not article.trouble or OUTCOMES[article.trouble] == "ok"]


def expected_posts(now: datetime = DEFAULT_NOW, channel: str | None = None) -> list[ExpectedPost]:
    """Return the posts to be had at a time by channel and id: of one channel, or of all; service posts among them."""
    chosen = [channels()[channel.lower()]] if channel else channels().values()
    return [_post(post, one, now) for one in chosen for post in one.posts if post.at <= now]


def announced(feed: str, now: datetime = DEFAULT_NOW) -> dict[str, datetime]:
    """Return what an edition of today's site has announced by a time: canonical URL → true time of publication."""
    return {article.canonical: article.published_at for article in unn_site.published(feed, now)}


def shown_count(text: str) -> int:
    """Return the number that a short count stands for: 53.9K is 53900."""
    size = {"K": 1_000, "M": 1_000_000}.get(text[-1], 1)
    return round(float(text.rstrip("KM")) * size)


def _article(article: Article, now: datetime) -> ExpectedArticle:
    old = article.host == "www.unn.com.ua"
    url = article.canonical
    return ExpectedArticle(
        feed=article.edition,
        external_id=urlsplit(url).path.lstrip("/"),
        url=url,
        title=article.title_at(now),
        lead=None if old else article.lead,
        body=tuple(_blocks(article.lines_at(now))),
        dateline=old_site.dateline(article) if old else unn_site.DATELINES[article.edition],
        authors=article.authors,
        section=None if old else article.section,
        tags=article.tags,
        views=article.views_at(now),
        image_url=old_site.image_url(article) if old else article.image_url,
        cited_source=article.cited,
        published_at=article.published_at,
        modified_at=_modified_at(article, now),
        editions=_editions(article, now),
        story=article.story,
        copy_of=_original(article),
        copy_kind=article.copy_kind,
        dates=article.dates,
    )


def _blocks(lines: Iterable[Line]) -> Iterable[tuple[str, str]]:
    return ((line.kind, plain(line.text)) for line in lines if not line.kind.startswith("related"))


def _modified_at(article: Article, now: datetime) -> datetime | None:
    if article.host == "www.unn.com.ua":
        return old_site.modified_at(article)
    return article.edited_at if article.edited(now) else None


def _editions(article: Article, now: datetime) -> dict[str, str]:
    if article.news_id:
        return {other.edition: other.canonical for other in articles() if other.news_id == article.news_id}
    return {other.edition: other.canonical for other in unn_site.editions(article, now)}


def _original(article: Article) -> str | None:
    found = [other.canonical for other in articles() if other.slug == article.copy_of]
    return found[0] if found else None


def _post(post: Post, channel: Channel, now: datetime) -> ExpectedPost:
    text = TAG.sub("", post.text_at(now))
    return ExpectedPost(
        channel=channel.name,
        id=post.id,
        url=post.url,
        lines=tuple(text.split("\n")) if text else (),
        kind=post.kind,
        ids=tuple(post.ids),
        published_at=post.at,
        author=post.author,
        views=None if post.kind == "service" else shown_count(short_count(post.views_at(now))),
        reactions={key: shown_count(short_count(count)) for key, count in post.reactions_at(now).items()},
        forwarded_from=_origin(post),
        reply_to=f"{channel.name}/{post.reply}" if post.reply else None,
        edited=post.edited(now),
        preview_url=post.preview.get("url"),
        poll=tuple((option, percent) for option, percent in post.poll.get("options", [])),
        story=post.story,
        copy_of=post.copy_of,
    )


def _origin(post: Post) -> str | None:
    """Return `channel/id` of what was forwarded, the name of a hidden origin, or None."""
    url = post.forward.get("url")
    return urlsplit(url).path.lstrip("/") if url else post.forward.get("name")
