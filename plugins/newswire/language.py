"""Which language a text is written in, how probable that is, and whether it is in two.

The method, the cheap before the costly:

1. `prepare` reduces the text to its words: lower case, no addresses, numbers or emoji, one script; of a long text a sample.
   Nothing left, or as many letters of other scripts as of Latin and Cyrillic: `und`.
2. `candidates` are the languages to decide between first: those of the text's script, of these the ones that the source declares.
3. wordfreq tells how common each word is in each candidate. Most texts of a few lines have so many words that are common in
   one alone that nobody else need be asked (`_by_words_alone`).
4. py3langid (n-grams of bytes; the best from 60 characters up) scores the languages; not in the shortest texts. Unless it puts a
   declared one first, all of the script take part, and what the source declares is worth a lead. In a long text it may also call
   a language that is none of these, when that leads by far.
5. lingua (n-grams of one to five letters; the best on short texts) is asked about those only that are still within `REACH` of
   the best. In most texts that is one alone, so that there is nothing to ask.
6. What each of these says is multiplied by its weight at the text's length and added up; the sums are log-odds, so that the
   confidence is a probability. Under `UNSURE`: `und`.

A text is in two languages where the word lists give each of them its share of the words (`is_mixed`).

The weights stand in `language_weights.json`. `tests/benchmarks/fit_language.py` fits them by likelihood (a conditional logit)
and cross-validates them; `tests/benchmarks/bench_language.py` sets the result beside each engine alone.

Dag files import this module, and tasks are short: each engine, and each language's data, is loaded by the first text that
needs it. On a quiet core py3langid takes 0.6 s, wordfreq 0.2 s, each language of lingua 0.2 s; most long texts need wordfreq
alone.
"""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from newswire.model import Judgement
from newswire.text import clean, repair_look_alikes

if TYPE_CHECKING:
    from lingua import LanguageDetector
    from py3langid.langid import LanguageIdentifier

CYRILLIC = ("uk", "ru", "be", "bg", "mk", "sr", "kk")
LATIN = ("pl", "en", "de", "fr", "sr")
LANGUAGES = tuple(dict.fromkeys(CYRILLIC + LATIN))
"""What `detect` tells apart at any length."""

UNLISTED = frozenset({"be", "kk"})
"""Languages of which wordfreq has no list."""

OTHERS_IN_CYRILLIC = ("ba", "ky", "mn", "tg", "tt", "uz")
OTHERS_IN_LATIN = (
    *("az", "bs", "ca", "cs", "cy", "da", "eo", "es", "et", "eu", "fi", "ga", "gl", "hr", "hu", "id", "is", "it", "lt", "lv"),
    *("ms", "nl", "no", "pt", "ro", "sk", "sl", "sq", "sv", "sw", "tr", "tt", "uz", "vi"),
)
"""Further languages that a text of `LONG` characters may turn out to be in."""

UNDECIDED = "und"
ENGINES = ("default", "langdetect")

LONG = 60
"""Characters from which py3langid alone is right often enough (99.9 %) to call a language that nobody expects."""

FOREIGN_LEAD = 2.5
"""How far a language that nobody expects must lead in py3langid's score. In 5,600 texts of the languages expected none led
by more than 0.6; of 2,900 texts in others 99 % lead by this much."""

EXPECTED_LEAD = 3.0
"""Log-odds (20 to 1) in favour of the one language that a source declares."""

DECLARED_LEAD = 4.0
"""The same where a source declares two or more languages, which are all that it writes in, in favour of each of them. Of the
labelled texts in uk, ru and en none is lost to another language so; of those in others 94 % of 20 to 59 characters, and 46 %
of shorter ones, are told in spite of it."""

REACH = 7.0
"""Log-odds behind the best by py3langid and wordfreq, up to which a language may still win by lingua. In cross-validation no
answer differs from those without a limit; with 6 none either."""

STRANGER_REACH = 1.0
"""The same for the languages that are none of two or more declared: each takes lingua 0.1 to 0.2 s to load, and is hardly ever
meant. (With 2, 96 % of 20 to 59 characters would be told, and five times as many texts would load one.)"""

LANGID_FROM = 15
"""Characters from which py3langid is asked. In shorter texts it only guesses: cross-validation is no better with it."""

WORDS_LEAD = 6.0
LONG_WORDS_LEAD = 15.0
WORDS_COMMON = 2.0
"""By how many powers of ten the words must be more common in one language than in any other, and how many each must be more
common on average than a word that is not listed, to decide alone: in a text under `LONG`, and in one that may also be in a
language that nobody expects. Where uk, ru and en are expected they so decide three texts of 20 to 59 characters in seven, two
of 60 to 199 in three, and nine of ten longer ones, none wrongly; with a lead of 4 in the short ones none either. Of 2,900 long
texts in languages that were not expected none is decided so; with a lead of 12 three are."""

WORDS_WEIGHT = 1.0
"""What a power of ten counts in log-odds where the words decide alone. In texts of one line the weights give a word of three
of them 3.4, for the three and for being listed."""

RAW_LIMIT = 1_200
RAW_PARTS = 8
"""Characters that are read of a longer text before cleaning, in so many parts at even distances: where a text goes on in
another language, some of them lie behind that."""

SAMPLE = 300
SAMPLE_PARTS = 3
"""Characters that are read of a longer text after cleaning, for its language. Only the start would miss where a post in two
languages goes on in the other one. With 300 no answer is worse than with 450, and reading takes a third less; with 240 posts
in two languages suffer."""

UNSURE = 0.25
"""Confidence under which the answer is `und`. Between this and a half the answers are right as often as they claim (63 of 167
in cross-validation): who needs more certainty asks for more confidence."""

MIXABLE = ("uk", "ru", "en")
"""The languages of which `is_mixed` finds two in a text: those that sources here do mix."""

MIXED_SHARE = 0.15
"""The least part that the second of Ukrainian and Russian must have in the words that tell them apart. With a tenth, texts in
one language called mixed are several times as many; with a fifth, one in ten of the mixed texts of 200 characters is missed."""

MIXED_LETTERS = 0.2
"""The least part that either of English and Cyrillic must have in the letters, which are told apart without doubt. With 0.15,
three in a hundred posts of 200 characters with names of newspapers and firms are called mixed."""

MIXED_WORDS = 3
"""The fewest words that speak for the second language: a name or a saying in it does not make a text mixed."""

ENGLISH_WORDS = 5
"""The fewest words of the second script, so that names of a few words do not make a text mixed."""

ENGLISH_COMMON = 2.2
"""How common the Latin words must be in English on average (as `WORDS_COMMON`): those of sentences are, names are not."""

IN_SENTENCES = 3.3
"""How common a word is (as `Words.lead`) of which sentences have one in ten and lists of names none: the hundred commonest."""

TELLING = 1.0
"""By how many powers of ten a word must be more common in Ukrainian than in Russian to speak for it, or the other way round."""

LINGUA_FLOOR = 1e-3
"""No language is less probable by lingua alone: it says 0 and 1 where a letter looks exclusive to it, and is wrong at times."""

WORD_FLOOR = 3e-7
"""Frequency of a word that wordfreq's small list does not have; the list ends at 1e-6."""

_MAY_BE_ADDRESS = re.compile(r"[.:]\S")
_ADDRESS = re.compile(
    r"https?:\S*|www\.\S+"
    r"|\b[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.(?:com|org|net|info|me|ua|ru|by|pl|tv|ly|li|io|gov|news)\b(?:/\S*)?"
)
_MENTION = re.compile(r"[\w.+-]{0,64}@[\w.-]*")  # what is left of an e-mail too
_APOSTROPHES = re.compile("[’ʼ‘`´]")
_MARKS = re.compile("[\u0300-\u036f]")  # stress marks; those of й and ї are part of the letter after NFC
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_DRAWLED = re.compile(r"(\w)\1{2,}")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_NOT_CYRILLIC = re.compile(r"[^\W\d_\u0400-\u052f]")
_MIXED_WORD = re.compile("[a-z][\u0400-\u052f]|[\u0400-\u052f][a-z]")
_KNOWN_LETTER = re.compile("[a-z\u00df-\u024f\u0400-\u052f]")
_OTHER_LETTER = re.compile(r"[^\W\d_a-z\u00df-\u024f\u0400-\u052f]")

_UKRAINIAN = re.compile("[іїєґ]")
_RUSSIAN = re.compile("[ыэъё]")

_SERBIAN = str.maketrans(
    dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True)) | {"љ": "lj", "њ": "nj", "џ": "dž"}
)


class Detection(NamedTuple):
    """A language and how probable it is."""

    code: str
    """ISO 639-1, or `und` where undecidable."""
    confidence: float
    """0 to 1: of all answers with this confidence, so many are right. 0 with `und`."""


class Words(NamedTuple):
    """What the words of a text say about one language."""

    lead: float
    """Sum over the words of the powers of ten by which each is more common than a word that is not listed."""
    listed: float
    """Number of words that are listed."""
    unlisted: float
    """Number of words, where the language has no list."""


class Evidence(NamedTuple):
    """What speaks for one language, or what each kind of it counts."""

    lingua: float
    """Logarithm of lingua's probability."""
    langid: float
    """py3langid's score over the square root of the number of bytes, which makes it alike for all lengths."""
    words: float
    """`Words.lead`."""
    listed: float
    """`Words.listed`."""
    unlisted: float
    """`Words.unlisted`."""


class Weights(NamedTuple):
    """What is fitted."""

    knots: tuple[float, ...]
    """Lengths in characters; a text between two of them takes its weights from both, by the logarithm of its length."""
    counts: tuple[tuple[float, ...], ...]
    """One row a kind of evidence, in the order of `Evidence`; one number a knot."""
    lean: Mapping[str, float]
    """What is added for a language in short texts, where the engines lean to others."""


NOTHING = Detection(UNDECIDED, 0.0)


def judge(text: str, expected: Sequence[str] = (), engine: str = "default") -> Judgement:
    """Return the language of a text, how probable it is, and whether the text is in two.

    `expected`, `engine` and the error: as with `detect`.
    """
    words = _lowered(text)
    found = _detected(_prepared(words), expected, engine)
    return Judgement(found.code, found.confidence, found.code in MIXABLE and _is_mixed(words))


def detect(text: str, expected: Sequence[str] = (), engine: str = "default") -> Detection:
    """Return the language of a text and how probable it is; the same on every run, whatever the text.

    `und` with confidence 0 where nothing can be said: no words (numbers, emoji, addresses alone), a foreign script (at least
    as many letters in others as in Latin and Cyrillic), or a confidence under `UNSURE`.

    `expected` are the ISO 639-1 codes that the source declares: preferred where the text leaves doubt, more so where it declares
    two or more. A text that is surely in another language is told to be in that.

    Raises:
        ValueError: `engine` is none of `ENGINES`.
    """
    return _detected(prepare(text), expected, engine)


def is_mixed(text: str) -> bool:
    """Return True where a text is in two of Ukrainian, Russian and English, each with about a fifth of it or more.

    Names and brands in Latin letters, addresses and hashtags are no English; a sentence quoted in a long article stays under
    the share.
    """
    return judge(text).is_mixed


def prepare(text: str) -> str:
    """Return a text's words as the engines read them best: lower case, one script, no addresses, numbers or emoji.

    Nothing is left of a text in a foreign script.
    """
    return _prepared(_lowered(text))


def candidates(prepared: str, expected: Sequence[str]) -> tuple[str, ...]:
    """Return the languages to decide between first: those of the text's script, the expected ones where two or more are."""
    native = _native(prepared)
    if len(set(expected).intersection(LANGUAGES)) > 1:
        return tuple(code for code in native if code in expected) or native
    return native


def evidence(prepared: str, codes: tuple[str, ...]) -> dict[str, Evidence]:
    """Return all that speaks for each of the languages in a prepared text, lingua's word included."""
    by_lingua = _by_lingua(prepared, codes)
    found = _by_langid_and_words(_by_langid(prepared), _by_words(prepared, codes))
    return {code: each._replace(lingua=by_lingua[code]) for code, each in found.items()}


def by_words_alone(prepared: str, found: Mapping[str, Words], declared: Sequence[str]) -> Detection:
    """Return the language that the words decide for alone, or `und`: too few, or common in another language too.

    Of Belarusian and Kazakh there are no lists: where they may be meant, only a language that the source declares is sure.
    """
    best = max(found, key=lambda code: found[code].lead)
    lead = found[best].lead - max((each.lead for code, each in found.items() if code != best), default=0.0)
    if lead < (WORDS_LEAD if len(prepared) < LONG else LONG_WORDS_LEAD) or found[best].lead < WORDS_COMMON * len(
        _split(prepared)
    ):
        return NOTHING
    if UNLISTED.intersection(found) and best not in declared:
        return NOTHING
    return Detection(best, round(1 / (1 + math.exp(-WORDS_WEIGHT * lead)), 6))


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
    text = clean(_excerpt(text).encode("utf-8", "ignore").decode()).lower()
    if _MAY_BE_ADDRESS.search(text):
        text = _ADDRESS.sub(" ", text)
    if "@" in text:
        text = _MENTION.sub(" ", text)
    text = _APOSTROPHES.sub("'", _MARKS.sub("", text))
    if _MIXED_WORD.search(text):
        text = repair_look_alikes(text)
    return " ".join(_WORD.findall(text))


def _prepared(words: str) -> str:
    return "" if _is_foreign(words) else _DRAWLED.sub(r"\1", _sample(_of_one_script(words)))


def _excerpt(text: str) -> str:
    """Return what is read of a text: all, or parts of whole words, because half an address would be read as words."""
    if len(text) <= RAW_LIMIT:
        return text
    return " ".join(" ".join(part.split()[1:-1]) for part in _parts(text, RAW_LIMIT, RAW_PARTS))


def _sample(words: str) -> str:
    return words if len(words) <= SAMPLE else " ".join(_parts(words, SAMPLE, SAMPLE_PARTS))


def _parts(text: str, size: int, count: int) -> Iterator[str]:
    """Yield so many parts of a text, of this size together, at even distances from its start to its end."""
    part = size // count
    for i in range(count):
        start = (len(text) - part) * i // (count - 1)
        yield text[start : start + part]


def _is_foreign(words: str) -> bool:
    """Return True where there are no letters, or as many in other scripts as in Latin and Cyrillic."""
    others = len(_OTHER_LETTER.findall(words))
    return len(_KNOWN_LETTER.findall(words)) <= others if others else not _KNOWN_LETTER.search(words)


def _of_one_script(text: str) -> str:
    """Return the words of the script that matters: a fifth in Cyrillic makes the Latin words names of things."""
    if not _CYRILLIC.search(text) or not _NOT_CYRILLIC.search(text):
        return text
    words = text.split()
    cyrillic = [word for word in words if _CYRILLIC.search(word)]
    if 5 * sum(map(len, cyrillic)) >= sum(map(len, words)):
        return " ".join(cyrillic)
    return " ".join(word for word in words if not _CYRILLIC.search(word))


def _native(prepared: str) -> tuple[str, ...]:
    return CYRILLIC if _CYRILLIC.search(prepared) else LATIN


def _detected(prepared: str, expected: Sequence[str], engine: str) -> Detection:
    if engine not in ENGINES:
        raise ValueError(f"no language engine {engine!r}; there are: {', '.join(ENGINES)}")
    if not prepared:
        return NOTHING
    return _by_langdetect(prepared) if engine == "langdetect" else _by_evidence(prepared, expected)


def _by_evidence(prepared: str, expected: Sequence[str]) -> Detection:
    codes = candidates(prepared, expected)
    words = _by_words(prepared, codes)
    alone = by_words_alone(prepared, words, expected)
    if alone != NOTHING:
        return alone
    by_langid = _by_langid(prepared)
    first = next(iter(by_langid))
    lead = by_langid[first] - max(by_langid[code] for code in codes)
    if len(prepared) >= LONG and first not in LANGUAGES and lead > FOREIGN_LEAD:
        return Detection(first, 1 / (1 + math.exp(-lead)))
    if lead > 0 or len(prepared) < LANGID_FROM:  # else the other languages need not be looked at, nor their lists be loaded
        words |= _by_words(prepared, tuple(code for code in _native(prepared) if code not in words))
    return _decided(_scores(prepared, _by_langid_and_words(by_langid, words), expected))


def _scores(prepared: str, found: Mapping[str, Evidence], expected: Sequence[str]) -> dict[str, float]:
    """Return the log-odds of the languages that it may be."""
    counts, lean = _counts(len(prepared))
    declared = set(expected).intersection(LANGUAGES)
    are_all = len(declared) > 1 and not declared.isdisjoint(found)
    lead, reach = (DECLARED_LEAD, STRANGER_REACH) if are_all else (EXPECTED_LEAD, REACH)
    scores = {code: _weighed(counts, each) + lean[code] + lead * (code in declared) for code, each in found.items()}
    best = max(scores.values())
    rivals = tuple(code for code in scores if scores[code] >= best - (REACH if code in declared else reach))
    by_lingua = _by_lingua(prepared, rivals)
    return {code: scores[code] + counts.lingua * by_lingua[code] for code in rivals}


def _weighed(counts: Evidence, found: Evidence) -> float:
    return sum(map(float.__mul__, counts, found))


def _decided(scores: Mapping[str, float]) -> Detection:
    best = max(scores, key=scores.__getitem__)
    confidence = 1 / sum(math.exp(score - scores[best]) for score in scores.values())
    return Detection(best, round(confidence, 6)) if confidence >= UNSURE else NOTHING


def _by_langid(prepared: str) -> dict[str, float]:
    """Return py3langid's score of each language that it may be, best first, over the square root of the number of bytes."""
    native = _native(prepared)
    if len(prepared) < LANGID_FROM:
        return dict.fromkeys(native, 0.0)
    others = OTHERS_IN_CYRILLIC if native is CYRILLIC else OTHERS_IN_LATIN
    root = math.sqrt(len(prepared.encode()))
    return {code: score / root for code, score in _langid(native + others).rank(f" {prepared} ")}


def _by_langid_and_words(by_langid: Mapping[str, float], words: Mapping[str, Words]) -> dict[str, Evidence]:
    best = max(by_langid[code] for code in words)
    return {code: Evidence(0.0, by_langid[code] - best, *each) for code, each in words.items()}


def _by_lingua(prepared: str, codes: tuple[str, ...]) -> dict[str, float]:
    """Return the logarithm of each language's probability by lingua.

    It reads the text without щ: by lingua's alphabets the letter is not Ukrainian, so that it rules out Ukrainian in a
    short text, and in a long one, together with і, leaves Kazakh alone.
    """
    if len(codes) == 1:
        return {codes[0]: 0.0}
    values = _lingua(codes).compute_language_confidence_values(prepared.replace("щ", " "))
    return {value.language.iso_code_639_1.name.lower(): _rounded_log(value.value) for value in values}


def _rounded_log(probability: float) -> float:
    return round(math.log(max(probability, LINGUA_FLOOR)), 6)  # its last digits change from run to run


def _by_words(prepared: str, codes: tuple[str, ...]) -> dict[str, Words]:
    words = _split(prepared)
    return {code: _words_in(words, code) for code in codes}


def _words_in(words: list[str], code: str) -> Words:
    if code in UNLISTED:
        return Words(0.0, 0.0, float(len(words)))
    if code == "sr":
        words = [word.translate(_SERBIAN) for word in words]
    common = commonness(code)
    found = [common[word] for word in words if word in common]
    return Words(sum(found), float(len(found)), 0.0)


def _split(words: str) -> list[str]:
    return words.replace("-", " ").split()


def _is_mixed(lowered: str) -> bool:
    cyrillic, others = _by_script(_split(lowered))
    return _is_partly_english(cyrillic, others) or _is_ukrainian_and_russian(cyrillic)


def _by_script(words: list[str]) -> tuple[list[str], list[str]]:
    cyrillic = [word for word in words if "\u0400" <= word[0] <= "\u052f"]
    if len(cyrillic) == len(words):
        return cyrillic, []
    return cyrillic, [word for word in words if not "\u0400" <= word[0] <= "\u052f"]


def _is_partly_english(cyrillic: list[str], latin: list[str]) -> bool:
    """Return True where both scripts have a share in the letters, and in both there are sentences, not names alone."""
    letters = sum(map(len, cyrillic)), sum(map(len, latin))
    if min(len(cyrillic), len(latin)) < ENGLISH_WORDS or min(letters) < MIXED_LETTERS * sum(letters):
        return False
    return _mean_commonness(latin) >= ENGLISH_COMMON and _has_sentences(cyrillic)


def _mean_commonness(words: list[str]) -> float:
    common = commonness("en")
    return sum(common.get(word, 0.0) for word in words) / len(words)


def _has_sentences(words: list[str]) -> bool:
    return any(max(commonness("uk").get(word, 0.0), commonness("ru").get(word, 0.0)) >= IN_SENTENCES for word in words)


def _is_ukrainian_and_russian(words: list[str]) -> bool:
    listed = _ukrainian_or_russian()
    sides = [listed[word] if word in listed else _by_letters(word) for word in words]
    ukrainian, russian = sides.count("uk"), sides.count("ru")
    return min(ukrainian, russian) >= max(MIXED_WORDS, MIXED_SHARE * (ukrainian + russian))


@cache
def _ukrainian_or_russian() -> Mapping[str, str]:
    """Return for each word of the two lists which of the languages it speaks for; empty where for neither."""
    ukrainian, russian = commonness("uk"), commonness("ru")
    leads = {word: ukrainian.get(word, 0.0) - russian.get(word, 0.0) for word in (*ukrainian, *russian)}
    return {word: ("uk" if lead > 0 else "ru") if abs(lead) >= TELLING else _by_letters(word) for word, lead in leads.items()}


def _by_letters(word: str) -> str:
    if _UKRAINIAN.search(word):
        return "uk"
    return "ru" if _RUSSIAN.search(word) else ""


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
    """Return lingua for these languages; all such share its models, which it loads by itself as they are needed."""
    from lingua import IsoCode639_1, LanguageDetectorBuilder  # noqa: PLC0415 - Dag files import this module; lingua is heavy

    languages = map(IsoCode639_1.from_str, codes)
    return LanguageDetectorBuilder.from_iso_codes_639_1(*languages).build()


@cache
def _langid(codes: tuple[str, ...]) -> LanguageIdentifier:
    """Return py3langid for these languages: the fewer, the faster."""
    import numpy as np  # noqa: PLC0415 - Dag files import this module; numpy is heavy

    identifier = copy.copy(_whole_langid())  # they share the tables
    identifier.set_languages(codes)
    # left in 16 bits, its numbers are converted at each call: a fifth of the time
    identifier.nb_ptc = np.ascontiguousarray(identifier.nb_ptc, dtype=np.float32)
    return identifier


@cache
def _whole_langid() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - Dag files import this module; numpy is heavy

    return LanguageIdentifier.from_model_file(MODEL_FILE)


@cache
def commonness(code: str) -> Mapping[str, float]:
    """Return by how many powers of ten each word of a language's list is more common in it than a word that is not listed."""
    from wordfreq import get_frequency_dict  # noqa: PLC0415 - Dag files import this module; wordfreq is heavy

    listed = get_frequency_dict("sh" if code == "sr" else code, wordlist="small")  # Serbian and its sisters, all in Latin script
    return {word: math.log10(frequency / WORD_FLOOR) for word, frequency in listed.items()}


@cache
def _counts(length: int) -> tuple[Evidence, Mapping[str, float]]:
    """Return what each kind of evidence counts at texts of this length, and what is added for each language."""
    weights = _weights()
    shares = knot_shares(length, weights.knots)
    short = shares[0] + shares[1]
    counts = Evidence(*(sum(map(float.__mul__, shares, row)) for row in weights.counts))
    return counts, {code: short * each for code, each in weights.lean.items()}


@cache
def _weights() -> Weights:
    fitted: dict[str, Any] = json.loads(Path(__file__).with_name("language_weights.json").read_text(encoding="utf-8"))
    rows = tuple(tuple(map(float, fitted[kind])) for kind in Evidence._fields)
    return Weights(tuple(map(float, fitted["knots"])), rows, fitted["lean"])
