"""Which of a page's lines are its article: judged by what each one looks like and where it stands, for any site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from operator import mul
from typing import NamedTuple

from newswire.boilerplate import is_invitation, is_legal
from newswire.lines import BESIDE_TEXT_TAGS, HEADING_TAGS, Container, Line, Outline
from newswire.structured import Structured

_LIKELY = re.compile(r"article|body|content|story|post|entry|text|news|main|detail", re.IGNORECASE)
_BODILY = re.compile(
    r"article[-_]?(?:body|text|content)|(?:story|post|entry|news)[-_]?(?:body|text|content)|body[-_]?(?:text|content|copy)"
    r"|full[-_]?(?:text|story)",
    re.IGNORECASE,
)
_CHROME = re.compile(
    r"comment|disqus|relat|sidebar|foot|share|social|newsletter|subscri|menu|nav\b|nav[-_]|breadcrumb|recommend|recirc|popular|trending"
    r"|taboola|outbrain|cookie|consent|promo|teaser|read[-_]?(?:more|also|next)|most[-_]|caption|credit|byline|advert|tags\b",
    re.IGNORECASE,
)
_DOUBTFUL = re.compile(
    rf"{_CHROME.pattern}|discuss|side[-_]|sponsor|signup|widget|copyright|latest|also|banner|gdpr|login|modal|popup|overlay|paywall|rating"
    r"|rank|tool|author|bio|meta|date|time|tag[-_]|tags[-_]|keyword|categor|gallery|carousel|slide|video|player|\bads?\b|[-_]ads?\b|\bad[-_]"
    r"|archive|list|poll|vote|hidden|print|email|search|header|top|bottom|extra|aside|infobox|factbox|further|donat|event|shop|product|price"
    r"|affiliate|embed|tweet|correction|disclaimer",
    re.IGNORECASE,
)
"""Words in `class` and `id` that tell what a block is for, as template authors of many countries name them."""


class Hints(NamedTuple):
    """What the blocks around a line say that it is for: how many of them say so, from the page's root down."""

    likely: int = 0
    bodily: int = 0
    doubtful: int = 0
    chrome: int = 0
    beside: int = 0
    hidden: int = 0
    article: int = 0
    main: int = 0
    item: int = 0


@dataclass(slots=True)
class Weighed:
    """What the blocks of a page hold."""

    prose: list[float]
    """Characters of running text."""
    coverage: list[float]
    """Share of the headline's words that the running text uses, 0 to 1."""
    hints: list[Hints]
    trunk: int = 0
    """Index of the smallest block that holds most of the text which goes with the headline."""
    within: list[int] = None  # type: ignore[assignment]
