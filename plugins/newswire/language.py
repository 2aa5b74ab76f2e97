"""Which language a text is written in, and how probable that is.

Two engines and the words themselves are asked, and their evidence is added up as log-odds: lingua (n-grams of one to five
letters; the best on short texts), py3langid (byte n-grams; the best from 60 characters up) and wordfreq (how common each
word is in each language; decides between neighbours on one or two words; optional). How much each counts at which length
stands in `language_weights.json`, fitted by `tests/benchmarks/fit_language.py` by likelihood: the confidence is a probability.

Without wordfreq the module works with weights fitted without it: right in 94.4 instead of 96.1 % of Ukrainian, Russian and
English texts under 20 characters, and in 87.9 instead of 91.1 % over all languages; longer texts are hardly touched.

Dag files import this module: the engines and their data are loaded by the first call that needs them.
"""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from newswire.text import clean, repair_look_alikes

if TYPE_CHECKING:
    from lingua import LanguageDetector
    from py3langid.langid import LanguageIdentifier

LATIN = ("pl", "en", "de", "fr")
LANGUAGES = ("uk", "ru", "be", "bg", "mk", "sr", *LATIN, "kk")
"""What `detect` tells apart at any length."""

LISTED = frozenset(LANGUAGES) - {"be", "kk"}
"""Languages of which wordfreq has a list."""

OTHERS = (
    *("az", "ba", "bs", "ca", "cs", "cy", "da", "eo", "es", "et", "eu", "fi", "ga", "gl", "hr", "hu", "id", "is", "it", "ky"),
    *("lt", "lv", "mn", "ms", "nl", "no", "pt", "ro", "sk", "sl", "sq", "sv", "sw", "tg", "tr", "tt", "uz", "vi"),
)
"""Further languages in Latin or Cyrillic script that a text of `LONG` characters may turn out to be in."""

UNDECIDED = "und"
ENGINES = ("default", "langdetect")

LONG = 60
"""Characters from which py3langid alone is right often enough (99.9 %) to call a language that nobody expects."""

FOREIGN_LEAD = 2.5
"""How far a language that nobody expects must lead in py3langid's score. In 5,600 texts of the languages expected none led
by more than 0.6; of 2,900 texts in others 95 % lead by this much."""

EXPECTED_LEAD = 3.0
"""Log-odds (20 to 1) in favour of the one language that a source declares."""

CERTAIN_LEAD = 3.0
"""Lead in py3langid's score of the first over the second, from which on it alone decides texts of `LONG` characters: it was
right in all of more than 5,000 with such a lead, and nothing else need be asked (a third faster)."""

WORDS_LIMIT = 100
"""Characters up to which the words are looked up."""

RAW_LIMIT = 12_000
SAMPLE = 450
"""Characters that are read of a longer text, before and after cleaning: a third each from its start, middle and end. Only
the start would miss where a post in two languages goes on in the other one."""

UNSURE = 0.25
"""Confidence under which the answer is `und`."""

LINGUA_FLOOR = 1e-3
"""No language is less probable by lingua alone: it says 0 and 1 where a letter looks exclusive to it, and is wrong at times."""

WORD_FLOOR = 3e-7
"""Frequency of a word that wordfreq's small list does not have; the list ends at 1e-6."""

_MAY_BE_ADDRESS = re.compile(r"\S[.:]\S|@")
_ADDRESS = re.compile(
    r"https?:\S*|www\.\S+|[\w.+-]{0,64}@[\w.-]*"  # web addresses; e-mails and mentions
    r"|\b[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.(?:com|org|net|info|me|ua|ru|by|pl|tv|ly|li|io|gov|news)\b(?:/\S*)?"
)
_APOSTROPHES = re.compile("[’ʼ‘`´]")
_MARKS = re.compile("[\u0300-\u036f]")  # stress marks; those of й and ї are part of the letter after NFC
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_DRAWLED = re.compile(r"(\w)\1{2,}")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_LATIN = re.compile("[a-z]")
_KNOWN_LETTER = re.compile("[a-z\u00df-\u024f\u0400-\u052f]")
_OTHER_LETTER = re.compile(r"[^\W\d_a-z\u00df-\u024f\u0400-\u052f]")

_UKRAINIAN = re.compile("[іїєґ]")
_RUSSIAN = re.compile("[ыэъё]")
_NEITHER = re.compile("[ўәғқңөұүһ]")

_SERBIAN = str.maketrans(
    dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True)) | {"љ": "lj", "њ": "nj", "џ": "dž"}
)


class Detection(NamedTuple):
    """A language and how probable it is."""

    code: str
    """ISO 639-1, or `und` where undecidable."""
    confidence: float
    """0 to 1: of all answers with this confidence, so many are right. 0 with `und`."""


class Weights(NamedTuple):
    """What each kind of evidence counts at texts of `knots` characters, in between by the logarithm of the length."""

    knots: tuple[float, ...]
    evidence: tuple[tuple[float, ...], ...]
    """One row a kind of evidence, in the order of `Evidence`; one number a knot."""
    lean: Mapping[str, float]
    """What is added for a language in short texts, where the engines lean to others."""


class Evidence(NamedTuple):
    """What speaks for one language."""

    lingua: float
    """Logarithm of lingua's probability."""
    langid: float
    """py3langid's score over the square root of the number of bytes, which makes it alike for all lengths."""
    words: float
    """Sum over the words of the decimal logarithm of how much more common each is than a word that is not listed."""
    listed: float
    """Number of words that are listed."""
    unlisted: float
    """Number of words, where the language has no list."""


NOTHING = Detection(UNDECIDED, 0.0)


def detect(text: str, expected: Sequence[str] = (), engine: str = "default") -> Detection:
    """Return the language of a text and how probable it is; the same on every run, whatever the text.

    `expected` are the ISO 639-1 codes that the source declares. Two or more: others are called only on strong evidence
    in long texts. One: it is preferred where the text leaves doubt.

    Raises:
        ValueError: `engine` is none of `ENGINES`.
    """
    if engine not in ENGINES:
        raise ValueError(f"no language engine {engine!r}; there are: {', '.join(ENGINES)}")
    prepared = prepare(text)
    if _is_foreign(prepared):
        return NOTHING
    return _by_langdetect(prepared) if engine == "langdetect" else _by_evidence(prepared, expected)


def is_mixed(text: str) -> bool:
    """Return True where a text holds words with letters that only Ukrainian has, and words with letters that only Russian has.

    The fewer of both must be at least 5 % of the two together: a name quoted in a long text makes it not mixed.
    """
    lowered = _lowered(text)
    words = lowered.split()
    if _NEITHER.search(lowered) or "и" not in lowered:  # Kazakh or Belarusian, which have the letters of both
        return False
    ukrainian, russian = (sum(bool(letters.search(word)) for word in words) for letters in (_UKRAINIAN, _RUSSIAN))
    return min(ukrainian, russian) >= max(1, 0.05 * (ukrainian + russian))


def prepare(text: str) -> str:
    """Return a text's words as the engines read them best: lower case, one script, no addresses, numbers or emoji."""
    words = _DRAWLED.sub(r"\1", _lowered(text)).split()
    return _sample(" ".join(_of_one_script(words)), SAMPLE)


def candidates(prepared: str, expected: Sequence[str]) -> tuple[str, ...]:
    """Return the languages to decide between: those expected where they are two or more and write in the text's script."""
    chosen = tuple(code for code in LANGUAGES if code in expected)
    in_latin = not _CYRILLIC.search(prepared)
    return chosen if len(chosen) > 1 and any((code in LATIN) == in_latin for code in chosen) else LANGUAGES


def evidence(prepared: str, codes: tuple[str, ...]) -> dict[str, Evidence]:
    """Return what speaks for each of the languages in a prepared text."""
    ranking = dict(_langid(_known(prepared)).rank(f" {prepared} "))
    return _evidence(prepared, codes, ranking)


def knot_shares(length: int, knots: Sequence[float]) -> list[float]:
    """Return how much a text of this length belongs to each knot: to one, or to the two around it; the sum is 1."""
    x = math.log(min(max(length, knots[0]), knots[-1]))
    shares = [0.0] * len(knots)
    for i, (low, high) in enumerate(pairwise(map(math.log, knots))):
        if low <= x <= high:
            shares[i + 1] = (x - low) / (high - low)
            shares[i] = 1 - shares[i + 1]
            break
    return shares


def _lowered(text: str) -> str:
    """Return the words alone, in lower case and NFC, with one apostrophe and without Latin look-alikes in Cyrillic words."""
    text = clean(_sample(text, RAW_LIMIT).encode("utf-8", "ignore").decode()).lower()
    if _MAY_BE_ADDRESS.search(text):
        text = _ADDRESS.sub(" ", text)
    text = _APOSTROPHES.sub("'", _MARKS.sub("", text))
    if _CYRILLIC.search(text) and _LATIN.search(text):
        text = repair_look_alikes(text)
    return " ".join(_WORD.findall(text))


def _sample(text: str, size: int) -> str:
    if len(text) <= size:
        return text
    part, middle = size // 3, len(text) // 2
    return f"{text[:part]} {text[middle - part // 2 : middle + part // 2]} {text[-part:]}"


def _is_foreign(prepared: str) -> bool:
    """Return True for a text that has no letters, or as many in other scripts as in Latin and Cyrillic."""
    others = len(_OTHER_LETTER.findall(prepared))
    return len(_KNOWN_LETTER.findall(prepared)) <= others if others else not _KNOWN_LETTER.search(prepared)


def _of_one_script(words: list[str]) -> list[str]:
    """Return the words of the script that matters: a fifth in Cyrillic makes the Latin words names of things."""
    cyrillic = [word for word in words if _CYRILLIC.search(word)]
    if 5 * sum(map(len, cyrillic)) >= sum(map(len, words)):
        return cyrillic or words
    return [word for word in words if not _CYRILLIC.search(word)]


def _by_evidence(prepared: str, expected: Sequence[str]) -> Detection:
    codes = candidates(prepared, expected)
    ranking = dict(_langid(_known(prepared)).rank(f" {prepared} "))
    first = next(iter(ranking))
    lead = (ranking[first] - max(ranking[code] for code in codes)) / math.sqrt(len(prepared.encode()))
    if len(prepared) >= LONG and lead > FOREIGN_LEAD:
        if first in OTHERS:
            return Detection(first, 1 / (1 + math.exp(-lead)))
        codes = LANGUAGES
    scores = _scores(prepared, _evidence(prepared, codes, ranking))
    declared = [code for code in LANGUAGES if code in expected]
    if len(declared) == 1:
        scores[declared[0]] += EXPECTED_LEAD
    return _decided(scores)


def _known(prepared: str) -> tuple[str, ...]:
    return LANGUAGES + OTHERS if len(prepared) >= LONG else LANGUAGES


def _scores(prepared: str, found: Mapping[str, Evidence]) -> dict[str, float]:
    weights = _weights(has_words=_frequencies_of("en") is not None)
    shares = knot_shares(len(prepared), weights.knots)
    counts = [sum(map(float.__mul__, shares, row)) for row in weights.evidence]
    short = shares[0] + shares[1]
    return {code: sum(map(float.__mul__, counts, each)) + short * weights.lean.get(code, 0.0) for code, each in found.items()}


def _decided(scores: Mapping[str, float]) -> Detection:
    best = max(scores, key=scores.__getitem__)
    confidence = 1 / sum(math.exp(score - scores[best]) for score in scores.values())
    return Detection(best, round(confidence, 6)) if confidence >= UNSURE else NOTHING


def _evidence(prepared: str, codes: tuple[str, ...], ranking: Mapping[str, float]) -> dict[str, Evidence]:
    root = math.sqrt(len(prepared.encode()))
    first, second, *_ = sorted((ranking[code] for code in codes), reverse=True)
    langid = {code: (ranking[code] - first) / root for code in codes}
    if len(prepared) >= LONG and first - second >= CERTAIN_LEAD * root:
        return {code: Evidence(0.0, langid[code], 0.0, 0.0, 0.0) for code in codes}
    lingua = _by_lingua(prepared, codes)
    words = prepared.replace("-", " ").split() if len(prepared) < WORDS_LIMIT else []
    return {code: Evidence(lingua[code], langid[code], *_by_words(words, code)) for code in codes}


def _by_lingua(prepared: str, codes: tuple[str, ...]) -> dict[str, float]:
    """Return the logarithm of each language's probability by lingua.

    It reads the text without щ: by lingua's alphabets the letter is not Ukrainian, so that it rules out Ukrainian in a
    short text, and in a long one, together with і, leaves Kazakh alone.
    """
    values = _lingua(codes).compute_language_confidence_values(prepared.replace("щ", " "))
    return {value.language.iso_code_639_1.name.lower(): _rounded_log(value.value) for value in values}


def _rounded_log(probability: float) -> float:
    return round(math.log(max(probability, LINGUA_FLOOR)), 6)  # its last digits change from run to run


def _by_words(words: list[str], code: str) -> tuple[float, float, float]:
    listed = _frequencies_of(code)
    if listed is None:
        return 0.0, 0.0, float(len(words))
    if code == "sr":
        words = [word.translate(_SERBIAN) for word in words]
    found = [listed[word] for word in words if word in listed]
    return sum(math.log10(each / WORD_FLOOR) for each in found), float(len(found)), 0.0


def _by_langdetect(prepared: str) -> Detection:
    from langdetect import DetectorFactory, LangDetectException, detect_langs  # noqa: PLC0415 - heavy, and rarely the engine

    DetectorFactory.seed = 0  # else its answers change from call to call
    try:
        best = detect_langs(prepared)[0]
    except LangDetectException:
        return NOTHING
    return Detection(str(best.lang), min(float(best.prob), 1.0))


@cache
def _lingua(codes: tuple[str, ...]) -> LanguageDetector:
    """Return lingua for these languages; it loads its models by itself as they are needed, in half the time of all at once."""
    from lingua import IsoCode639_1, LanguageDetectorBuilder  # noqa: PLC0415 - Dag files import this module; lingua is heavy

    languages = map(IsoCode639_1.from_str, codes)
    return LanguageDetectorBuilder.from_iso_codes_639_1(*languages).build()


@cache
def _langid(codes: tuple[str, ...]) -> LanguageIdentifier:
    """Return py3langid for these languages: the fewer, the faster."""
    identifier = copy.copy(_whole_langid())  # they share the tables
    identifier.set_languages(codes)
    return identifier


@cache
def _whole_langid() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - Dag files import this module; numpy is heavy

    return LanguageIdentifier.from_model_file(MODEL_FILE)


@cache
def _frequencies_of(code: str) -> Mapping[str, float] | None:
    """Return how common each word of a language is; None where there is no list of it, or wordfreq is not installed."""
    if code not in LISTED or not find_spec("wordfreq"):
        return None
    name = "sh" if code == "sr" else code  # Serbian and its sisters, all in Latin script
    frequencies: Mapping[str, float] = import_module("wordfreq").get_frequency_dict(name, wordlist="small")
    return frequencies


@cache
def _weights(*, has_words: bool) -> Weights:
    fitted: dict[str, Any] = json.loads(Path(__file__).with_name("language_weights.json").read_text(encoding="utf-8"))
    model = fitted["with words" if has_words else "without words"]
    rows = tuple(tuple(map(float, model[kind])) for kind in Evidence._fields)
    return Weights(tuple(map(float, fitted["knots"])), rows, model["lean"])
