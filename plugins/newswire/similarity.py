"""How alike two texts are: near duplicates and excerpts.

The way of a text: `prepare` once, `sketch` for the table that finds candidates, `judge` against each of them (`compare`, then
the fitted decision); `duplicates.verdicts` makes groups of the matches. Pure functions: the same text gives the same numbers in
any process.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from operator import mul

# --- limits; where no other origin is named, facts: duplicates

STEM = 6
"""Letters that stand for a word: Slavic endings come behind them."""

LONGEST_NUMBER = 32
"""Characters."""

SKETCH_BELOW = 2**60
"""A sixteenth of all hashes: whatever text a passage stands in, the same of its hashes are kept. (An eighth found not one of the
2,385 labelled matches more, for eleven rows more a long article.)"""

SKETCH_LEAST = 16
"""Short texts keep this many of their smallest hashes. So does the opening of any text: excerpts are cut from there (on the
labelled texts this found all excerpts instead of 91 %, for a dozen rows more a long article)."""

SKETCH_MOST = 512
"""What a text of 8,000 words keeps: a longer one cannot flood the table."""

FEW_HASHES = 6
"""With fewer hashes than this on either side one shared hash makes a candidate, otherwise two."""

LEAST_LIKENESS = 0.2
"""From here on two texts are compared: the share of the smaller sketch that they have in common, times one and for each of those
hashes one by the articles that have it. So two hashes that nobody else has make a candidate of a post, and turns of phrase
that everybody uses make none. (On the labelled texts no match is lost up to here; among a hundred thousand articles three in four
of those that share two hashes are left out, and they were no matches.)"""

FOOTER_WORDS = 12
FOOTER_LENGTH = 160
FOOTER_POSTS = 5
"""A line of up to 12 words (and 160 characters) in 5 or more posts of a channel is a footer: worth 2.5 points of F1."""

LEAST_WORDS = 8
"""Background and attributions stay where less than this would be left without them."""

SHORT = 40
SHORT_HOURS = 36.0
"""A text of fewer words repeats itself on other days: it is a copy within 36 hours only."""

SHORTEST = 12
SHORTEST_HOURS = 12.0
"""And one of fewer than these on the same day: two air alerts are 21 hours apart (of the labelled copies none is 12)."""

LEAST_TOKENS = 3
"""Below three words there is no passage to compare; exact verdicts see to those."""

LEAST_PASSAGES = 0.1
MOST_CONFLICTS = 0.34
MOST_MISSING = 0.5
"""Beyond these no likeness of words helps: the passages differ, or the numbers do (bulletins of consecutive days)."""

LEAD_GRAMS = 18
FIRST_GRAMS = 6
OPENING_GRAMS = 38
FIRST_WORDS = 6
"""Passages of three words in the first 20, 8 and 40 words; the words that name a subject."""

LEAD_SHARE = 0.35
FULL_SHARE = 0.6
LEAST_LEAD = 0.1
"""An excerpt keeps a third of the lead, or it is most of the text; else a digest merely quotes it. Without any it is none."""

MORE_LIKELY = 0.5

# --- weights, printed by tests/benchmarks/fit_similarity.py

WEIGHTS = (-18.8, 18.46, 6.8, 2.59, -1.16, 14.43, -7.78, -3.11)
"""Of the constant and of each figure in `evidence`."""

# --- cleaning for comparison

_FOLD = (
    *((letter, "") for letter in "'’ʼ‘`´\u00ad\u0301\u200b\u200c\u200d\u2060\ufeff"),
    *zip("aceiopxykmhtbёґ", "асеіорхукмнтвег", strict=True),
)
"""Apostrophes and what is invisible go. Latin look-alikes become Cyrillic in every word, English too: words are only compared.
One after the other: as a table for `translate` this takes ten times as long."""

_NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|(?<!\w)@\w+")
_SPACED = re.compile(r"\d \d{3}")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)")
TOKEN = re.compile(r"[^\W\d_]++|\d++(?:[.,:]\d++)*+")

_HEAD = 200
"""Characters at a text's start in which labels and datelines are looked for."""

_MONTH = r"(?:січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру|янв|фев|мар|апр|ма[яй]|июн|июл|авг|сен|окт|ноя|дек)\w*"
_AGENCY = r"(?:УНН|UNN|Укр[іи]нформ|РИА Новости|ТАСС|[ИІ]нтерфакс(?:-\w+)?|РБК(?:-\w+)?|Reuters|AP|AFP|dpa)"
_DATELINE = re.compile(
    rf"\W{{0,9}}(?:[^\W\d_][\w'’ -]{{1,30}}[.,•(/ ]{{1,3}}\s?)?(?:\d{{1,2}} {_MONTH}[\s.,–—-]{{1,4}})?"
    rf"\(?{_AGENCY}\)?\s?[.:•–—/-]{{1,2}}\s*"
)
"""`КИЇВ. 26 квітня. УНН.`, `Київ • УНН •`, `МОСКВА, 3 дек — РИА Новости.`, `LONDON (Reuters) -`."""

_LABEL = re.compile(
    r"\W{0,9}(?:оновлено|доповнено|терміново|блискавка|офіційно|уточнено|змі|обновлено|дополнено|срочно"
    r"|молния|официально|сми|updated?|breaking(?: news)?|urgent)"
    r"(?:\s(?:(?:о|об|в|at|на|станом на)\s)?\d{1,2}[:.]\d{2})?\s?[.:!|–—-]{1,3}\s*",
    re.IGNORECASE,
)
"""`Оновлено о 14:35.`, `ТЕРМІНОВО:`, `Updated at 14:35 -`."""

_LABELS = 3
"""So many labels and datelines may stand one behind the other."""

_ATTRIBUTION = re.compile(
    r"(?:Про це|Об этом) (?:пиш|повідом|заяви|розпов|інформу|йдеться|переда|сообщ|расска|говорится)\w*[^.\n]{0,80}(?:\.|$)",
    re.MULTILINE,
)
"""`Про це пише …`, `Об этом сообщает …`: each publisher names another one."""

_BACKGROUND = re.compile(r"\W*(?:Нагада|Раніше повідомл|Додамо|Як повідомля|Напомн|Ранее сообщ|Добавим|Как сообща)")
"""A line of background: the same under many articles, and what an edition adds or leaves out."""

_INVITATION = re.compile(
    r"\W*(?:детальніше|подробнее|чита(?:ти|ть) дал|чита(?:йте|ть) нас|надіслати новин|прислать новост|subscribe|follow us"
    r"|(?:\w+\W+){0,5}(?:підпис(?:атис[яь]|уй)|підпиш(?:ись|іться)|подпис(?:аться|ывай)|подпиш(?:ись|итесь)))",
    re.IGNORECASE,
)
"""`Тихий вечір. Підписатися`; not «підписав указ», which is news."""

_INVITATION_LENGTH = 90
"""Characters: a longer line that speaks of subscribing may be news."""


def footers(lines: Iterable[tuple[str, int]]) -> frozenset[str]:
    """Return the lines, normalised, that a channel puts under its posts again and again.

    `lines` are raw lines of one channel's posts, each with the number of posts that it stands in.
    """
    counts: Counter[str] = Counter()
    for raw, posts in lines:
        counts[_as_footer(raw)] += posts
    return frozenset(line for line, posts in counts.items() if line and posts >= FOOTER_POSTS)


def footer_lines(posts: Iterable[str]) -> frozenset[str]:
    """Return the footers of a channel whose posts have these texts."""
    return footers(Counter(line for post in posts for line in set(post.split("\n"))).items())


def _as_footer(raw: str) -> str:
    """Return a line as footers are compared; empty where it is too long for one."""
    return _normalised(raw) if len(raw) <= FOOTER_LENGTH else ""


@lru_cache(maxsize=2**14)  # footers come again and again
def _normalised(raw: str) -> str:
    words = _tokens(raw)
    return " ".join(words) if len(words) <= FOOTER_WORDS else ""


def _tokens(text: str) -> list[str]:
    """Return the words and numbers of a text in lower case, look-alikes folded, thousands in one piece."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    # the two expressions look at every letter, and most texts have nothing for them
    if "@" in plain or "://" in plain or "www." in plain:
        plain = _NOT_WORDS.sub(" ", plain)
    for letter, folded in _FOLD:
        plain = plain.replace(letter, folded)
    if _SPACED.search(plain):
        plain = _THOUSANDS.sub(lambda match: match[0].replace(" ", ""), plain)
    return TOKEN.findall(plain)


def _core(text: str, footer: Collection[str]) -> list[str]:
    """Return the tokens of what a text itself says, or of more where that is too little."""
    lines = [raw for raw in text.split("\n") if not _is_foreign(raw, footer)]
    own = _without_labels("\n".join(lines))
    foreground = "\n".join([raw for raw in own.split("\n") if not _BACKGROUND.match(raw)])
    words = _tokens(_ATTRIBUTION.sub(" ", foreground))
    if len(words) < LEAST_WORDS:
        words = _tokens(own) or _tokens(text)
    return words


def _is_foreign(raw: str, footer: Collection[str]) -> bool:
    return (bool(footer) and _as_footer(raw) in footer) or (len(raw) <= _INVITATION_LENGTH and _invites(raw))


@lru_cache(maxsize=2**14)
def _invites(raw: str) -> bool:
    return bool(_INVITATION.match(raw))


def _without_labels(text: str) -> str:
    for _ in range(_LABELS):
        head = text[:_HEAD]
        if not (match := _LABEL.match(head) or _DATELINE.match(head)):
            break
        text = text[match.end() :]
    return text


# --- prepared texts


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text made ready to be compared with many others."""

    stems: tuple[str, ...]
    """Its words in order, each as its first six letters; numbers whole."""
    vocabulary: frozenset[str]
    """The stems, once each."""
    weight: float
    """Of the vocabulary in all."""
    numbers: frozenset[str]
    slots: Mapping[str, frozenset[str]]
    """Numbers by the word before (`<word`) and the word behind (`>word`)."""
    grams: frozenset[int]
    """Hashes of three words in a row, 0 to 2**64 - 1; empty without words."""
    opening: tuple[int, ...]
    """The grams of the first 40 words, in order."""
    heads: tuple[tuple[str, ...], ...]
    """The first six words; under a title, those of what follows too: a post copies the lead alone."""


def prepare(text: str, *, title: str | None = None, lead: str | None = None, footer: Collection[str] = frozenset()) -> Prepared:
    """Make a text ready: look-alikes folded, footers, labels, datelines, attributions and background left out.

    `footer` is what `footer_lines` returned for its channel.
    """
    whole = "\n".join(part for part in (title, lead, text) if part)
    stems = _stems(_core(whole, footer))
    grams, vocabulary = _grams(stems), frozenset(stems)
    numbers = frozenset([stem for stem in vocabulary if not stem.isalpha()])
    under_title = _stems(_tokens((lead or text)[:_HEAD])) if title else ()
    return Prepared(
        stems=stems,
        vocabulary=vocabulary,
        weight=_weight_of(vocabulary),
        numbers=numbers,
        slots=_slots(stems, numbers),
        grams=frozenset(grams),
        opening=tuple(grams[:OPENING_GRAMS]),
        heads=tuple(head[:FIRST_WORDS] for head in (stems, under_title) if head),
    )


def _stems(words: Iterable[str]) -> tuple[str, ...]:
    return tuple([word[:STEM] if word.isalpha() else plain_number(word) for word in words])


def plain_number(word: str) -> str:
    """Return a number with one decimal mark, whatever publishers write; the beginning of one that is none."""
    return word[:LONGEST_NUMBER].replace(",", ".").replace(":", ".")


def _slots(stems: Sequence[str], numbers: frozenset[str]) -> dict[str, frozenset[str]]:
    slots: dict[str, set[str]] = defaultdict(set)
    for place in [place for place, stem in enumerate(stems) if stem in numbers]:
        before, behind = stems[max(0, place - 1)], stems[min(place + 1, len(stems) - 1)]
        if before not in numbers:
            slots["<" + before].add(stems[place])
        if behind not in numbers:
            slots[">" + behind].add(stems[place])
    return {key: frozenset(found) for key, found in slots.items()}


_BITS = 2**64 - 1
_SECOND, _THIRD = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F
"""Odd multipliers, so that the order of the three words matters."""

_STEMS_KEPT = 2**17


class _Hashes(dict[str, int]):
    """Hashes of stems, each made when it is first asked for. A function with a cache takes three times as long."""

    def __missing__(self, stem: str) -> int:
        if len(self) >= _STEMS_KEPT:
            self.clear()
        value = self[stem] = int.from_bytes(blake2b(stem.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        return value


_hashes = _Hashes()


def _grams(stems: Sequence[str]) -> list[int]:
    hashes = [_hashes[stem] for stem in stems]
    return [
        (one + two * _SECOND + three * _THIRD) & _BITS for one, two, three in zip(hashes, hashes[1:], hashes[2:], strict=False)
    ]


def sketch(prepared: Prepared) -> tuple[int, ...]:
    """Return the hashes by which the database finds candidates, as signed 32-bit integers in order; none below three words.

    The lower halves are enough: of articles with 300,000 others in the window three in a hundred share one by chance, none two.
    """
    ordered = sorted(prepared.grams)
    count = min(max(SKETCH_LEAST, bisect_left(ordered, SKETCH_BELOW)), SKETCH_MOST)
    kept = {*ordered[:count], *sorted(prepared.opening)[:SKETCH_LEAST]}
    return tuple(sorted({(value + 2**31) % 2**32 - 2**31 for value in kept}))


# --- weights of words

_DOCUMENTS = 200
_SHARES = {1: 0.3, 2: 0.2, 3: 0.06, 4: 0.03, 5: 0.015}
_RARE = 0.004
"""In what share of texts a stem stands, by its length: function words are short. Counting the stems of what is stored was worth
.0005 of F1 on the labelled texts, and made a verdict depend on what else the database held."""


class _Weights(dict[str, float]):
    """Weights of stems, each reckoned when it is first asked for."""

    def __missing__(self, stem: str) -> float:
        if len(self) >= _STEMS_KEPT:
            self.clear()
        share = _RARE if stem[0].isdecimal() else _SHARES.get(len(stem), _RARE)
        value = self[stem] = math.log((_DOCUMENTS + 1) / (_DOCUMENTS * share + 0.5))
        return value


_weights = _Weights()


def weight(stem: str) -> float:
    """Return how much a stem says: about 1 for one that stands in a third of all texts, 5 for a long one or a number."""
    return _weights[stem]


def _weight_of(stems: Iterable[str]) -> float:
    return math.fsum(map(_weights.__getitem__, stems))


# --- comparison


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two texts stand to each other; the same whichever is named first. Shares are 0 to 1."""

    passages: float
    """Share of the shorter text's passages of three words that stand in the longer."""
    words: float
    """Share of the shorter's words that stand in the longer, each by its weight."""
    covered: float
    """Share of the longer's words that stand in the shorter, each by its weight."""
    conflicts: float
    """Share of the shared number slots whose numbers differ: «танків 8705» against «танків 8720»."""
    numbers_missing: float
    """Share of the shorter's numbers that the longer lacks."""
    lead: float
    """Share of the longer's lead that stands in the shorter: a third, or the longer is a digest which quotes."""
    start: float
    """Share of the shorter's first passages that stand in the longer."""
    subject: float
    """Share of the longer's first six words, by weight, that stand in the shorter (or of those under its title, where that is
    more): without them it begins with another subject."""
    shorter: int
    longer: int
    """Words of either."""
    hours: float | None
    """Between the two; None where unknown."""


def compare(a: Prepared, b: Prepared, hours: float | None = None) -> Comparison:
    """Measure how two texts stand to each other; `hours` lie between them."""
    return _compared(a, b, len(a.grams & b.grams), hours)


def _compared(a: Prepared, b: Prepared, shared_grams: int, hours: float | None) -> Comparison:
    short, long = sorted((a, b), key=lambda one: (len(one.stems), one.stems, one.heads))
    shared = _weight_of(short.vocabulary & long.vocabulary)
    return Comparison(
        passages=shared_grams / max(1, len(short.grams)),
        words=shared / (short.weight or 1.0),
        covered=shared / (long.weight or 1.0),
        conflicts=_conflicts(short, long),
        numbers_missing=len(short.numbers - long.numbers) / max(1, len(short.numbers)),
        lead=_share(long.opening[:LEAD_GRAMS], short.grams),
        start=_share(short.opening[:FIRST_GRAMS], long.grams),
        subject=_subject(long, short),
        shorter=len(short.stems),
        longer=len(long.stems),
        hours=hours,
    )


def _conflicts(a: Prepared, b: Prepared) -> float:
    keys = a.slots.keys() & b.slots.keys()
    return sum(a.slots[key].isdisjoint(b.slots[key]) for key in keys) / max(1, len(keys))


def _subject(long: Prepared, short: Prepared) -> float:
    return max((_known(head, short) for head in long.heads), default=0.0)


def _known(head: Sequence[str], text: Prepared) -> float:
    return _weight_of(stem for stem in head if stem in text.vocabulary) / (_weight_of(head) or 1.0)


def _share(grams: Sequence[int], others: frozenset[int]) -> float:
    return len(others.intersection(grams)) / max(1, len(set(grams)))


# --- decision


@dataclass(frozen=True, slots=True)
class Match:
    """Two texts say the same, or one is an excerpt of the other."""

    kind: str
    """`near` or `excerpt`."""
    similarity: float
    """0 to 1: the share of the shorter's words, by weight, that stand in the longer."""
    confidence: float
    """0 to 1: how probable it is that a person would call it a copy; over one half, or there is no match."""
    reason: str
    """For a person."""


def judge(a: Prepared, b: Prepared, hours: float | None = None) -> Match | None:
    """Return how one text is a copy of the other, or None where it is none. Cheap for texts that share little."""
    least, shared = min(len(a.grams), len(b.grams)), len(a.grams & b.grams)
    if shared < LEAST_PASSAGES * least or not least:
        return None
    return verdict(_compared(a, b, shared, hours))


def verdict(comparison: Comparison) -> Match | None:
    """Decide on a comparison: None where the two are no copies."""
    return decide(comparison, confidence(comparison)) if is_possible(comparison) else None


def decide(comparison: Comparison, likely: float) -> Match | None:
    """Return the match where it is more likely than not (`likely`, 0 to 1) that a person would call it a copy."""
    if likely <= MORE_LIKELY:
        return None
    kind = "near" if comparison.shorter >= FULL_SHARE * comparison.longer else "excerpt"
    return Match(kind, round(comparison.words, 3), likely, _reason(kind, comparison))


def is_possible(it: Comparison) -> bool:
    """Tell whether two texts may be copies at all: passages are shared, the numbers agree, it is no quotation."""
    return (
        it.shorter >= LEAST_TOKENS
        and (it.hours or 0.0) <= _most_hours(it.shorter)
        and it.passages >= LEAST_PASSAGES
        and it.conflicts <= MOST_CONFLICTS
        and it.numbers_missing <= MOST_MISSING
        and (it.lead >= LEAST_LEAD or it.shorter >= FULL_SHARE * it.longer)
    )


def _most_hours(words: int) -> float:
    return SHORTEST_HOURS if words < SHORTEST else SHORT_HOURS if words < SHORT else math.inf


def confidence(comparison: Comparison) -> float:
    """Return how probable it is that a person would call the two copies of each other, 0 to 1."""
    return probability(WEIGHTS, (1.0, *evidence(comparison)))


def probability(weights: Sequence[float], figures: Sequence[float]) -> float:
    """Return what a logistic model of these weights says of these figures, 0 to 1."""
    value = math.fsum(map(mul, weights, figures))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


def evidence(it: Comparison) -> tuple[float, ...]:
    """Return the figures that `confidence` weighs."""
    share = it.shorter / max(1, it.longer)
    brief = max(0.0, 1 - it.shorter / SHORT)
    return (
        it.words,
        it.covered * share,
        it.start,
        10 * max(0.0, LEAD_SHARE - it.lead) * max(0.0, FULL_SHARE - share),
        brief * (1 - it.words),
        brief * (1 - it.subject),
        brief * math.log1p(it.hours or 0.0),
    )


def refusal(it: Comparison) -> str:
    """Return why two texts are no copies, for a person: the first rule that is broken, or how unlikely it is."""
    hours, most_hours = it.hours or 0.0, _most_hours(it.shorter)
    said = (
        (it.shorter < LEAST_TOKENS, f"a text of {it.shorter} words has no passage to compare"),
        (hours > most_hours, f"{hours:.0f} hours apart; so short a text is a copy within {most_hours:.0f} hours only"),
        (it.passages < LEAST_PASSAGES, f"only {it.passages:.0%} of the passages of the shorter stand in the longer"),
        (it.conflicts > MOST_CONFLICTS, f"{it.conflicts:.0%} of the numbers at the same place differ: another bulletin"),
        (it.numbers_missing > MOST_MISSING, f"{it.numbers_missing:.0%} of the shorter's numbers are missing from the longer"),
        (not is_possible(it), "the longer quotes the shorter, but begins with something else"),
    )
    unlikely = (
        f"{it.words:.0%} of the words and {it.passages:.0%} of the passages are in common: {confidence(it):.0%} likely a copy"
    )
    return next((reason for is_broken, reason in said if is_broken), unlikely)


def _reason(kind: str, it: Comparison) -> str:
    what = "nearly the same text" if kind == "near" else f"an excerpt, {it.shorter} words of {it.longer}"
    return f"{what}: {it.words:.0%} of the words and {it.passages:.0%} of the passages of the shorter stand in the longer"
