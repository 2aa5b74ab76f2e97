"""What an article names: hashtags, mentions, links out, the forwarded post, the cited source. Pure.

Each has a table of its own (`sql/migrations/0010_entities.sql`), so that "all articles which link to rada.gov.ua" is one join.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from unicodedata import normalize
from urllib.parse import parse_qs, urlsplit

from newswire.discover import registrable
from newswire.model import Article, Link, TimeOrigin
from newswire.urls import canonical_or_none, host

MOST = 1000
"""Links, hashtags or mentions of one article: what has more is no article's text, and none of the recorded pages comes near."""

LONGEST_TAG = 100
"""Characters of a hashtag: a word, not a sentence without spaces; an index takes no key of any length."""

LONGEST_NAME = 300
"""Characters of a cited source or a hidden origin that are kept."""

_HASHTAG = re.compile(rf"(?<![\w&/#])#(?=\w*[^\W\d_])(\w{{2,{LONGEST_TAG}}})(?!\w)")
_MENTION = re.compile(r"(?<![\w@./+-])@([A-Za-z]\w{3,31})(?![\w@])", re.ASCII)
_TELEGRAM_HOSTS = frozenset({"t.me", "telegram.me", "telegram.dog"})
_NAME = re.compile(r"[A-Za-z]\w{3,31}", re.ASCII)
_POST = re.compile(r"\d{1,18}", re.ASCII)
_FORWARDED_POST = re.compile(rf"({_NAME.pattern})/({_POST.pattern})", re.ASCII)
_NO_CHANNEL = re.compile(
    "add(?:emoji|list|stickers|theme)|boost|confirmphone|contact|giftcode|invoice|joinchat|login|proxy|setlanguage|share|socks"
)
"""First parts of t.me paths that are orders to the app (core.telegram.org/api/links); what is shorter is no name anyway."""

_QUOTES = re.compile('["«»“”„]')


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads."""

    url: str
    """Canonical."""
    host: str
    """In letters that people read."""
    domain: str
    """The part of it that somebody registered."""
    channel: str | None
    """Public channel of Telegram, in lower case; None elsewhere."""
    post_id: int | None
    """Post of that channel; None when the link leads to the channel itself."""
    is_own: bool
    """It stays within the outlet: the same domain, or the same channel."""


@dataclass(frozen=True, slots=True)
class Forward:
    """What a post forwards."""

    channel: str | None
    """In lower case; None when the origin is hidden."""
    post_id: int | None
    origin: str
    """As the post says it."""


@dataclass(frozen=True, slots=True)
class Citation:
    """The source that an article names as its own."""

    cited: str
    """As written."""
    cited_key: str
    """What the same source is counted by."""


@dataclass(frozen=True, slots=True)
class Entities:
    """All that an article names, each once."""

    hashtags: tuple[str, ...] = ()
    """In lower case, without `#`."""
    mentions: tuple[str, ...] = ()
    """In lower case, without `@`."""
    links: tuple[Target, ...] = ()
    forward: Forward | None = None
    citation: Citation | None = None


def entities(article: Article) -> Entities:
    """Return what an article names. A site's `tags` are its sections and keywords, a post's are its hashtags."""
    texts = [text for text in (article.title, article.lead, article.text) if text]
    is_post = article.time_origin is TimeOrigin.POST
    return Entities(
        hashtags=_first(_hashtags(texts, article.tags if is_post else ())),
        mentions=_first(_mentions(texts, article.links)),
        links=_links(article.links, article.url),
        forward=_forward(article.forwarded_from),
        citation=_citation(article.cited_source),
    )


def _first(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))[:MOST]


def _hashtags(texts: Iterable[str], tags: Iterable[str]) -> Iterator[str]:
    for tag in tags:
        yield from (_folded(found) for found in _HASHTAG.findall(f"#{tag}"))
    for text in texts:
        yield from (_folded(found) for found in _HASHTAG.findall(text))


def _folded(name: str) -> str:
    return normalize("NFC", name.casefold())


def _mentions(texts: Iterable[str], links: Iterable[Link]) -> Iterator[str]:
    labels = (link.text for link in links if link.kind == "mention")
    for text in (*labels, *texts):
        yield from (found.lower() for found in _MENTION.findall(text))


def _links(links: Sequence[Link], home: str) -> tuple[Target, ...]:
    own = target(home)
    found: dict[str, Target] = {}
    for link in links:
        leads_to = None if link.kind in ("hashtag", "mention") else target(link.url, own)
        if leads_to is not None and len(found) < MOST:
            found.setdefault(leads_to.url, leads_to)
    return tuple(found.values())


def target(url: str, own: Target | None = None) -> Target | None:
    """Return where a URL leads, or None where that is no place on the web. `own` is where the article itself stands."""
    address = canonical_or_none(_of_the_app(url) or url)
    name = _readable(host(address)) if address else ""
    if not address or not name:
        return None
    domain = registrable(name)
    channel, post_id = _telegram(name, address)
    is_own = own is not None and (domain, channel) == (own.domain, own.channel)
    return Target(address, name, domain, channel, post_id, is_own)


def _of_the_app(url: str) -> str | None:
    """Return the web address of `tg://resolve?domain=durov&post=5`; None of everything else."""
    if not url.startswith("tg://resolve?"):
        return None
    asked = parse_qs(url.partition("?")[2])
    return "https://t.me/" + "/".join(values[0] for name in ("domain", "post") if (values := asked.get(name)))


def _readable(name: str) -> str:
    """Return a host in one form whichever it was written in: `xn--d1acufc.xn--p1ai` and its Cyrillic letters are one host."""
    name = name.strip(".")
    try:
        return name.encode("idna").decode("ascii").encode("ascii").decode("idna")
    except UnicodeError:  # no host that could be looked up, but what the article says
        return name


def _telegram(name: str, url: str) -> tuple[str | None, int | None]:
    """Return channel and post of an address: `t.me/name/5`, `t.me/s/name/5`, `name.t.me/5`, in topics `t.me/name/3/5`."""
    parts = [part for part in urlsplit(url).path.split("/") if part]
    before, _, rest = name.partition(".")
    if rest in _TELEGRAM_HOSTS:
        parts.insert(0, before)
    elif name not in _TELEGRAM_HOSTS:
        return None, None
    if parts[:1] == ["s"]:
        del parts[0]
    if not parts or not _NAME.fullmatch(parts[0]) or _NO_CHANNEL.fullmatch(parts[0].lower()):
        return None, None
    numbers = [part for part in parts[1:3] if _POST.fullmatch(part)]
    return parts[0].lower(), int(numbers[-1]) if numbers else None


def _forward(origin: str | None) -> Forward | None:
    if not origin:
        return None
    post = _FORWARDED_POST.fullmatch(origin)
    return Forward(post[1].lower() if post else None, int(post[2]) if post else None, origin[:LONGEST_NAME])


def _citation(cited: str | None) -> Citation | None:
    key = " ".join(_QUOTES.sub(" ", _folded(cited or "")).split()).strip(" .,-–—")[:LONGEST_NAME]
    return Citation((cited or "")[:LONGEST_NAME], key) if key else None
