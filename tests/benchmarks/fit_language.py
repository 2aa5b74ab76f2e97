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
from collections.abc import Iterator, Mapping
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
RIDGE = 0.3
FOLDS = 10
STEPS = 100
"""Newton's method needs about ten."""

USED = {"lingua": range(4), "langid": range(2, 5), "words": range(5), "listed": range(3), "unlisted": range(3)}
"""At which of the knots each kind of evidence is asked for; at the others it adds nothing."""

IMPOSSIBLE = -1e9
"""Score of a language that does not write in the text's script, or is not expected."""

Floats = npt.NDArray[np.float64]


class Texts(NamedTuple):
    """Labelled texts as numbers."""

    x: Floats
    """Text, language, feature."""
    base: Floats
    """Text, language: 0, or `IMPOSSIBLE`."""
    alone: Floats
    """Text, language: the probability where the words decide alone, 0 elsewhere."""
    y: npt.NDArray[np.int64]
    """Index of the right language."""
    bucket: npt.NDArray[np.str_]
    fold: npt.NDArray[np.int64]
    codes: tuple[str, ...]

    def where(self, chosen: npt.NDArray[np.bool_]) -> Texts:
        """Return the chosen texts."""
        return Texts(*(each[chosen] for each in self[:6]), self.codes)


def rows() -> Iterator[tuple[str, str, str]]:
    for line in TEXTS.read_text(encoding="utf-8").split("\n")[1:]:
        if line:
            text, code, bucket, _ = line.rstrip("\r").split("\t")
            yield text.replace("\\n", "\n"), code, bucket


def read(codes: tuple[str, ...]) -> Texts:
    """Return the texts in these languages, to be told apart from each other only; a text is in the same fold in any set."""
    chance = np.random.default_rng(0)
    found = []
    for text, code, bucket in rows():
        fold, prepared = chance.integers(0, FOLDS), language.prepare(text)
        if code in codes and prepared:
            found.append((*features(prepared, codes), codes.index(code), bucket, fold))
    return Texts(*map(np.array, zip(*found, strict=True)), codes)


def features(prepared: str, codes: tuple[str, ...]) -> tuple[list[list[float]], list[float], list[float]]:
    shares = language.knot_shares(len(prepared), KNOTS)
    short = shares[0] + shares[1]
    found = language.evidence(prepared, language.candidates(prepared, codes))
    nothing = language.Evidence(0.0, 0.0, 0.0, 0.0, 0.0)
    lean = {code: [short * (code == other) for other in language.LANGUAGES] for code in codes}
    x = [[share * value for value in found.get(code, nothing) for share in shares] + lean[code] for code in codes]
    return x, [0.0 if code in found else IMPOSSIBLE for code in codes], alone(prepared, found, codes)


def alone(prepared: str, found: Mapping[str, language.Evidence], codes: tuple[str, ...]) -> list[float]:
    """Return the probabilities where the words decide alone; all languages together are what a source that declares none has."""
    declared = () if codes == language.LANGUAGES else codes
    words = {code: language.Words(*each[2:]) for code, each in found.items()}
    sure = language.by_words_alone(prepared, words, declared)
    return [sure.confidence * (code == sure.code) for code in codes]


def used() -> npt.NDArray[np.bool_]:
    """Return which features are fitted; the others count nothing."""
    counts = [knot in USED[kind] for kind in language.Evidence._fields for knot in range(len(KNOTS))]
    return np.array(counts + [True] * len(language.LANGUAGES))


def text_weights(texts: Texts) -> Floats:
    """Each language and bucket counts alike, as in the score; together as much as there are texts."""
    weights = np.zeros(len(texts.y))
    groups = [(texts.y == k) & (texts.bucket == b) for k in range(len(texts.codes)) for b in "abcd"]
    for group in groups:
        if group.any():
            weights[group] = len(texts.y) / len(groups) / group.sum()
    return weights * (texts.base[np.arange(len(texts.y)), texts.y] == 0)  # nothing is learnt from the impossible


def probabilities(scores: Floats) -> Floats:
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(scores / scores.sum(axis=1, keepdims=True))


def loss(texts: Texts, weights: Floats, beta: Floats) -> float:
    right = probabilities(texts.x @ beta + texts.base)[np.arange(len(texts.y)), texts.y]
    return float(-(weights * np.log(right + 1e-300)).sum() + RIDGE * (beta @ beta) / 2)


def newton_step(texts: Texts, weights: Floats, beta: Floats) -> Floats:
    n, _, size = texts.x.shape
    p = probabilities(texts.x @ beta + texts.base)
    off = p.copy()
    off[np.arange(n), texts.y] -= 1
    gradient = np.einsum("n,nk,nkf->f", weights, off, texts.x, optimize=True) + RIDGE * beta
    mean = np.einsum("nk,nkf->nf", p, texts.x)
    spread = (texts.x * (weights[:, None] * p)[:, :, None]).reshape(-1, size).T @ texts.x.reshape(-1, size)
    curvature = spread - (mean * weights[:, None]).T @ mean + RIDGE * np.eye(size)
    return np.asarray(np.linalg.solve(curvature, gradient))


def fit(texts: Texts) -> Floats:
    """Maximise the penalised likelihood by Newton's method, each step halved until it helps; return all weights."""
    mask = used()
    texts, weights = texts._replace(x=texts.x[:, :, mask]), text_weights(texts)
    beta = np.zeros(mask.sum())
    for _ in range(STEPS):
        step, before = newton_step(texts, weights, beta), loss(texts, weights, beta)
        scale = next((s for s in 0.5 ** np.arange(20) if loss(texts, weights, beta - s * step) < before), 0.0)
        beta = beta - scale * step
        if before - loss(texts, weights, beta) < 1e-6:
            break
    whole = np.zeros(len(mask))
    whole[mask] = beta
    return whole


def answers(texts: Texts, beta: Floats) -> Floats:
    """Return the probabilities as `detect` finds them: by the words alone, or by all; lingua about those within reach only."""
    by_lingua = np.arange(len(beta)) < len(KNOTS)  # its features come first
    first = texts.x @ np.where(by_lingua, 0.0, beta) + texts.base
    out = first < first.max(axis=1, keepdims=True) - language.REACH
    asked = probabilities(np.where(out, IMPOSSIBLE, texts.x @ beta + texts.base))
    return np.where(texts.alone.any(axis=1, keepdims=True), texts.alone, asked)


def cross_validated(texts: Texts, core: Texts) -> tuple[Floats, Floats]:
    """Return the probabilities for both sets, each text's by weights that were fitted to `texts` without its fold."""
    results = np.zeros(texts.base.shape), np.zeros(core.base.shape)
    for k in range(FOLDS):
        beta = fit(texts.where(texts.fold != k))
        for each, result in zip((texts, core), results, strict=True):
            result[each.fold == k] = answers(each.where(each.fold == k), beta)
    return results


def report(name: str, texts: Texts, p: Floats) -> Iterator[str]:
    right, sure = p.argmax(axis=1) == texts.y, p.max(axis=1)
    for bucket in "abcd":
        each = [right[(texts.bucket == bucket) & (texts.y == k)].mean() for k in range(len(texts.codes))]
        by_code = " ".join(f"{code} {100 * share:.1f}" for code, share in zip(texts.codes, each, strict=True))
        yield f"{name} {bucket} {100 * np.mean(each):.2f} {by_code}"
    bins = np.minimum((sure * 10).astype(int), 9)
    error = sum(abs(float((sure - right)[bins == b].sum())) for b in range(10)) / len(right)
    yield f"{name} calibration error {error:.4f}"
    for low, high in ((0.0, language.UNSURE), (language.UNSURE, 0.5), (0.5, 0.9), (0.9, 1.1)):
        within = (low <= sure) & (sure < high)
        yield f"{name} confidence from {low} to {min(high, 1.0)}: {within.sum()} texts, {right[within].sum()} right"


def as_model(beta: Floats) -> dict[str, object]:
    kinds, codes = language.Evidence._fields, language.LANGUAGES
    table = beta[: -len(codes)].reshape(len(kinds), len(KNOTS))
    model: dict[str, object] = {kind: [round(float(w), 3) for w in row] for kind, row in zip(kinds, table, strict=True)}
    lean = {code: round(float(w), 3) for code, w in zip(codes, beta[-len(codes) :], strict=True)}
    return {"knots": KNOTS} | model | {"lean": lean}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    texts, core = read(language.LANGUAGES), read(CORE)
    for name, each, p in zip(("all", "core"), (texts, core), cross_validated(texts, core), strict=True):
        sys.stdout.writelines(f"{line}\n" for line in report(name, each, p))
    if write:
        TARGET.write_text(json.dumps(as_model(fit(texts)), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
