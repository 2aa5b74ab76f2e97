"""Made-up news in any number: the same number gives the same text in any process, so that a million need not be kept.

What makes real news hard to tell apart is in it: words by Zipf's law, turns of phrase that everybody uses, sentences of
background under many articles, bulletins that differ in their numbers, footers of channels. Two texts share passages by chance
twice as often as on the labelled news beside the project.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

SEED = 4
FEEDS = 120
"""Every other one a channel."""

COMMON = (
    "в на і що з у та до не за про від для як по це його але які після який року також вже під час при або є через між було"
    " вони їх із був можуть щоб ще де всіх так понад бо проти над якщо тому він вона ми один два три сьогодні вчора раніше"
)
SYLLABLES = "ба ве го да жи зу кі ла мо ну пе ра си те фа ху ця чо ша ще ров ський ник тор ман вал дин кор пол стан"
RARE_WORDS = 60_000
PHRASES = 30_000
BACKGROUNDS = 3_000
TEMPLATES = 60

COPY_EVERY = 10
"""Of the stored texts one in so many is a reworded copy."""

COPY_REACH = 400
"""Tens of texts between a copy and its original, at most."""

Dice = np.random.Generator


class Story(NamedTuple):
    """A made-up text."""

    feed: int
    title: str | None
    body: str

    @property
    def text(self) -> str:
        return f"{self.title}\n{self.body}" if self.title else self.body


@dataclass(frozen=True, slots=True)
class Urn:
    """Things to draw from, each by its rank."""

    things: Sequence[str]
    steps: np.ndarray

    def draw(self, dice: Dice, count: int) -> list[str]:
        return [self.things[place] for place in np.searchsorted(self.steps, dice.random(count)).tolist()]


def urn(things: Sequence[str], flat: float) -> Urn:
    """Return an urn in which the n-th thing is drawn in proportion to 1 / (n + flat)."""
    steps = np.cumsum(1 / (np.arange(len(things)) + 1 + flat))
    return Urn(things, steps / steps[-1])


class Tongue(NamedTuple):
    """What the texts are made of."""

    words: Urn
    phrases: Urn
    backgrounds: Urn
    templates: Sequence[str]
    footers: Sequence[str]


@cache
def tongue() -> Tongue:
    dice, syllables = np.random.default_rng(SEED), SYLLABLES.split()
    rare = ["".join(dice.choice(syllables, size)) for size in dice.integers(2, 6, RARE_WORDS)]
    words = urn([*COMMON.split(), *rare], flat=20)
    phrases = urn([" ".join(words.draw(dice, size)) for size in dice.integers(3, 7, PHRASES)], flat=600)
    backgrounds = urn([sentence(words.draw(dice, size)) for size in dice.integers(9, 25, BACKGROUNDS)], flat=50)
    templates = [template(words.draw(dice, size)) for size in dice.integers(25, 60, TEMPLATES)]
    footers = [sentence(words.draw(dice, 6)) for _ in range(FEEDS)]
    return Tongue(words, phrases, backgrounds, templates, footers)


def sentence(words: Sequence[str]) -> str:
    return f"{' '.join(words).capitalize()}."


def template(words: Sequence[str]) -> str:
    """Return a bulletin with a place for a number at every fifth word."""
    return sentence([word if place % 5 else f"{word} {{}}" for place, word in enumerate(words)])


def prose(dice: Dice, size: int) -> list[str]:
    """Return sentences with some `size` words in all: a turn of phrase at every tenth place, a number at every fortieth."""
    said = tongue()
    units, chance = said.words.draw(dice, size), dice.random(size)
    for place in np.flatnonzero(chance < 0.07).tolist():
        units[place] = said.phrases.draw(dice, 1)[0]
    for place in np.flatnonzero(chance > 0.975).tolist():
        units[place] = str(dice.integers(2, 3000))
    ends = [0, *np.cumsum(dice.integers(7, 19, size // 7 + 1)).tolist()]
    return [sentence(units[a:b]) for a, b in pairwise(ends) if a < size]


def original(number: int) -> Story:
    """Return the text of this number, were it no copy."""
    dice = np.random.default_rng((SEED, number))
    feed = int(dice.integers(FEEDS))
    if feed % 2:
        return Story(feed, None, _post(dice, feed))
    parts = prose(dice, int(dice.integers(100, 350)))
    if dice.random() < 0.3:
        parts += tongue().backgrounds.draw(dice, 1)
    return Story(feed, sentence(tongue().words.draw(dice, 9)), "\n".join(parts))


def _post(dice: Dice, feed: int) -> str:
    said = tongue()
    if dice.random() < 0.05:
        bulletin = said.templates[int(dice.integers(TEMPLATES))]
        return bulletin.format(*dice.integers(1, 900, bulletin.count("{}")))
    parts = prose(dice, int(dice.integers(15, 60)))
    return " ".join(parts) + (f"\n{said.footers[feed]}" if feed % 3 else "")


def copied(number: int) -> int | None:
    """Return the number of the text that the stored text of this number copies; None where it copies none."""
    if number % COPY_EVERY != COPY_EVERY - 1:
        return None
    back = int(np.random.default_rng((SEED, number)).integers(1, COPY_REACH))
    return max(0, number - COPY_EVERY * back - 1)


def stored(number: int) -> Story:
    """Return the text that is stored under this number."""
    source = copied(number)
    return original(number) if source is None else reworded(number, original(source))


def reworded(number: int, story: Story) -> Story:
    """Return a text with one word in fifteen replaced and, where it has several, without one of its sentences."""
    dice = np.random.default_rng((SEED, number, 1))
    words = story.body.split(" ")
    for place in np.flatnonzero(dice.random(len(words)) < 1 / 15).tolist():
        words[place] = tongue().words.draw(dice, 1)[0]
    sentences = " ".join(words).split(". ")
    if len(sentences) > 3:
        del sentences[int(dice.integers(1, len(sentences)))]
    return Story(int(dice.integers(FEEDS)), story.title, ". ".join(sentences))


def excerpt(number: int, story: Story) -> Story:
    """Return a post that says what a text begins with: its first third, 25 words at least."""
    words = story.body.split(" ")
    return Story(number % FEEDS | 1, None, " ".join(words[: max(25, len(words) // 3)]))
