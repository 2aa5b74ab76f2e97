"""Set `newswire.language` beside each of its engines alone and beside langdetect, on the labelled texts beside the project.

    python -m tests.benchmarks.bench_language [--every N]

Prints for each the accuracy in % by length of the text (a <20, b 20-59, c 60-199, d 200+ characters; mean over the languages)
and the texts per CPU second with everything loaded. The engines take turns, so that a busy machine slows all alike.
langdetect knows 8 of the 11 languages and cannot be told which to expect; the others are given the same ones as ours.
Our figures are a little too good: the weights are fitted to these texts (`fit_language.py` prints them cross-validated).

Then how many texts are told in languages that a source of uk, ru and en does not declare.

Then how `judge` finds texts in two languages, made here of running text in one: how many are found, by the part of the second
language, and how many texts in one language, plain and with what news carry, are taken for such.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
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

PAIRS = (("uk", "ru"), ("ru", "uk"), ("uk", "en"), ("en", "uk"), ("ru", "en"), ("en", "ru"))
SIZES = (200, 400, 800, 4000)
PARTS = (0.3, 0.4, 0.5)
MADE = 200
"""Mixed texts of each pair, size and part; and texts in one language of each sort."""

NAMES = ["Apple Inc.", "YouTube", "Booking.com", "The New York Times", "Red Bull", "Patriot PAC-3", "Facebook, Instagram, TikTok"]
TAIL = "\n#новини #Kyiv #BreakingNews https://example.com/en/the-news-of-the-day-in-one-line?utm_source=the_app @some_channel"

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


def running(code: str, size: int, chance: random.Random) -> str:
    """Return about so many characters of whole words of running text in a language."""
    text = ""
    while len(text) < size:
        text += f" {chance.choice(long_texts(code))}"
    return text[: max(text.rfind(" ", 0, size + 1), 1)].strip()


@cache
def long_texts(code: str) -> list[str]:
    """Return the labelled texts of 60 characters and more in a language, but for posts, which are in two at times."""
    return [text for text, other, bucket in rows() if other == code and bucket in "cd" and "\n" not in text]


def undeclared() -> Iterator[str]:
    right, total = Counter[str](), Counter[str]()
    for text, code, bucket in rows():
        if code not in CORE:
            total[bucket] += 1
            right[bucket] += language.detect(text, CORE).code == code
    shares = " / ".join(f"{100 * right[bucket] / total[bucket]:.1f}" for bucket in "abcd")
    yield f"told in other languages, where {' '.join(CORE)} are declared: % right a / b / c / d {shares}\n"


def mixed(first: str, second: str, size: int, part: float, chance: random.Random) -> str:
    """Return a text of which a part is in the second language: behind, before or amid the first."""
    text, other = running(first, round(size * (1 - part)), chance), running(second, round(size * part), chance)
    cut = chance.choice([0, text.find(" ", len(text) // 2), len(text)])
    return f"{text[:cut]}\n{other}\n{text[cut:]}"


def with_names(text: str, chance: random.Random) -> str:
    """Return a text with a name in Latin letters behind each fifth sentence or so, and with a post's usual tail."""
    parts = [f"{part} ({chance.choice(NAMES)})" if chance.random() < 0.2 else part for part in text.split(". ")]
    return ". ".join(parts) + TAIL


def with_quotation(text: str, other: str, chance: random.Random) -> str:
    """Return a text with a sentence of about 90 characters in another language in its middle."""
    cut = text.find(" ", len(text) // 2)
    return f"{text[:cut]} «{running(other, 90, chance)}»{text[cut:]}"


def share_mixed(texts: Sequence[str]) -> float:
    return 100 * sum(language.judge(text, CORE).is_mixed for text in texts) / len(texts)


def found_mixed(chance: random.Random) -> Iterator[str]:
    yield f"texts in two languages found, %; by characters, with {' / '.join(f'{part:.0%}' for part in PARTS)} in the second\n"
    for first, second in PAIRS:
        for size in SIZES:
            made = ([mixed(first, second, size, part, chance) for _ in range(MADE)] for part in PARTS)
            yield f"  {first}+{second} {size:5}  {' / '.join(f'{share_mixed(texts):5.1f}' for texts in made)}\n"


def wrongly_mixed(chance: random.Random) -> Iterator[str]:
    yield "texts in one language called mixed, %\n"
    for code in CORE:
        yield f"  {code} as they are, from 60 characters   {share_mixed(long_texts(code)):5.2f}\n"
        plain = [running(code, size, chance) for size in SIZES for _ in range(MADE)]
        yield f"  {code} running text of {min(SIZES)} to {max(SIZES)}   {share_mixed(plain):5.2f}\n"
        yield f"  {code} the same, with names and a tail   {share_mixed([with_names(text, chance) for text in plain]):5.2f}\n"
    for code, other in (("uk", "ru"), ("ru", "uk")):
        quoting = [with_quotation(running(code, 1200, chance), other, chance) for _ in range(MADE)]
        yield f"  {code} article of 1200, a sentence quoted in {other}   {share_mixed(quoting):5.2f}\n"


def pace(chance: random.Random) -> Iterator[str]:
    for size in SIZES:
        texts = [running(chance.choice(CORE), size, chance) for _ in range(5 * MADE)]
        started = time.process_time()
        share_mixed(texts)
        yield f"judge, {size:5} characters: {len(texts) / (time.process_time() - started):8.0f} texts per CPU second\n"


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
    sys.stdout.writelines(undeclared())
    for lines in (found_mixed, wrongly_mixed, pace):
        sys.stdout.writelines(lines(random.Random(0)))


if __name__ == "__main__":
    main()
