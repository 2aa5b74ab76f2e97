"""The articles and queries by which search is measured, invented for it (tests/search)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from newswire.model import Article, Block, BlockKind, TimeOrigin

FOLDER = Path(__file__).parent / "search"
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, and the names of the articles that must come."""

    query: str
    wanted: frozenset[str]

    @property
    def language(self) -> str:
        """Of most of what must come."""
        codes = sorted(name[:2] for name in self.wanted)
        return max(codes, key=codes.count, default="")


def lines(name: str) -> list[str]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def article(name: str, title: str | None, text: str, minutes: int = 0, *, language: str = "uk", source: str = "town") -> Article:
    """An article of a site; with later `minutes` the newer one."""
    return Article(
        source, language, f"news/{name}", f"https://{source}.example/news/{name}", (Block(BlockKind.PARAGRAPH, text),),
        NOON + timedelta(minutes=minutes), TimeOrigin.FEED, title=title, language=language, language_confidence=1.0,
    )  # fmt: skip


def articles() -> list[Article]:
    rows = [[part.strip() for part in line.split("|")] for line in lines("articles.txt")]
    return [article(name, title, text, number, language=code) for number, (name, code, title, text) in enumerate(rows)]


def queries() -> list[Asked]:
    rows = [line.rpartition(" > ") for line in lines("queries.txt")]
    return [Asked(query, frozenset(wanted.split()) - {"-"}) for query, _, wanted in rows]


def recall(found: Mapping[Asked, list[str]]) -> float:
    """Share of the articles that must come which came, all queries alike."""
    shares = [len(one.wanted & set(names)) / len(one.wanted) for one, names in found.items() if one.wanted]
    return sum(shares) / len(shares)


def precision(found: Mapping[Asked, list[str]], first: int = 10) -> float:
    """Share of the first articles found which must come, all queries alike; a query that found nothing counts 0."""
    shares = [
        sum(name in one.wanted for name in names[:first]) / max(len(names[:first]), 1)
        for one, names in found.items()
        if one.wanted
    ]
    return sum(shares) / len(shares)
