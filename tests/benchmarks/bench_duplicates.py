"""How well and how fast `newswire.similarity` finds duplicates on the labelled news beside the project.

    python -m tests.benchmarks.bench_duplicates

What the pipeline asks the database for (the newest articles that share hashes) is done in memory here; all else is the same code.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from newswire import similarity, text
from newswire.duplicates import Candidate, Edge, verdicts

DATA = Path(__file__).parents[3] / "shared/bench/duplicates/data"
NEWEST = 50
"""Articles that a hash leads to, as in the pipeline's query."""

UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
REPEATS = 3

Doc = Mapping[str, Any]


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").split("\n") if line]


class Corpus(NamedTuple):
    """Documents made ready, in the order given."""

    texts: list[similarity.Prepared]
    times: list[datetime | None]

    def hours(self, a: int, b: int) -> float | None:
        first, second = self.times[a], self.times[b]
        return abs((first - second).total_seconds()) / 3600 if first and second else None


def load(docs: Sequence[Doc]) -> Corpus:
    posts = defaultdict(list)
    for doc in docs:
        posts[channel(doc)].append(doc["text"])
    footers = {name: similarity.footer_lines(texts) for name, texts in posts.items()}
    texts = [similarity.prepare(doc["text"], footer=footers[channel(doc)]) for doc in docs]
    return Corpus(texts, [published_at(doc) for doc in docs])


def channel(doc: Doc) -> str:
    return str(doc.get("channel") or doc.get("source") or "")


def published_at(doc: Doc) -> datetime | None:
    """A day without a time says nothing of hours, but of days it does."""
    value = datetime.fromisoformat(doc["date"]) if doc.get("date") else None
    return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


def candidates(sketches: Iterable[Sequence[int]]) -> Iterator[tuple[int, int]]:
    """Yield the index pairs that share enough hashes, each once, the earlier first."""
    holders: defaultdict[int, list[int]] = defaultdict(list)
    sizes: list[int] = []
    for index, sketch in enumerate(sketches):
        sizes.append(len(sketch))
        shared: Counter[int] = Counter()
        rarity: defaultdict[int, float] = defaultdict(lambda: 1.0)
        for value in sketch:
            newest = holders[value][-NEWEST:]
            for other in newest:
                shared[other] += 1
                rarity[other] += 1 / len(newest)
            holders[value].append(index)
        for other, count in shared.items():
            size = min(sizes[other], sizes[index])
            if (count > 1 or size < similarity.FEW_HASHES) and count / size * rarity[other] >= similarity.LEAST_LIKENESS:
                yield other, index


def edges(corpus: Corpus) -> list[Edge]:
    found = []
    for a, b in candidates(map(similarity.sketch, corpus.texts)):
        if match := similarity.judge(corpus.texts[a], corpus.texts[b], corpus.hours(a, b)):
            found.append(Edge(a, b, match))
    return found


def groups(docs: Sequence[Doc], corpus: Corpus, found: Sequence[Edge]) -> list[set[int]]:
    """Return the groups of two or more, as indices."""
    stars: defaultdict[int, set[int]] = defaultdict(set)
    for verdict in verdicts(map(candidate, range(len(docs)), docs, corpus.times), found):
        stars[verdict.original_id] |= {verdict.original_id, verdict.article_id}
    return list(stars.values())


def candidate(index: int, doc: Doc, when: datetime | None) -> Candidate:
    """Return what the pipeline knows of an article."""
    normalised = text.normalised(doc["text"])
    hashed = text.digest(normalised) if normalised else None
    return Candidate(index, channel(doc), doc["id"], doc["id"], None, hashed, len(normalised.split()), when or UNDATED)


def pairs(docs: Sequence[Doc]) -> Iterator[tuple[str, str]]:
    """Yield the ids of each two documents that stand in one group."""
    corpus = load(docs)
    for group in groups(docs, corpus, edges(corpus)):
        yield from ((docs[a]["id"], docs[b]["id"]) for a, b in combinations(sorted(group), 2))


def rate(docs: Sequence[Doc]) -> float:
    """Documents a second of processor time from text to verdict, the best of a few runs."""
    spans = []
    for _ in range(REPEATS):
        started = time.process_time()
        list(pairs(docs))
        spans.append(time.process_time() - started)
    return len(docs) / min(spans)


def main() -> None:
    posts, mixed = read("tg_ru_dev.docs.jsonl"), read("uk_synth_dev.docs.jsonl")
    long = [doc for doc in mixed if len(doc["text"].split()) >= 150]
    for name, docs in (("posts", posts), ("long articles", long)):
        words = sum(len(doc["text"].split()) for doc in docs) / len(docs)
        rows = sum(len(similarity.sketch(text)) for text in load(docs).texts) / len(docs)
        sys.stdout.write(f"{name}: {len(docs)} of {words:.0f} words, {rows:.1f} rows each, {rate(docs):.0f}/s\n")


if __name__ == "__main__":
    main()
