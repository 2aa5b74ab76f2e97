"""What trafilatura (Apache-2.0) takes for a page's text: asked for the few pages on which the quick ways are not sure."""

from __future__ import annotations

import logging

from selectolax.lexbor import LexborHTMLParser

from newswire.lines import Outline, outline

_MOST_TAGS = 20_000
"""Angle brackets of a page that is handed on; the most of 488 real pages is 8,400. Of forty hostile shapes the worst takes 1.5 s
with so many, and 8 s with five times as many: the time grows with the square."""

_FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What a library that walks broken trees may fail with on one of them; that page then has no second opinion."""

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # that it found nothing is an answer, and no news for a run's log


def second_opinion(html: bytes, *, thorough: bool) -> Outline | None:
    """Return the lines that trafilatura takes for a page's text (UTF-8), with their kinds; None when it finds none, or fails.

    `thorough`: let it try all of its ways (60 ms a page), and not its own rules alone (30 ms). The same bytes give the same
    lines: its memory of other pages is off. A page of too many elements is not handed on, so that the time is bounded.
    """
    if not html or html.count(b"<") > _MOST_TAGS:
        return None
    from lxml.etree import (  # type: ignore[import-untyped]  # noqa: PLC0415 - it has no stubs, and is as heavy as what needs it
        LxmlError,
    )
    from trafilatura import extract  # noqa: PLC0415 - takes half a second to load, for one page in forty

    try:
        found = extract(
            html, fast=not thorough, favor_precision=True, include_comments=False, deduplicate=False, output_format="html"
        )
    except (*_FAULTS, LxmlError):
        return None
    root = LexborHTMLParser(found).body if found else None
    return outline(root) if root is not None else None
