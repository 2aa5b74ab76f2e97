"""Duplicates: which articles are copies of which original. Pure functions over what the database knows of the articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SHORT_WORDS = 12
"""Texts with fewer words than this say the same on different days: «Взрывы в Киеве» on four of them (facts: duplicates)."""

SHORT_SPAN = timedelta(hours=24)
"""Two short texts further apart than this are two events."""


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


@dataclass(frozen=True, slots=True)
class Verdict:
    """One article is a copy of another."""

    article_id: int
    original_id: int
    """Never a copy itself: copies stand around their original as a star."""
    kind: str
    """`url`, `forward` or `exact`, in this order of certainty."""
    similarity: float
    """0 to 1."""
    reason: str
    """For a person."""


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
class _Groups:
    """The originals so far, by what leads to them."""

    by_url: dict[str, Candidate] = field(default_factory=dict)
    by_post: dict[tuple[str, str], Candidate] = field(default_factory=dict)
    by_text: dict[bytes, Candidate] = field(default_factory=dict)

    def matches(self, one: Candidate) -> Iterator[tuple[Candidate, str, str]]:
        """Yield the originals that an article may be a copy of, the surest first."""
        if found := self.by_url.get(one.url):
            yield found, "url", f"the same address: {one.url}"
        if one.forwarded_from and (found := self.by_post.get((one.source, one.forwarded_from))):
            yield found, "forward", f"forwarded from {one.forwarded_from}"
        if one.text_hash and (found := self.by_text.get(one.text_hash)) and _is_one_event(one, found):
            yield found, "exact", f"the same text, {one.word_count} words"

    def add(self, one: Candidate, original: Candidate) -> None:
        """Let an article's keys lead to its original."""
        self.by_url.setdefault(one.url, original)
        self.by_post.setdefault((one.source, one.external_id), original)
        if one.forwarded_from:
            self.by_post.setdefault((one.source, one.forwarded_from), original)
        if one.text_hash and (one.text_hash not in self.by_text or original is one):
            self.by_text[one.text_hash] = original


def _is_one_event(one: Candidate, original: Candidate) -> bool:
    return one.word_count >= SHORT_WORDS or abs(one.published_at - original.published_at) <= SHORT_SPAN
