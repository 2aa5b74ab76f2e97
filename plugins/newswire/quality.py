"""How well an article was read: which fields it lacks, and how surely those that it has were found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum

from newswire.model import Article

TRUST: Mapping[str, float] = {
    "rules": 1.0,
    "post": 1.0,
    "stated": 1.0,
    "feed": 1.0,
    "semantic": 1.0,
    "json_ld": 0.9,
    "meta": 0.9,
    "printed": 0.9,
    "density": 0.8,
    "trafilatura": 0.7,
    "announced": 0.7,
    "page": 0.7,
}
"""How a field may have been found, and how far that is to be trusted, 0 to 1.

`rules` of the source, a channel's `post`, `stated` for machines, `printed` on the page, `announced` by a feed or listing; for
the body `parse.Extracted.method`; for the time its `TimeOrigin`. What no parser says how it found counts as `stated`.
"""

SITE_FIELDS: Mapping[str, float] = {
    "body": 0.45,
    "title": 0.15,
    "published_at": 0.15,
    "authors": 0.05,
    "lead": 0.05,
    "image_url": 0.05,
    "section": 0.05,
    "tags": 0.05,
}
"""Weights of the fields that an article of a site has as a rule; of those alone `missing` speaks."""

POST_FIELDS: Mapping[str, float] = {"body": 0.7, "published_at": 0.3}
"""The same of a post."""

SHORT_BODY = 40
"""Words below which a site's body counts in part only: a lead without its article, a caption, a live ticker's line."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How well an article was read."""

    score: float
    """0 to 1: the weights of the fields that are there, each times the trust in how it was found."""
    missing: tuple[str, ...]
    """Fields that articles of its kind have as a rule and this one lacks."""
    method: str
    """How the body was found; see `TRUST`."""


def assess(article: Article, *, channel: bool) -> Quality:
    """Return how well an article was read. `channel`: it is a post."""
    fields = POST_FIELDS if channel else SITE_FIELDS
    missing = tuple(name for name in fields if not _has(article, name))
    ways = {"published_at": article.time_origin.value, **article.found_by}
    parts = (weight * TRUST.get(ways.get(name, "stated"), 1.0) for name, weight in fields.items() if name not in missing)
    lost = 0.0 if channel else fields["body"] * (1 - min(1.0, len(article.text.split()) / SHORT_BODY))
    return Quality(round(max(0.0, fsum(parts) - lost), 3), missing, ways.get("body", "post" if channel else "rules"))


def _has(article: Article, name: str) -> bool:
    # a post may be a picture alone: its media are what it says
    return (
        bool(article.text.strip() or (article.media and article.title is None))
        if name == "body"
        else bool(getattr(article, name))
    )
