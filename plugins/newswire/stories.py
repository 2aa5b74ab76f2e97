"""Stories: which articles tell one event, across sources and languages. Pure functions.

The way of an article: `telling` once, `keys` for the table that finds candidates, `same_story` against each of them.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations, islice

from newswire.similarity import TOKEN, plain_number, probability, weight
from newswire.text import repair_look_alikes

STORY_HOURS = 72.0
"""Further apart, two articles tell two events."""

# --- limits and weights

LEAD = 30
_STEM = 5
"""Words of the text that count beside the title, and letters of each (fitted: 20 to 40 and 5 do alike; 60, or 6, do worse)."""

_TITLE = 20
"""Words of a title that count; a post's first sentence does for one."""

_WEIGHTS = (-3.09, 4.14, 5.36)
"""Of the constant, the cosine of title and lead, and the cosine of the titles."""

_TRANSLATION_WEIGHTS = (-9.04, 4.22, 2.33, 2.76)
"""Of the constant, the cosine of names and numbers, that of all roots, and how much the common roots weigh. Fitted on the 109
news documents of the WMT 2022 test sets that are there in two or three languages. Cross-validated, these find 97 % of the
editions in uk-ru, 65 % in uk-en and ru-en, and call 8 of 18,036 pairs of other documents one story, some of which tell of one
vote or study."""

_FORMULA = 0.9
_OLD_FORMULA = 0.7
_OLD_HOURS = 18.0
_SAME_NUMBERS = 0.5
"""Titles that agree so far and differ in their numbers alone are two bulletins («Прогноз погоди на 8 листопада»). 18 hours later
less will do, unless half of the numbers in title and lead are the same: the same words again are the next day's. Of 504 pairs of
bulletins within 72 hours (facts: duplicates) 298 would tell one story without this."""

_RANK_KEPT = 2**61
_PAIRS_OF_NAMES = 2
_LEAST_KEYS = 16
_MOST_KEYS = 48
"""Hashes of pairs of roots below this, an eighth, are keys; how many times as many for each name or number in it; the limits.
Measured: 36 keys an article and 26 a post find 96 % of the pairs that `same_story` calls one story, 52 an article find 98 %."""

# --- spelling

_TRANSLITERATION = str.maketrans("абвгґдеєэёзиіыйїклмнопрстуфх", "abvggdeeeeziiiiiklmnoprstufg", "ьъ") | str.maketrans(
    {"ц": "ts", "ж": "z", "ч": "q", "ш": "s", "щ": "sq", "ю": "iu", "я": "ia"}
)
"""Ukrainian and Russian letters as Latin ones, so that a name looks alike in uk, ru and en."""

_SPELLINGS = (
    ("kh", "g"),
    ("ph", "f"),
    ("tz", "ts"),
    ("ck", "k"),
    ("sch", "s"),
    ("ch", "q"),
    ("c", "k"),
    ("x", "ks"),
    ("th", "t"),
    ("ya", "ia"),
    ("yu", "iu"),
    ("y", "i"),
    ("j", "i"),
    ("w", "v"),
    ("sh", "s"),
    ("zh", "z"),
    ("h", "g"),
)
"""And English letters as they stand for the same sounds."""

_DOUBLE = re.compile(r"(.)\1")
_VOWELS = re.compile("[aeiou]")
_GOES_ON = re.compile(r"[\w,:;–—-]\s*[\"«„“(]?$")
"""What stands before a word that does not begin a sentence."""

_SENTENCE = re.compile(r"(?<=[.!?…])\s|\n")

_ROOT = 4
_LEAST_LETTERS = 4
_LEAST_ROOT = 3
_LEAST_NAME = 2
"""A root is a word's first four consonants, for the vowels change with case and language; a word that is no name has four letters
and three consonants at least."""

_ROOT_WEIGHTS = {2: 1.5, 3: 2.5, 4: 3.5}
_SMALL_NUMBER, _YEAR, _NUMBER = 1.0, 1.5, 3.0
"""How much a root of so many consonants says; a number of two digits, a year, and any other."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Title and lead of an article, ready to be compared: stems for its own language, roots for the others."""

    title: Mapping[str, float]
    """Stem of the title → its share in it; the squares add up to 1, as in the next four."""
    whole: Mapping[str, float]
    """The same of title and lead together."""
    hints: Mapping[str, float]
    """What another language keeps: numbers, and the roots of names."""
    roots: Mapping[str, float]
    """The hints, and the roots of all other long words."""
    wording: Mapping[str, float]
    """The title without its numbers."""
    numbers: frozenset[str]
    """Of the title."""
    language: str | None
    """ISO 639-1; None where unknown."""


@dataclass(frozen=True, slots=True)
class _Word:
    stem: str
    """A number is its own."""
    root: str
    """Empty where the word has none that tells it from others; a number is its own."""
    is_hint: bool
    """A number, or a name: it begins with a capital letter, and no sentence."""
    is_number: bool


def telling(title: str | None, text: str, language: str | None = None) -> Telling:
    """Make an article ready for `same_story`; only the first words of the text count. The first sentence is a post's title."""
    begins = text[: 40 * LEAD].strip()
    titles, lead = _words(title or _first_sentence(begins), _TITLE), _words(begins, LEAD)
    stems = [word.stem for word in titles]
    numbers = frozenset([word.stem for word in titles if word.is_number])
    weighted = _weighted(stems)
    rooted = [word for word in titles + lead if word.root]
    return Telling(
        title=_unit(weighted),
        whole=_unit(_weighted(stems * 2 + [word.stem for word in lead])),
        hints=_unit({word.root: root_weight(word.root) for word in rooted if word.is_hint}),
        roots=_unit({word.root: root_weight(word.root) for word in rooted}),
        wording=_unit({stem: value for stem, value in weighted.items() if stem not in numbers}),
        numbers=numbers,
        language=language,
    )


def _first_sentence(text: str) -> str:
    return _SENTENCE.split(text, maxsplit=1)[0]


def _words(raw: str, most: int) -> list[_Word]:
    plain = unicodedata.normalize("NFKC", raw)
    found = [(match[0], match.start()) for match in islice(TOKEN.finditer(plain), most)]
    return [(_names if word[0].isupper() and _goes_on(plain, place) else _others)[word] for word, place in found]


def _goes_on(text: str, place: int) -> bool:
    return _GOES_ON.search(text[max(0, place - 4) : place]) is not None


_WORDS_KEPT = 2**16


class _Words(dict[str, _Word]):
    """Words as they were met, each read when it is first asked for. A function with a cache takes three times as long."""

    def __init__(self, *, are_names: bool) -> None:
        super().__init__()
        self.are_names = are_names

    def __missing__(self, raw: str) -> _Word:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        word = self[raw] = _word(raw, is_name=self.are_names)
        return word


_names, _others = _Words(are_names=True), _Words(are_names=False)


def _word(raw: str, *, is_name: bool) -> _Word:
    if raw[0].isdecimal():
        number = plain_number(raw)
        return _Word(number, number, is_hint=True, is_number=True)
    plain = repair_look_alikes(raw.casefold())
    latin = _latin(plain)
    root = _VOWELS.sub("", latin)[:_ROOT]
    tells = len(root) >= _LEAST_NAME if is_name else len(root) >= _LEAST_ROOT and len(plain) >= _LEAST_LETTERS
    return _Word(latin[:_STEM], root if tells else "", is_hint=is_name, is_number=False)


def _latin(word: str) -> str:
    latin = word.translate(_TRANSLITERATION)
    for spelling, plain in _SPELLINGS:
        latin = latin.replace(spelling, plain)
    return _DOUBLE.sub(r"\1", latin) or word


def _weighted(stems: Iterable[str]) -> dict[str, float]:
    return {stem: (1 + math.log(count)) * weight(stem) for stem, count in Counter(stems).items()}


@lru_cache(maxsize=2**15)
def root_weight(root: str) -> float:
    """Return how much a root or a number says."""
    if not root[0].isdecimal():
        return _ROOT_WEIGHTS.get(len(root), _ROOT_WEIGHTS[_ROOT])
    if len(root) <= 2:  # noqa: PLR2004 - digits
        return _SMALL_NUMBER
    return _YEAR if re.fullmatch(r"(?:19|20)\d\d", root) else _NUMBER


def _unit(weights: Mapping[str, float]) -> dict[str, float]:
    length = math.hypot(*weights.values()) or 1.0
    return {stem: value / length for stem, value in weights.items()}


# --- comparison


def same_story(a: Telling, b: Telling, hours: float | None = None) -> float:
    """Return how probable it is that two articles tell one event, 0 to 1; `hours` lie between them."""
    if (hours or 0.0) > STORY_HOURS:
        return 0.0
    if a.language is not None and b.language is not None and a.language != b.language:
        return probability(_TRANSLATION_WEIGHTS, (1.0, *translation_evidence(a, b)))
    if _is_formula(a, b, hours):
        return 0.0
    return probability(_WEIGHTS, (1.0, *story_evidence(a, b)))


def translation_evidence(a: Telling, b: Telling) -> tuple[float, float, float]:
    """Return the cosines of names and numbers, and of all roots, and the logarithm of how much the common roots weigh."""
    common = math.fsum(map(root_weight, a.roots.keys() & b.roots.keys()))
    return _cosine(a.hints, b.hints), _cosine(a.roots, b.roots), math.log1p(common)


def story_evidence(a: Telling, b: Telling) -> tuple[float, float]:
    """Return the cosines of title and lead together, and of the titles alone."""
    return _cosine(a.whole, b.whole), _cosine(a.title, b.title)


def _is_formula(a: Telling, b: Telling, hours: float | None) -> bool:
    """Tell two bulletins that are worded alike: one of each day, or with other numbers."""
    alike = _cosine(a.wording, b.wording)
    if a.numbers and b.numbers and a.numbers.isdisjoint(b.numbers) and alike >= _FORMULA:
        return True
    return (hours or 0.0) >= _OLD_HOURS and alike >= _OLD_FORMULA and _same_numbers(a, b) < _SAME_NUMBERS


def _same_numbers(a: Telling, b: Telling) -> float:
    """Return the share of the numbers of either that both give; 0 without numbers."""
    first, second = ({hint for hint in one.hints if hint[0].isdecimal()} for one in (a, b))
    return len(first & second) / (max(len(first), len(second)) or 1)


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    return math.fsum([a[stem] * b[stem] for stem in a.keys() & b.keys()])


# --- candidates


def keys(one: Telling) -> tuple[int, ...]:
    """Return the hashes by which the database finds candidates, as signed 64-bit integers in order; none below two roots."""
    marked = [(_hash(root), _times(root, one)) for root in sorted(one.roots)]
    pairs = [(_mixed(first, second), times * others) for (first, times), (second, others) in combinations(marked, 2)]
    ranked = [(value / times, value) for value, times in pairs]
    kept = sorted([pair for pair in ranked if pair[0] < _RANK_KEPT])
    chosen = kept[:_MOST_KEYS] if len(kept) >= _LEAST_KEYS else sorted(ranked)[:_LEAST_KEYS]
    return tuple(sorted({value - 2**64 if value >= 2**63 else value for _, value in chosen}))


def _times(root: str, one: Telling) -> int:
    """Return how many times as likely a root's pairs are kept as a common word's; a small number is one as well."""
    return _PAIRS_OF_NAMES if root in one.hints and root_weight(root) > _SMALL_NUMBER else 1


_BITS = 2**64 - 1
_FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F


def _mixed(one: int, other: int) -> int:
    """Return the hash of a pair of hashes. A sum of multiples found 89 % where this finds 96: its values hang together."""
    value = (one * _FIRST + other) & _BITS
    return ((value ^ (value >> 32)) * _SECOND) & _BITS


@lru_cache(maxsize=2**15)
def _hash(root: str) -> int:
    return int.from_bytes(blake2b(root.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
