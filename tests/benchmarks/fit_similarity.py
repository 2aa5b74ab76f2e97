"""Fit how `newswire.similarity` and `newswire.stories` decide, from the labelled news beside the project.

    python -m tests.benchmarks.fit_similarity

Prints the weights to put into `similarity.WEIGHTS` and `stories.STORY_WEIGHTS`, and what cross-validation says of them: whole
groups of copies are left out together, the clustering is part of what is measured. Deterministic.

The figures of `evidence` were chosen out of some forty, one at a time, by the same cross-validation; more of them fitted the
synthetic edits better and the real channels worse.
"""

from __future__ import annotations

import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from newswire import similarity, stories
from newswire.duplicates import Edge
from tests.benchmarks import bench_duplicates
from tests.benchmarks.bench_duplicates import Corpus

FOLDS = 10
SEEDS = 4
RIDGE = 8.0
STORY_RIDGE = 0.3

WEIGHT = {"tg_ru": 8.0, "uk_synth": 1.0, "tg_templates": 1.0}
"""Real posts are an eighth of the pairs and count as much as the synthetic edits."""

Floats = npt.NDArray[np.float64]
Pair = tuple[str, str]


class Set(NamedTuple):
    """One labelled set; the corpora in it are independent of each other."""

    name: str
    docs: list[dict[str, Any]]
    labels: Mapping[Pair, Mapping[str, str]]
    corpora: list[tuple[list[dict[str, Any]], Corpus]]
    """Documents, and their texts made ready."""


class Sample(NamedTuple):
    """A possible pair: what is known of it, and whether a person calls it a copy (None: nobody knows)."""

    place: tuple[int, int]
    """Index of the set and of the corpus in it."""
    a: int
    b: int
    pair: Pair
    comparison: similarity.Comparison
    label: bool | None


def ordered(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)


def load(name: str) -> Set:
    docs = bench_duplicates.read(f"{name}_dev.docs.jsonl")
    labels = {ordered(row["a"], row["b"]): row for row in bench_duplicates.read(f"{name}_dev.pairs.jsonl")}
    parts: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for doc in docs:
        parts[doc["corpus"]].append(doc)
    return Set(name, docs, labels, [(part, bench_duplicates.load(part)) for part in parts.values()])


def samples(sets: Sequence[Set]) -> Iterator[Sample]:
    """Yield the candidates that the rules leave to the weights."""
    for number, one in enumerate(sets):
        for part, (docs, corpus) in enumerate(one.corpora):
            for a, b in bench_duplicates.candidates(map(similarity.sketch, corpus.texts)):
                comparison = similarity.compare(corpus.texts[a], corpus.texts[b], corpus.hours(a, b))
                if similarity.is_possible(comparison):
                    pair = ordered(docs[a]["id"], docs[b]["id"])
                    yield Sample((number, part), a, b, pair, comparison, label_of(one, pair))


def label_of(one: Set, pair: Pair) -> bool | None:
    """Bulletins without a label are unknown; elsewhere what has no label is no copy."""
    label = one.labels.get(pair, {}).get("label", "unsure" if one.name == "tg_templates" else "neg")
    return None if label == "unsure" else label == "dup"


def folds(found: Sequence[Sample], seed: int) -> npt.NDArray[np.int64]:
    """Return each sample's fold; what hangs together by copies, sure or not, is in one."""
    parent: dict[str, str] = {}

    def top(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for sample in found:
        if sample.label is not False:
            parent[top(sample.pair[0])] = top(sample.pair[1])
    return np.array([zlib.crc32(f"{seed} {min(map(top, sample.pair))}".encode()) % FOLDS for sample in found])


def fit(x: Floats, y: Floats, weights: Floats, ridge: float) -> Floats:
    """Maximise the penalised likelihood of a logistic model by Newton's method; the penalty holds for figures of one spread."""
    spread = x.std(axis=0)
    penalty = np.diag(np.where(spread > 0, ridge * spread**2, 1e-6))
    beta = np.zeros(x.shape[1])
    for _ in range(100):
        p = probabilities(x, beta)
        hessian = (x * (weights * p * (1 - p))[:, None]).T @ x + penalty
        step = np.linalg.solve(hessian, x.T @ (weights * (p - y)) + penalty @ beta)
        beta = beta - step * min(1.0, 5 / np.abs(step).max())
        if np.abs(step).max() < 1e-6:
            break
    return beta


def probabilities(x: Floats, beta: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x @ beta, -30, 30))))


def left_out(found: Sequence[Sample], x: Floats, y: Floats, weights: Floats, seed: int) -> Floats:
    """Return each sample's probability by weights that were fitted without its fold."""
    fold, result = folds(found, seed), np.zeros(len(found))
    for k in range(FOLDS):
        train = (fold != k) & (weights > 0)
        result[fold == k] = probabilities(x[fold == k], fit(x[train], y[train], weights[train], RIDGE))
    return result


def grouped(sets: Sequence[Set], found: Sequence[Sample], probability: Floats) -> dict[str, set[Pair]]:
    """Return the pairs in one group, by set, when these probabilities decide."""
    edges: defaultdict[tuple[int, int], list[Edge]] = defaultdict(list)
    for sample, p in zip(found, probability, strict=True):
        if match := similarity.decide(sample.comparison, float(p)):
            edges[sample.place].append(Edge(sample.a, sample.b, match))
    pairs: defaultdict[str, set[Pair]] = defaultdict(set)
    for (number, part), some in edges.items():
        docs, corpus = sets[number].corpora[part]
        for group in bench_duplicates.groups(docs, corpus, some):
            pairs[sets[number].name] |= {ordered(docs[a]["id"], docs[b]["id"]) for a, b in combinations(group, 2)}
    return pairs


def figures(one: Set, pairs: set[Pair]) -> dict[str, float]:
    """Return what the scorer would say of these pairs."""
    if one.name == "tg_templates":
        total = Counter(row["family"] for row in one.labels.values())
        hit = Counter(one.labels[pair]["family"] for pair in pairs & one.labels.keys())
        return {"wrongly merged %": 100 * sum(hit[family] / total[family] for family in total) / len(total)}
    right = {pair for pair, row in one.labels.items() if row["label"] == "dup"}
    wrong = pairs - one.labels.keys()
    result = {"F1": 2 * len(pairs & right) / (len(pairs & right) + len(wrong) + len(right))}
    kinds: defaultdict[str, set[Pair]] = defaultdict(set)
    for pair in right:
        kinds[one.labels[pair].get("kind", "all")].add(pair)
    return result | {f"recall {kind}": len(pairs & those) / len(those) for kind, those in sorted(kinds.items())}


def duplicates() -> None:
    sets = [load(name) for name in WEIGHT]
    found = list(samples(sets))
    x = np.array([(1.0, *similarity.evidence(sample.comparison)) for sample in found])
    y = np.array([float(sample.label is True) for sample in found])
    weights = np.array([0.0 if sample.label is None else WEIGHT[sets[sample.place[0]].name] for sample in found])
    results: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for seed in range(SEEDS):
        pairs = grouped(sets, found, left_out(found, x, y, weights, seed))
        for one in sets:
            for name, value in figures(one, pairs[one.name]).items():
                results[one.name, name].append(value)
    for (where, name), values in results.items():
        sys.stdout.write(f"{where} {name}: {np.mean(values):.4f} (least {min(values):.4f}, most {max(values):.4f})\n")
    sys.stdout.write(f"WEIGHTS = {rounded(fit(x[weights > 0], y[weights > 0], weights[weights > 0], RIDGE))}\n")


def story() -> None:
    rows = bench_duplicates.read("story_dev.jsonl")
    sides = [[stories.telling(row[side]["title"], row[side]["text"]) for side in "ab"] for row in rows]
    x = np.array([(1.0, *stories.story_evidence(*pair)) for pair in sides])
    y = np.array([float(row["label"] == "OK") for row in rows])
    even, every = np.ones(len(y)), np.arange(len(y))
    p = np.array([probabilities(x[i], fit(x[every != i], y[every != i], even[1:], STORY_RIDGE)) for i in every])
    yes, no = p[y == 1], p[y == 0]
    f1 = 2 * (yes > 0.5).sum() / ((yes > 0.5).sum() + (no > 0.5).sum() + len(yes))
    sys.stdout.write(f"story, each left out: F1 {f1:.3f}, AUC {(yes[:, None] > no).mean():.3f}\n")
    sys.stdout.write(f"STORY_WEIGHTS = {rounded(fit(x, y, even, STORY_RIDGE))}\n")


def rounded(beta: Floats) -> tuple[float, ...]:
    return tuple(round(float(value), 2) for value in beta)


if __name__ == "__main__":
    duplicates()
    story()
