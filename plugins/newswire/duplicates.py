"""Duplicates: which articles are copies of which original. Pure functions over what the database knows of the articles.

First the sure ones: articles of one address, forwards of one post, texts that are the same make a star each (`exact_verdicts`).
Then the matches of similar texts (`similarity.judge`) join stars to groups (`cluster`). `verdicts` does both.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newswire.similarity import SHORTEST, SHORTEST_HOURS, Match

SHORT_WORDS = SHORTEST
"""Texts with fewer words than this say the same on different days: «Взрывы в Киеве» on four of them (facts: duplicates)."""

SHORT_SPAN = timedelta(hours=SHORTEST_HOURS)
"""Two short texts further apart than this are two events."""

_POST = re.compile(r"\w+/\d+")

GROUP_SHARE = 1 / 3
"""An article joins a group when it matches the group's original, or a third of its members on average."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is compared of an article."""

    article_id: int
    source: str
    external_id: str
    url: str
    """Canonical."""
    forwarded_from: str | None
    """`channel/id` of the original post, or the name of a hidden origin."""
    text_hash: bytes | None
    """Of the normalised body; None without words."""
    word_count: int
    published_at: datetime
    editions: frozenset[str] = frozenset()
    """Canonical URLs of the same article in other languages: never a copy of it, whatever they say."""

    @property
    def origin(self) -> str | None:
        """`channel/id` of the post that it forwards; None where it forwards none, or the name alone of a hidden origin."""
        return self.forwarded_from if self.forwarded_from and _POST.fullmatch(self.forwarded_from) else None

    def is_edition_of(self, other: Candidate) -> bool:
        """Tell whether the two are one article in two languages."""
        return are_editions(self.url, self.editions, other.url, other.editions)


def are_editions(url: str, editions: Collection[str], other_url: str, other_editions: Collection[str]) -> bool:
    """Tell by its address and those of its editions whether one article is another in another language."""
    return url != other_url and (other_url in editions or url in other_editions)


@dataclass(frozen=True, slots=True)
class Edge:
    """A match between two articles, named in either order."""

    a: int
    b: int
    match: Match


@dataclass(frozen=True, slots=True)
class Verdict:
    """One article is a copy of another."""

    article_id: int
    original_id: int
    """Never a copy itself: copies stand around their original as a star."""
    kind: str
    """`url`, `forward` or `exact`, in this order of certainty; `near` or `excerpt` where the texts are similar."""
    similarity: float
    """0 to 1."""
    reason: str
    """For a person."""


def verdicts(candidates: Iterable[Candidate], edges: Iterable[Edge]) -> list[Verdict]:
    """Return who is a copy of which original, in the order of the articles' numbers.

    `candidates` holds every article that shares a key or an edge with another one of them. Every copy has one original, which
    is no copy itself. The order of what is given makes no difference.
    """
    known = {one.article_id: one for one in candidates}
    exact = {verdict.article_id: verdict for verdict in exact_verdicts(known.values())}
    matches = _by_article(edge for edge in edges if _may_match(edge, known))
    joined = {verdict.article_id: verdict for verdict in _joined_stars(known, exact, matches)}
    found = [joined.get(number) or _followed(verdict, joined, matches) for number, verdict in (joined | exact).items()]
    return sorted(found, key=lambda verdict: verdict.article_id)


def _may_match(edge: Edge, known: Mapping[int, Candidate]) -> bool:
    return edge.a in known and edge.b in known and not known[edge.a].is_edition_of(known[edge.b])


def _joined_stars(
    known: Mapping[int, Candidate], exact: Mapping[int, Verdict], matches: Mapping[int, Mapping[int, Match]]
) -> list[Verdict]:
    """Return the verdicts on the stars' originals: two stars match as their best matching members do."""
    star = {number: exact[number].original_id if number in exact else number for number in known}
    stars: defaultdict[int, list[Candidate]] = defaultdict(list)
    for number, one in known.items():
        stars[star[number]].append(one)
    best: dict[tuple[int, int], Edge] = {}
    for a, others in matches.items():
        for b, match in others.items():
            pair = star[a], star[b]
            if pair[0] < pair[1] and (pair not in best or match.confidence > best[pair].match.confidence):
                best[pair] = Edge(*pair, match)
    return cluster((known[number] for number in stars), best.values(), stars)


def _followed(verdict: Verdict, joined: Mapping[int, Verdict], matches: Mapping[int, Mapping[int, Match]]) -> Verdict:
    """Return the verdict on a sure copy, whose original may itself have turned out to be a copy."""
    above = joined.get(verdict.original_id)
    if above is None:
        return verdict
    own = matches.get(verdict.article_id, {}).get(above.original_id)
    if own is not None:
        return Verdict(verdict.article_id, above.original_id, own.kind, own.similarity, own.reason)
    reason = f"{verdict.reason} as article {verdict.original_id}, and that is {above.reason}"
    return Verdict(verdict.article_id, above.original_id, above.kind, above.similarity, reason)


def exact_verdicts(candidates: Iterable[Candidate]) -> list[Verdict]:
    """Return the verdicts on articles that share a canonical URL, a forward's origin or a normalised text.

    `candidates` holds every article that shares a key with another one of them. The original is the earliest; a
    forward is never the original of a post that is none, and the origin of a forward is its original whenever it comes.
    """
    groups = _Groups()
    verdicts = []
    for one in sorted(candidates, key=_seniority):
        match = next(groups.matches(one), None)
        if match is None:
            groups.add(one, one)
        else:
            original, kind, reason = match
            groups.add(one, original)
            verdicts.append(Verdict(one.article_id, original.article_id, kind, 1.0, reason))
    return verdicts


def _seniority(one: Candidate) -> tuple[bool, datetime, int]:
    return (one.forwarded_from is not None, one.published_at, one.article_id)


@dataclass(slots=True)
class _Addresses:
    """Where the articles of a group stand, and their editions: no two of them are one article in two languages."""

    own: set[str] = field(default_factory=set)
    of_editions: set[str] = field(default_factory=set)

    def add(self, one: Candidate) -> None:
        self.own.add(one.url)
        self.of_editions |= one.editions - {one.url}

    def have_edition_of(self, one: Candidate) -> bool:
        return one.url in self.of_editions or not self.own.isdisjoint(one.editions - {one.url})


@dataclass(slots=True)
class _Groups:
    """The originals so far, by what leads to them."""

    by_url: dict[str, Candidate] = field(default_factory=dict)
    by_post: dict[tuple[str, str], Candidate] = field(default_factory=dict)
    by_text: dict[bytes, Candidate] = field(default_factory=dict)
    addresses: defaultdict[int, _Addresses] = field(default_factory=lambda: defaultdict(_Addresses))
    """Of the articles of each original."""

    def matches(self, one: Candidate) -> Iterator[tuple[Candidate, str, str]]:
        """Yield the originals that an article may be a copy of, the surest first."""
        if found := self.by_url.get(one.url):
            yield found, "url", f"the same address: {one.url}"
        if one.origin and (found := self.by_post.get((one.source, one.origin))):
            yield found, "forward", f"forwarded from {one.forwarded_from}"
        found = self.by_text.get(one.text_hash) if one.text_hash else None
        if found and _is_one_event(one, found) and not self.addresses[found.article_id].have_edition_of(one):
            yield found, "exact", f"the same text, {one.word_count} words"

    def add(self, one: Candidate, original: Candidate) -> None:
        """Let an article's keys lead to its original."""
        self.addresses[original.article_id].add(one)
        self.by_url.setdefault(one.url, original)
        self.by_post.setdefault((one.source, one.external_id), original)
        if one.origin:
            self.by_post.setdefault((one.source, one.origin), original)
        if one.text_hash and (original is one or one.text_hash not in self.by_text):
            known = self.by_text.get(one.text_hash)
            is_edition = known is not None and self.addresses[known.article_id].have_edition_of(one)
            self.by_text[one.text_hash] = known if known and is_edition else original


def _is_one_event(one: Candidate, original: Candidate) -> bool:
    return one.word_count >= SHORT_WORDS or abs(one.published_at - original.published_at) <= SHORT_SPAN


# --- groups of similar texts


@dataclass(slots=True)
class _Group:
    original: Candidate
    members: list[Candidate] = field(default_factory=list)
    addresses: _Addresses = field(default_factory=_Addresses)

    def add(self, star: Iterable[Candidate]) -> None:
        for one in star:
            self.addresses.add(one)


def cluster(
    items: Iterable[Candidate], edges: Iterable[Edge], stars: Mapping[int, Sequence[Candidate]] | None = None
) -> list[Verdict]:
    """Return which of similar articles is a copy of which original: stars, so that no chain of small changes joins two stories.

    The original is the earliest text, the longer of two at once; a fuller text takes its place from an excerpt.
    Only articles in `items` count; one without a match is no copy. `stars` are the sure copies of each, itself among them, which
    follow it: no two editions of one article come into a group.
    """
    matches = _by_article(edges)
    groups: dict[int, _Group] = {}
    for item in sorted(items, key=_group_seniority):
        star = stars[item.article_id] if stars else [item]
        group = _best_group(star, matches[item.article_id], groups) or _Group(item)
        group.members.append(item)
        group.add(star)
        groups[item.article_id] = group
        if _is_fuller(item, group.original, matches):
            group.original = item
    each = {id(group): group for group in groups.values()}.values()
    return [
        _as_verdict(item, group, matches[item.article_id])
        for group in each
        for item in group.members
        if item is not group.original
    ]


def _by_article(edges: Iterable[Edge]) -> defaultdict[int, dict[int, Match]]:
    matches: defaultdict[int, dict[int, Match]] = defaultdict(dict)
    for edge in edges:
        matches[edge.a][edge.b] = matches[edge.b][edge.a] = edge.match
    return matches


def _group_seniority(item: Candidate) -> tuple[bool, datetime, int, int]:
    return (item.forwarded_from is not None, item.published_at, -item.word_count, item.article_id)


def _best_group(star: Sequence[Candidate], matches: Mapping[int, Match], groups: Mapping[int, _Group]) -> _Group | None:
    """Return the group with which a star agrees most, if it agrees enough; the older of two that are alike."""
    sums: dict[int, float] = defaultdict(float)
    for other in sorted(matches.keys() & groups.keys()):
        sums[id(groups[other])] += matches[other].confidence
    found = {id(groups[other]): groups[other] for other in matches.keys() & groups.keys()}
    agreed = {
        key: sums[key] / len(group.members)
        for key, group in found.items()
        if (group.original.article_id in matches or sums[key] >= GROUP_SHARE * len(group.members))
        and not any(map(group.addresses.have_edition_of, star))
    }
    return found[min(agreed, key=lambda key: (-agreed[key], _group_seniority(found[key].original)))] if agreed else None


def _is_fuller(item: Candidate, original: Candidate, matches: Mapping[int, Mapping[int, Match]]) -> bool:
    match = matches[item.article_id].get(original.article_id)
    if match is None or match.kind != "excerpt":
        return False
    is_original = item.forwarded_from is None or original.forwarded_from is not None
    return is_original and item.word_count > original.word_count


def _as_verdict(item: Candidate, group: _Group, matches: Mapping[int, Match]) -> Verdict:
    original = group.original.article_id
    if match := matches.get(original):
        return Verdict(item.article_id, original, match.kind, match.similarity, match.reason)
    others = [one.article_id for one in group.members if one.article_id in matches]
    nearest = max(others, key=lambda other: (matches[other].confidence, -other))
    match = matches[nearest]
    return Verdict(
        item.article_id, original, match.kind, match.similarity, f"by article {nearest}, of the same group: {match.reason}"
    )
