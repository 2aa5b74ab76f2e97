"""Set `newswire.language` beside each of its engines alone and beside langdetect, on the labelled texts beside the project.

    python -m tests.benchmarks.bench_language [--every N]

Prints for each the accuracy in % by length of the text (a <20, b 20-59, c 60-199, d 200+ characters; mean over the languages)
and the texts per CPU second with everything loaded. The engines take turns, so that a busy machine slows all alike.
langdetect knows 8 of the 11 languages and cannot be told which to expect; the others are given the same ones as ours.
Our figures are a little too good: the weights are fitted to these texts (`fit_language.py` prints them cross-validated).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from langdetect import DetectorFactory, LangDetectException
from langdetect import detect as langdetect
from lingua import IsoCode639_1, LanguageDetectorBuilder
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from newswire import language
from tests.benchmarks.fit_language import CORE, TEXTS, rows

Detect = Callable[[str], str]

BATCH = 200
"""Texts after which it is the next one's turn: at each text they would push each other's tables out of the cache."""

WARM_UP = 23
"""One text in so many is read before the clock starts."""


def ours(expected: Sequence[str]) -> Detect:
    return lambda text: language.detect(text, expected).code


def langdetect_alone(text: str) -> str:
    try:
        return str(langdetect(text))
    except LangDetectException:
        return language.UNDECIDED


def lingua_alone(codes: Sequence[str]) -> Detect:
    detector = LanguageDetectorBuilder.from_iso_codes_639_1(*map(IsoCode639_1.from_str, codes)).build()

    def detect(text: str) -> str:
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else language.UNDECIDED

    return detect


def langid_alone(codes: Sequence[str]) -> Detect:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(codes)
    return lambda text: str(identifier.classify(text)[0])


def engines(codes: Sequence[str], expected: Sequence[str]) -> dict[str, Detect]:
    return {
        "ours": ours(expected),
        "langdetect": langdetect_alone,
        "lingua": lingua_alone(codes),
        "py3langid": langid_alone(codes),
    }


def bench(detectors: Mapping[str, Detect], texts: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    seconds = dict.fromkeys(detectors, 0.0)
    right: Counter[tuple[str, str, str]] = Counter()
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        for name, detect in detectors.items():
            started = time.process_time()
            found = [detect(text) for text, _, _ in batch]
            seconds[name] += time.process_time() - started
            right.update((name, bucket, code) for (_, code, bucket), each in zip(batch, found, strict=True) if each == code)
    total = Counter((bucket, code) for _, code, bucket in texts)
    for name in detectors:
        shares = " / ".join(f"{accuracy(right, total, name, bucket):6.2f}" for bucket in "abcd")
        yield f"  {name:12}{shares}{len(texts) / seconds[name]:10.0f}"


def accuracy(right: Counter[tuple[str, str, str]], total: Counter[tuple[str, str]], name: str, bucket: str) -> float:
    codes = [code for each, code in total if each == bucket]
    return sum(100 * right[name, bucket, code] / total[bucket, code] for code in codes) / len(codes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="read one text in so many")
    every = parser.parse_args().every
    if not TEXTS.exists():
        sys.exit(f"skipped: the labelled texts are not beside the project ({TEXTS})")
    DetectorFactory.seed = 0
    for codes, expected in ((CORE, CORE), (language.LANGUAGES, ())):
        texts = [row for row in islice(rows(), 0, None, every) if row[1] in codes]
        detectors = engines(codes, expected)
        for text, _, _ in texts[::WARM_UP]:
            for detect in detectors.values():
                detect(text)
        sys.stdout.write(f"{' '.join(codes)}, {len(texts)} texts: % right a / b / c / d, texts per CPU second\n")
        sys.stdout.writelines(f"{line}\n" for line in bench(detectors, texts))


if __name__ == "__main__":
    main()
