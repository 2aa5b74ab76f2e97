"""Which of a page's lines are its article: judged by what each one looks like and where it stands, for any site."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from math import exp, fsum, log
from operator import add, mul, sub
from pathlib import Path
from typing import NamedTuple

from newswire.boilerplate import is_about_the_site, is_invitation
from newswire.bylines import folded
from newswire.lines import BESIDE_TEXT_TAGS, HEADING_TAGS, Container, Line, Outline

_LIKELY = ("article", "body", "content", "story", "post", "entry", "text", "news", "main", "detail")
_BODILY = re.compile(
    "article[-_]?(?:body|text|content)|(?:story|post|entry|news)[-_]?(?:body|text|content)|body[-_]?(?:text|content|copy)|full[-_]?(?:text|story)"
)
_CHROME = re.compile(
    "comment|disqus|relat|sidebar|foot|share|social|newsletter|subscri|menu"
    "|breadcrumb|recommend|recirc|popular|trending|taboola|outbrain|cookie|consent|promo"
    "|teaser|caption|credit|byline|advert|readmore|read-more|read_more|readalso|read-also"
    "|read-next|most-|most_"
)
_CHROME_WORDS = frozenset(("nav", "tags"))
_DOUBTFUL = re.compile(
    "discuss|sponsor|signup|widget|copyright|latest|banner|gdpr|login|modal|popup"
    "|overlay|paywall|rating|rank|tool|author|bio|meta|date|time|keyword|categor"
    "|gallery|carousel|slide|video|player|archive|list|poll|vote|hidden|print|email"
    "|search|header|bottom|extra|aside|infobox|factbox|further|donat|event|shop"
    "|product|price|affiliate|embed|tweet|correction|disclaimer"
)
_DOUBTFUL_WORDS = frozenset(("ad", "ads", "tag", "tags", "nav", "top", "also", "side"))
"""Parts of `class` and `id`, and whole words of them, that tell what a block is for in many countries' templates."""

_WORD = re.compile(r"[^\W\d_]{4,}")
_BETWEEN_WORDS = re.compile("[^a-z]+")
_STEM = 5
"""Letters of a word that stay when Slavic endings change: headlines and texts are compared by them."""
_LEAST_STEMS = 3
"""A headline of fewer words counts as one of three, so that one word found does not make a match."""

LEAST_PROSE = 60
"""Characters: a shorter line may be anything, so that it says nothing about the block that it stands in."""
_SITE_SHARE = 0.2
"""What lines about the site count of their length: terms of use are often longer than the news above them."""
MOSTLY_LINKS = 0.5
"""Share of a line inside links from which on it is a list of links."""
_FEW_WORDS = 4
_UNRELATED = 0.1
"""What running text counts that has no word of the headline, where text that has them all counts 1.1."""
_DOMINANT = 0.8
"""Share of a block's weight that must be in one block inside it for the trunk to go on into that one. Of 0.5 to 0.8, 0.8 lost the
text of the fewest pages."""
_LEAVES = frozenset(("p", "ul", "ol", "dl", "blockquote", *HEADING_TAGS))
"""Blocks that are parts of a text, never its container."""

_DIGIT = re.compile(r"\d")
_NEARLY_ALL = 0.8
_LITTLE = 0.3
"""Shares of running text. On one page in sixty the trunk's own names (`sidebar`, `popup`) speak against its lines, wrongly."""

_WEIGHTS: dict[str, float] = json.loads(Path(__file__).with_name("prose_weights.json").read_text(encoding="utf-8"))
"""What each thing that is seen of a line counts, as a logarithm of odds: fitted by `tests/benchmarks/fit_extraction.py`."""

_DOUBT = 0.22
"""Share of a page's characters that are probably judged wrongly, from which on a second opinion is asked for: so it is on one
real page in forty."""
_OPINION = 1.5
"""What the opinion counts, for the lines that it has and against the others, as a logarithm of odds. On sites that were not
fitted to, F1 rises from .9275 to .9299 with 1.5, and to .929 or more with 1 to 2 and doubts from .18 to .24; with the opinion
alone in the place of ours it falls."""
_LEAST_OPINION = 200
"""Characters below which it is none: trafilatura's own rules alone give a caption on some pages."""
_CERTAIN = 30.0
"""A logarithm of odds beyond which nothing is uncertain; `exp` overflows far behind it."""

_LINK = 0.9
"""Share of a line inside links from which on it is a link, and no text with links in it."""
_PROBE = 40
"""Characters by which a line is looked up in what JSON-LD says that the text is."""


class Hints(NamedTuple):
    """What the blocks around a line say that it is for: how many of them say so."""

    likely: int
    bodily: int
    doubtful: int
    chrome: int
    beside: int
    hidden: int
    article: int
    main: int
    item: int


_NO_HINTS = Hints(0, 0, 0, 0, 0, 0, 0, 0, 0)
_TELLING_TAGS = BESIDE_TEXT_TAGS | {"article", "main"}


@dataclass(frozen=True, slots=True)
class Told:
    """What a page tells machines about its text, to compare its lines with."""

    headline: str = ""
    """The title as stated and as printed."""
    lead: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the lines and blocks of a page hold."""

    seen: list[Seen]
    """Of each line."""
    prose: list[float]
    """Of each block, with those inside it: characters of running text."""
    coverage: list[float]
    """Share of the headline's words that the running text uses, 0 to 1."""
    hints: list[Hints]
    """Counted from the page's root down."""
    trunk: int
    """The smallest block that holds most of the running text which goes with the headline."""
    left: list[int]
    """The block where the way from the root leaves the way to the trunk: hints up to there tell no lines apart."""
    within: list[bool]
    """The block is the trunk, or stands in it."""


class Seen(NamedTuple):
    """What the words of a line say."""

    prose: float
    """Characters of running text; 0 for short lines, lists of links and invitations."""
    invites: bool
    about_site: bool
    stems: int
    """Words of the headline, as bits; 0 where there is no running text."""


_MENU = Seen(0.0, invites=False, about_site=False, stems=0)


def read_line(line: Line, stems: tuple[str, ...]) -> Seen:
    """Return what the words of a line say."""
    size = len(line.text)
    if is_menu(line):
        return _MENU
    invites, text = is_invitation(line.text), line.text.casefold()
    about_site = is_about_the_site(text)
    if size < LEAST_PROSE or line.linked >= MOSTLY_LINKS or invites:
        return Seen(0.0, invites, about_site, 0)
    prose = size * (1 - line.linked) * (_SITE_SHARE if about_site else 1)
    return Seen(prose, invites, about_site, sum(1 << bit for bit, stem in enumerate(stems) if stem in text))


def is_menu(line: Line) -> bool:
    """Tell whether a line is nothing but a short link: most lines of most pages are."""
    return line.linked > _LINK and len(line.text) < _PROBE


def stems_of(headline: str) -> tuple[str, ...]:
    """Return the beginnings of a headline's longer words, each once."""
    return tuple(dict.fromkeys(word[:_STEM] for word in _WORD.findall(headline.casefold())))


def weigh(page: Outline, told: Told) -> Weighed:
    """Return what the lines and blocks of a page hold, and which block holds the article."""
    stems = stems_of(told.headline)
    seen = [read_line(line, stems) for line in page.lines]
    prose = [0.0] * len(page.containers)
    found = [0] * len(page.containers)
    for line, words in zip(page.lines, seen, strict=True):
        prose[line.container] += words.prose
        found[line.container] |= words.stems
    for index in range(len(prose) - 1, 0, -1):
        parent = page.containers[index].parent
        prose[parent] += prose[index]
        found[parent] |= found[index]
    coverage = [mask.bit_count() / max(_LEAST_STEMS, len(stems)) for mask in found]
    own = _own_hints(page)
    trunk = _trunk(page.containers, prose, coverage, own)
    hints = [_NO_HINTS] * len(own)
    for index, container in enumerate(page.containers):
        outer = hints[container.parent]
        hints[index] = outer if own[index] is _NO_HINTS else Hints(*map(add, outer, own[index]))
    return Weighed(seen, prose, coverage, hints, trunk, *_relative(page.containers, trunk))


def _own_hints(page: Outline) -> list[Hints]:
    """Return what each block says of itself alone; blocks without a line in them are not asked."""
    own = [_NO_HINTS] * len(page.containers)
    seen: dict[str, tuple[int, int, int, int]] = {}
    asked: set[int] = set()
    for line in page.lines:
        index = line.container
        while index not in asked:
            asked.add(index)
            own[index] = _own(page.containers[index], seen)
            index = page.containers[index].parent
    return own


def _own(container: Container, seen: dict[str, tuple[int, int, int, int]]) -> Hints:
    attributes, tag = container.node.attributes, container.tag
    if not attributes and tag not in _TELLING_TAGS:
        return _NO_HINTS
    name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
    if name not in seen:
        seen[name] = _named(name)
    style = attributes.get("style") or ""
    hints = Hints(
        *(seen[name] if tag not in ("body", "html") else (0, 0, 0, 0)),
        beside=tag in BESIDE_TEXT_TAGS,
        hidden="hidden" in attributes or attributes.get("aria-hidden") == "true" or ("display" in style and "none" in style),
        article=tag == "article",
        main=tag == "main" or attributes.get("role") == "main",
        item="articlebody" in (attributes.get("itemprop") or "").lower(),
    )
    return hints if any(hints) else _NO_HINTS


def _named(name: str) -> tuple[int, int, int, int]:
    """Return what the words of a class and an id say: likely, bodily, doubtful, chrome."""
    words = frozenset(_BETWEEN_WORDS.split(name))
    chrome = bool(_CHROME.search(name)) or not _CHROME_WORDS.isdisjoint(words)
    doubtful = chrome or bool(_DOUBTFUL.search(name)) or not _DOUBTFUL_WORDS.isdisjoint(words)
    likely = any(map(name.__contains__, _LIKELY))
    return likely, likely and bool(_BODILY.search(name)), doubtful, chrome


def _trunk(containers: list[Container], prose: list[float], coverage: list[float], own: list[Hints]) -> int:
    """Walk from the root to the block of most weight, as long as there is one that outweighs all beside it."""
    children: list[list[int]] = [[] for _ in containers]
    for index in range(1, len(containers)):
        if prose[index]:
            children[containers[index].parent].append(index)
    trunk = 0
    while children[trunk]:
        weights = [(prose[index] * (_UNRELATED + coverage[index]) * _favour(own[index]), index) for index in children[trunk]]
        beside = prose[trunk] - sum(prose[index] for index in children[trunk])
        weight, heaviest = max(weights)
        total = beside * (_UNRELATED + coverage[trunk]) + sum(each for each, _ in weights)
        if containers[heaviest].tag in _LEAVES or weight < _DOMINANT * total:
            break
        trunk = heaviest
    return trunk


def _favour(own: Hints) -> float:
    """Return how a block's own name and kind speak for it: 1 where they say nothing."""
    favour = 0.4 ** (own.chrome + own.beside + own.hidden)
    return favour * (1.5 if own.bodily or own.item or own.article or own.main else 1)


def _relative(containers: list[Container], trunk: int) -> tuple[list[int], list[bool]]:
    """Return where each block's way leaves the way to the trunk, and whether it is within the trunk."""
    way = {0, trunk}
    index = trunk
    while index:
        index = containers[index].parent
        way.add(index)
    left, within = [0] * len(containers), [trunk == 0] * len(containers)
    for index, container in enumerate(containers):
        left[index] = index if index in way else left[container.parent]
        within[index] = index == trunk or within[container.parent]
    return left, within


@dataclass(frozen=True, slots=True)
class Found:
    """The lines of a page that are its article."""

    lines: list[Line]
    """In the order of reading."""
    named: bool
    """They stand in a block that the page itself marks as the article."""
    seconded: bool = False
    """A second opinion had a say in it."""


def find(page: Outline, told: Told, second: Callable[[], Outline | None] = lambda: None) -> Found:
    """Return the lines that are the page's article; `second` gives another's text of it, and is called only in doubt."""
    if not page.lines:
        return Found([], named=False)
    weighed = weigh(page, told)
    scores = scored(page, told, weighed)
    if _is_refused(page, weighed, scores):
        scores = _lifted(page, weighed, scores)
    opinion = second() if doubt(page, scores) > _DOUBT else None
    seconded = opinion is not None and sum(len(line.text) for line in opinion.lines) >= _LEAST_OPINION
    if opinion and seconded:
        scores = _weighed_with(opinion, page, scores)
    kept = [page.lines[index] for index, score in scores.items() if score > 0]
    if not any(scores[index] > 0 and weighed.seen[index].prose for index in scores):
        inside = (index for index in scores if weighed.within[page.lines[index].container])
        kept = [page.lines[index] for index in inside if weighed.seen[index].prose]
    hints = weighed.hints[weighed.trunk]
    named = bool(hints.article or hints.main or hints.item or hints.bodily)
    return Found(kept, named, seconded)


def doubt(page: Outline, scores: dict[int, float]) -> float:
    """Return the share of a page's characters, menus left out, that are probably judged wrongly: 0 to 0.5."""
    sizes = {index: len(page.lines[index].text) for index in scores}
    wrong = fsum(sizes[index] / (1 + exp(min(abs(score), _CERTAIN))) for index, score in scores.items())
    return wrong / (sum(sizes.values()) or 1)


def _weighed_with(opinion: Outline, page: Outline, scores: dict[int, float]) -> dict[int, float]:
    """Return the scores with another's opinion of each line added: a witness beside what is seen, and no judge."""
    starts, ends = {line.text[:_PROBE] for line in opinion.lines}, {line.text[-_PROBE:] for line in opinion.lines}
    texts = {index: page.lines[index].text for index in scores}
    said = {index for index, text in texts.items() if text[:_PROBE] in starts or text[-_PROBE:] in ends}
    return {index: score + (_OPINION if index in said else -_OPINION) for index, score in scores.items()}


def scored(page: Outline, told: Told, weighed: Weighed) -> dict[int, float]:
    """Return the logarithm of each line's odds to be text of the article; menus are left out."""
    of_block: dict[int, float] = {}
    scores = {}
    for index, seen in line_features(page, told, weighed).items():
        block = page.lines[index].container
        if block not in of_block:
            of_block[block] = sum(map(mul, _BLOCK_WEIGHTS, block_features(page, weighed, block)))
        scores[index] = _WEIGHTS["bias"] + of_block[block] + sum(map(mul, _LINE_WEIGHTS, seen))
    return scores


def _is_refused(page: Outline, weighed: Weighed, scores: dict[int, float]) -> bool:
    """Tell whether the trunk holds nearly all the running text of the page, and most of it would be left out all the same.

    Not where the trunk is the page: its name tells no lines apart, and what is left out may be a hundred comments.
    """
    if not weighed.trunk:
        return False
    inside = [index for index in scores if weighed.within[page.lines[index].container]]
    prose = sum(weighed.seen[index].prose for index in inside)
    kept = sum(weighed.seen[index].prose for index in inside if scores[index] > 0)
    return prose >= _NEARLY_ALL * weighed.prose[0] and kept <= _LITTLE * prose


def _lifted(page: Outline, weighed: Weighed, scores: dict[int, float]) -> dict[int, float]:
    """Return the scores with those in the trunk raised by as much as makes its running text likely on average."""
    inside = {index for index in scores if weighed.within[page.lines[index].container]}
    prose = sum(weighed.seen[index].prose for index in inside)
    if not prose:
        return scores
    mean = sum(weighed.seen[index].prose * scores[index] for index in inside) / prose
    return {index: score + max(0.0, 1.0 - mean) * (index in inside) for index, score in scores.items()}


LINE_FEATURES = (
    *("size", "long", "linked", "link", "bold", "sentence", "points", "few_words", "digits", "invitation", "legal"),
    *("headline_words", "told", "not_told", "lead", "headline", "again", "above_h1"),
)
"""What is seen of a line itself."""

BLOCK_FEATURES = (
    *("p", "heading", "h1", "li", "cell", "quote", "block", "beside", "hidden", "article", "main", "item", "likely"),
    *("bodily", "doubtful", "chrome", "way_likely", "way_bodily", "way_doubtful", "way_chrome", "within", "share"),
    *("outer_share", "coverage", "around_coverage", "outer_coverage"),
)
"""What is seen of the block that it stands in."""


_LINE_WEIGHTS = [_WEIGHTS[name] for name in LINE_FEATURES]
_BLOCK_WEIGHTS = [_WEIGHTS[name] for name in BLOCK_FEATURES]


def line_features(page: Outline, told: Told, weighed: Weighed) -> dict[int, tuple[float, ...]]:
    """Return what is seen of each line that may be text, in the order of `LINE_FEATURES`; menus are left out."""
    stems = max(_LEAST_STEMS, len(stems_of(told.headline)))
    headlines = {folded(text) for text in told.headline.split("\n")}
    longest = max(map(len, told.headline.split("\n"))) + _PROBE
    h1 = next((index for index, line in enumerate(page.lines) if page.containers[line.container].tag == "h1"), 0)
    seen: set[str] = set()
    rows = {}
    for index, line in enumerate(page.lines):
        if is_menu(line):
            continue
        again = len(line.text) > _PROBE and line.text in seen
        seen.add(line.text)
        headline = len(line.text) <= longest and folded(line.text) in headlines
        rows[index] = (*_look(line, weighed.seen[index], stems), *_compared(line.text, told), headline, again, index < h1)
    return rows


def _look(line: Line, seen: Seen, stems: int) -> tuple[float, ...]:
    text, size = line.text, len(line.text)
    words = text.count(" ") + 1
    return (
        log(size + 1),
        min(size, 400) / 400,
        line.linked,
        line.linked > _LINK,
        line.bold,
        text[-1] in '.!?…»”"',
        (text.count(",") + text.count(".")) / words,
        words < _FEW_WORDS,
        len(_DIGIT.findall(text)) / size,
        seen.invites,
        seen.about_site,
        seen.stems.bit_count() / stems,
    )


def _compared(text: str, told: Told) -> tuple[float, ...]:
    """Tell whether JSON-LD's text has the line, whether it has a text without it, and whether the lead has it."""
    probe = text[:_PROBE]
    inside = bool(told.body) and probe in told.body
    return inside, bool(told.body) and not inside, len(text) >= _PROBE and probe in told.lead


def block_features(page: Outline, weighed: Weighed, index: int) -> tuple[float, ...]:
    """Return what is seen of a block, in the order of `BLOCK_FEATURES`."""
    container = page.containers[index]
    parent, tag = container.parent, container.tag
    outer = page.containers[parent].parent
    hints, off = weighed.hints[index], Hints(*map(sub, weighed.hints[index], weighed.hints[weighed.left[index]]))
    total = weighed.prose[0] or 1
    return (
        tag == "p",
        tag in HEADING_TAGS,
        tag == "h1",
        tag == "li",
        tag in ("td", "th"),
        tag == "blockquote",
        tag in ("div", "section", "article", "body", "main"),
        off.beside > 0,
        off.hidden > 0,
        min(hints.article, 2),
        hints.main > 0,
        hints.item > 0,
        min(off.likely, 4),
        min(off.bodily, 2),
        min(off.doubtful, 3),
        min(off.chrome, 3),
        min(hints.likely, 5),
        min(hints.bodily, 2),
        min(hints.doubtful, 5),
        min(hints.chrome, 3),
        weighed.within[index],
        weighed.prose[parent] / total,
        weighed.prose[outer] / total,
        weighed.coverage[index],
        weighed.coverage[parent],
        weighed.coverage[outer],
    )
