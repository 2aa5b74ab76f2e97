"""Fit what each thing that is seen of a line counts in `newswire.prose`, from the pages with known text beside the project.

    python -m tests.benchmarks.fit_extraction [--write]

Prints precision, recall and F1 of five-fold cross-validation in which no site is in two folds; with --write it fits on all
pages and writes `plugins/newswire/prose_weights.json`. Deterministic. The result is a logistic regression: a few dozen
numbers, no word of the texts. In doubt the second opinion is asked, as in the pipeline; it is not fitted.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import json
import re
import sys
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from selectolax.lexbor import LexborHTMLParser

from newswire import fallback, parse, prose
from newswire.lines import Outline, outline
from newswire.structured import read
from newswire.urls import host

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared/bench/extraction/data"
TARGET = ROOT / "plugins/newswire/prose_weights.json"
NAMES = (*prose.LINE_FEATURES, *prose.BLOCK_FEATURES)
FOLDS = 5
RIDGE = 100.0
"""Of 1 to 1,000, 100 gives the best F1 on sites that were not fitted to; the features are scaled to one standard deviation."""

Floats = npt.NDArray[np.float64]
Shingles = collections.Counter[tuple[str, ...]]


class Example(NamedTuple):
    """A page as numbers."""

    collection: str
    name: str
    fold: int
    page: Outline
    told: prose.Told
    gold: Shingles
    x: Floats
    """Line, feature."""
    y: Floats
    """1 where most of the line is in the known text."""
    weight: Floats
    """The line's share of the page's words."""


def shingles(text: str) -> Shingles:
    words = re.findall(r"\w+", text)
    return collections.Counter(tuple(words[start : start + 4]) for start in range(max(bool(words), len(words) - 3)))


def examples() -> Iterator[Example]:
    for line in (DATA / "gold.jsonl").open(encoding="utf-8"):
        gold = json.loads(line)
        tree = LexborHTMLParser(html_of(gold["id"]))
        if tree.body is not None:
            yield example(gold, tree)


def html_of(name: str) -> bytes:
    return gzip.decompress((DATA / "html" / f"{name}.html.gz").read_bytes())


@cache
def opinion(name: str) -> Outline | None:
    return fallback.second_opinion(html_of(name), thorough=False)


def example(gold: dict[str, str], tree: LexborHTMLParser) -> Example:
    page = outline(tree.body)
    told = parse.told(tree, read(tree, gold["url"]), page)
    weighed = prose.weigh(page, told)
    seen = prose.line_features(page, told, weighed)
    x = [(*row, *prose.block_features(page, weighed, page.lines[index].container)) for index, row in seen.items()]
    texts = [page.lines[index].text for index in seen]
    whole = shingles(gold["text"])
    known = {" ".join(text.split()) for text in gold["text"].split("\n")}
    words = np.array([max(1, len(re.findall(r"\w+", text))) for text in texts], float)
    return Example(
        collection=gold["id"].partition("-")[0],
        name=gold["id"],
        fold=zlib.crc32(host(gold["url"]).encode()) % FOLDS,
        page=page,
        told=told,
        gold=whole,
        x=np.array(x, float).reshape(-1, len(NAMES)),
        y=np.array([share(text, whole, known) > 0.5 for text in texts], float),
        weight=words / words.sum() if len(words) else words,
    )


def share(text: str, whole: Shingles, known: set[str]) -> float:
    """Return how much of a line is in the known text; a line of less than a shingle must be a line of it."""
    own = shingles(text)
    if len(next(iter(own), ())) < 4:
        return float(text in known)
    return (own & whole).total() / own.total()


def fit(pages: list[Example]) -> dict[str, float]:
    """Return the weights of a logistic regression, by Newton's method."""
    x, y = np.concatenate([page.x for page in pages]), np.concatenate([page.y for page in pages])
    weight = np.concatenate([page.weight for page in pages])
    weight *= len(weight) / weight.sum()
    mean, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    z = np.hstack([(x - mean) / spread, np.ones((len(x), 1))])
    ridge = RIDGE * np.diag([*[1.0] * x.shape[1], 0.0])
    beta = np.zeros(z.shape[1])
    for _ in range(15):
        p = 1 / (1 + np.exp(-np.clip(z @ beta, -30, 30)))
        curve = (z * (weight * p * (1 - p))[:, None]).T @ z + ridge
        beta -= np.linalg.solve(curve, z.T @ (weight * (p - y)) + ridge @ beta)
    plain = beta[:-1] / spread
    return dict(zip(NAMES, plain.tolist(), strict=True)) | {"bias": float(beta[-1] - plain @ mean)}


def use(weights: dict[str, float]) -> None:
    """Make the library judge by these weights."""
    prose._WEIGHTS.update(weights)
    prose._LINE_WEIGHTS[:] = [weights[name] for name in prose.LINE_FEATURES]
    prose._BLOCK_WEIGHTS[:] = [weights[name] for name in prose.BLOCK_FEATURES]


def measured(page: Example) -> tuple[float, float]:
    """Return precision and recall of what the library finds in a page."""
    lines = prose.find(page.page, page.told, lambda: opinion(page.name)).lines
    found = shingles("\n".join(dict.fromkeys(line.text for line in lines)))
    both = (found & page.gold).total()
    return both / (found.total() or 1), both / (page.gold.total() or 1)


def report(results: dict[str, list[tuple[float, float]]]) -> Iterator[str]:
    for name, pairs in sorted(results.items()):
        precision, recall = np.mean(pairs, axis=0)
        f1 = 2 * precision * recall / (precision + recall)
        yield f"{name:12} n {len(pairs):4} F1 {f1:.4f} P {precision:.4f} R {recall:.4f}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    pages = list(examples())
    results: dict[str, list[tuple[float, float]]] = collections.defaultdict(list)
    for fold in range(FOLDS):
        use(fit([page for page in pages if page.fold != fold]))
        for page in (page for page in pages if page.fold == fold):
            for name in ("all", page.collection):
                results[name].append(measured(page))
    sys.stdout.writelines(report(results))
    if write:
        rounded = {name: round(weight, 3) for name, weight in fit(pages).items()}
        TARGET.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
