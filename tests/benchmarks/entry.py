"""The scorers' entry points: thin calls of the library."""

from __future__ import annotations

from collections.abc import Sequence

from newswire import language


def detect(text: str, expected: Sequence[str] = ()) -> tuple[str, float]:
    """Return a text's language and how probable it is (`bench/language/score.py`)."""
    return language.detect(text, expected=expected)
