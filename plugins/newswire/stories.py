"""Stories: which articles tell one event, across sources and languages. Pure functions."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from newswire.similarity import TOKEN, plain_number, probability, weight
from newswire.text import repair_look_alikes

STORY_HOURS = 72.0
"""Further apart, two articles tell two events."""

STORY_LEAD = 30
STORY_STEM = 5
"""Words of the text that count beside the title, and letters of each (fitted: 20 to 40 and 5 do alike; 60, or 6, do worse)."""

STORY_WEIGHTS = (-3.09, 4.14, 5.36)
"""Of the constant, the cosine of title and lead, and the cosine of the titles."""

_TRANSLITERATION = str.maketrans("абвгґдеєэёзиіыйїклмнопрстуфхц", "abvggdeeeeziiiiiklmnoprstufhc", "ьъ") | str.maketrans(
    {"ж": "zh", "ч": "ch", "ш": "sh", "щ": "sh", "ю": "iu", "я": "ia"}
)
"""Ukrainian and Russian letters as Latin ones, so that a name looks alike in uk, ru and en."""

_SPELLINGS = (
    ("kh", "h"),
    ("ph", "f"),
    ("ts", "c"),
    ("tz", "c"),
    ("ks", "x"),
    ("ya", "ia"),
    ("yu", "iu"),
    ("y", "i"),
    ("j", "i"),
    ("w", "v"),
)
_DOUBLE = re.compile(r"(.)\1")


_VOWELS = re.compile("[aeiou]")
_GOES_ON = re.compile(r"[\w,:;–—-]\s*[\"«„“(]?$")
"""What stands before a word that does not begin a sentence."""

_HINT_LETTERS = 4
_LEAST_HINTS = 2


@dataclass(frozen=True, slots=True)
class Telling:
    """Title and lead of an article as stems that are alike in Ukrainian, Russian and English."""

    title: tuple[str, ...]
    lead: tuple[str, ...]
    hints: frozenset[str]
    """What another language keeps: numbers, and the consonants of names, whose vowels change with the case."""
    language: str | None
    """ISO 639-1; None where unknown."""


def telling(title: str | None, text: str, language: str | None = None) -> Telling:
    """Make an article ready for `same_story`; only the first words of the text count. A post without a title is all text."""
    titles, begins = _words(title or ""), _words(text[: 40 * STORY_LEAD])[:STORY_LEAD]
    hints = frozenset(hint for words in (titles, begins) for hint in _hints(words))
    return Telling(_latin_stems(titles), _latin_stems(begins), hints, language)


def _words(raw: str) -> list[tuple[str, bool]]:
    """Return the words and numbers of a text, and which of them are names."""
    plain = unicodedata.normalize("NFKC", raw)
    found = ((match[0], plain[max(0, match.start() - 4) : match.start()]) for match in TOKEN.finditer(plain))
    return [(repair_look_alikes(word.casefold()), word[0].isupper() and bool(_GOES_ON.search(before))) for word, before in found]


def _latin_stems(words: Iterable[tuple[str, bool]]) -> tuple[str, ...]:
    return tuple(plain_number(word) if word[0].isdecimal() else _latin(word)[:STORY_STEM] for word, _ in words)


def _hints(words: Iterable[tuple[str, bool]]) -> Iterator[str]:
    for word, is_name in words:
        if word[0].isdecimal():
            yield plain_number(word)
        elif is_name and len(consonants := _VOWELS.sub("", _latin(word))) > 1:
            yield consonants[:_HINT_LETTERS]


@lru_cache(maxsize=2**15)
def _latin(word: str) -> str:
    latin = word.translate(_TRANSLITERATION)
    for spelling, plain in _SPELLINGS:
        latin = latin.replace(spelling, plain)
    return _DOUBLE.sub(r"\1", latin) or word


def same_story(a: Telling, b: Telling, hours: float | None = None) -> float:
    """Return how probable it is that two articles tell one event, 0 to 1; `hours` lie between them.

    Two languages are compared by names and numbers, of which two must agree; that was tried on made-up news only.
    """
    if (hours or 0.0) > STORY_HOURS:
        return 0.0
    translated = a.language is not None and b.language is not None and a.language != b.language
    if translated and len(a.hints & b.hints) < _LEAST_HINTS:
        return 0.0
    figures = (translation_evidence if translated else story_evidence)(a, b)
    return probability(STORY_WEIGHTS, (1.0, *figures))


def translation_evidence(a: Telling, b: Telling) -> tuple[float, float]:
    """Return how far the names and numbers agree, in the place of both cosines of `story_evidence`."""
    cosine = _cosine(dict.fromkeys(a.hints, 1), dict.fromkeys(b.hints, 1))
    return cosine, cosine


def story_evidence(a: Telling, b: Telling) -> tuple[float, float]:
    """Return the cosines of title and lead together, and of the titles alone."""
    whole = _cosine(Counter(a.title * 2 + a.lead), Counter(b.title * 2 + b.lead))
    return whole, _cosine(Counter(a.title), Counter(b.title))


def _cosine(a: Mapping[str, int], b: Mapping[str, int]) -> float:
    one, other = ({stem: (1 + math.log(count)) * weight(stem) for stem, count in counts.items()} for counts in (a, b))
    product = math.fsum(one[stem] * other[stem] for stem in one.keys() & other.keys())
    return product / (math.hypot(*one.values()) * math.hypot(*other.values()) or 1.0)
