"""Fit what each kind of evidence counts in `newswire.language`, from the labelled texts beside the project.

    python -m tests.benchmarks.fit_language [--write]

Prints the accuracy and the calibration error of ten-fold cross-validation, for all languages and for texts in uk, ru and en
that are expected to be in one of them; with --write it fits on all texts and writes `plugins/newswire/language_weights.json`.
Deterministic. The result is a conditional logit: a few dozen numbers, no word and no n-gram of the texts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from newswire import language

ROOT = Path(__file__).parents[2]
TEXTS = ROOT.parent / "shared/bench/language/data/dev.tsv"
TARGET = ROOT / "plugins/newswire/language_weights.json"
KNOTS = (6.0, 14.0, 35.0, 100.0, 250.0)
CORE = ("uk", "ru", "en")
RIDGE = 1.0
FOLDS = 10

USED = {"lingua": 4, "langid": 5, "words": 3, "listed": 3, "unlisted": 3}
"""At how many of the knots each kind of evidence is asked for; at the longer ones it is not looked up."""

WORD_KINDS = ("words", "listed", "unlisted")

Floats = npt.NDArray[np.float64]


class Texts(NamedTuple):
    """Labelled texts as numbers."""

    x: Floats
    """Text, language, feature."""
    y: npt.NDArray[np.int64]
    """Index of the right language."""
    bucket: npt.NDArray[np.str_]
    fold: npt.NDArray[np.int64]
    codes: tuple[str, ...]


def rows() -> Iterator[tuple[str, str, str]]:
    for line in TEXTS.read_text(encoding="utf-8").split("\n")[1:]:
        if line:
            text, code, bucket, _ = line.rstrip("\r").split("\t")
            yield text.replace("\\n", "\n"), code, bucket


def read(codes: tuple[str, ...]) -> Texts:
    """Return the texts in these languages, to be told apart from each other only; a text is in the same fold in any set."""
    chance = np.random.default_rng(0)
    x, y, buckets, folds = [], [], [], []
    for text, code, bucket in rows():
        fold, prepared = chance.integers(0, FOLDS), language.prepare(text)
        if code in codes and prepared:
            x.append(features(prepared, codes))
            y.append(codes.index(code))
            buckets.append(bucket)
            folds.append(fold)
    return Texts(np.array(x), np.array(y), np.array(buckets), np.array(folds), codes)


def features(prepared: str, codes: tuple[str, ...]) -> list[list[float]]:
    shares = language.knot_shares(len(prepared), KNOTS)
    found = language.evidence(prepared, codes)
    short = shares[0] + shares[1]
    lean = {code: [short * (code == other) for other in language.LANGUAGES] for code in codes}
    return [[share * value for value in found[code] for share in shares] + lean[code] for code in codes]


def used(*, has_words: bool) -> npt.NDArray[np.bool_]:
    kinds = language.Evidence._fields
    counts = [0 if kind in WORD_KINDS and not has_words else USED[kind] for kind in kinds]
    mask = [knot < count for count in counts for knot in range(len(KNOTS))]
    return np.array(mask + [True] * len(language.LANGUAGES))


def text_weights(texts: Texts) -> Floats:
    """Each language and bucket counts alike, as in the score; together as much as there are texts."""
    weights = np.zeros(len(texts.y))
    groups = [(texts.y == k) & (texts.bucket == b) for k in range(len(texts.codes)) for b in "abcd"]
    for group in groups:
        if group.any():
            weights[group] = len(texts.y) / len(groups) / group.sum()
    return weights


def probabilities(x: Floats, beta: Floats) -> Floats:
    scores = x @ beta
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(scores / scores.sum(axis=1, keepdims=True))


def fit(x: Floats, y: npt.NDArray[np.int64], weights: Floats) -> Floats:
    """Maximise the penalised likelihood by Newton's method, each step halved until it helps."""
    n, _, size = x.shape
    beta = np.zeros(size)

    def loss(beta: Floats) -> float:
        right = probabilities(x, beta)[np.arange(n), y]
        return float(-(weights * np.log(right + 1e-300)).sum() + RIDGE * (beta @ beta) / 2)

    for _ in range(100):
        p = probabilities(x, beta)
        off = p.copy()
        off[np.arange(n), y] -= 1
        gradient = np.einsum("n,nk,nkf->f", weights, off, x, optimize=True) + RIDGE * beta
        mean = np.einsum("nk,nkf->nf", p, x)
        spread = (x * (weights[:, None] * p)[:, :, None]).reshape(-1, size).T @ x.reshape(-1, size)
        step = np.linalg.solve(spread - (mean * weights[:, None]).T @ mean + RIDGE * np.eye(size), gradient)
        before = loss(beta)
        scale = next((s for s in 0.5 ** np.arange(20) if loss(beta - s * step) < before), 0.0)
        beta = beta - scale * step
        if before - loss(beta) < 1e-6:
            break
    return beta


def cross_validated(texts: Texts, core: Texts, mask: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the probabilities for both sets, each text's by weights that were fitted to `texts` without its fold."""
    x, weights = texts.x[:, :, mask], text_weights(texts)
    results = np.zeros(x.shape[:2]), np.zeros(core.x.shape[:2])
    for k in range(FOLDS):
        train = texts.fold != k
        beta = fit(x[train], texts.y[train], weights[train])
        for each, result in zip((texts, core), results, strict=True):
            result[each.fold == k] = probabilities(each.x[each.fold == k][:, :, mask], beta)
    return results


def report(name: str, texts: Texts, p: Floats) -> Iterator[str]:
    right = p.argmax(axis=1) == texts.y
    for bucket in "abcd":
        each = [right[(texts.bucket == bucket) & (texts.y == k)].mean() for k in range(len(texts.codes))]
        by_code = " ".join(f"{code} {100 * share:.1f}" for code, share in zip(texts.codes, each, strict=True))
        yield f"{name} {bucket} {100 * np.mean(each):.2f} {by_code}"
    sure = p.max(axis=1)
    bins = np.minimum((sure * 10).astype(int), 9)
    error = sum(abs(float((sure - right)[bins == b].sum())) for b in range(10)) / len(right)
    unsure = sure < language.UNSURE
    yield f"{name} calibration error {error:.4f}; und {unsure.sum()}, of which would be right {right[unsure].sum()}"


def as_model(beta: Floats, mask: npt.NDArray[np.bool_]) -> dict[str, object]:
    whole = np.zeros(len(mask))
    whole[mask] = beta
    kinds, codes = language.Evidence._fields, language.LANGUAGES
    table = whole[: -len(codes)].reshape(len(kinds), len(KNOTS))
    model: dict[str, object] = {kind: [round(float(w), 3) for w in row] for kind, row in zip(kinds, table, strict=True)}
    return model | {"lean": {code: round(float(w), 3) for code, w in zip(codes, whole[-len(codes) :], strict=True)}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    texts, core = read(language.LANGUAGES), read(CORE)
    fitted: dict[str, object] = {"knots": KNOTS}
    for name in ("with words", "without words"):
        mask = used(has_words=name == "with words")
        for of, each, p in zip(("all", "core"), (texts, core), cross_validated(texts, core, mask), strict=True):
            sys.stdout.writelines(f"{line}\n" for line in report(f"{name}, {of}:", each, p))
        fitted[name] = as_model(fit(texts.x[:, :, mask], texts.y, text_weights(texts)), mask)
    if write:
        TARGET.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
