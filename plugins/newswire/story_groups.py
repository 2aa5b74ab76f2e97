"""Groups of articles that tell one event. Pure functions over what the database knows of the articles.

An article joins the story with which it agrees most, or founds one with another article. No story spans more than 72 hours, so
that daily bulletins, each like the one before, cannot chain months together.

Stories grow: the same articles in the same batches always make the same stories, and told again these stay as they are, but in
another order others may found them. (Of six days of made-up news 83 to 99 % of the pairs of articles that stood together in
either of two orders stood together in both; the share of right pairs was the same within two hundredths.)
"""

from __future__ import annotations

import math
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newswire.stories import STORY_HOURS, Telling, same_story

SPAN = timedelta(hours=STORY_HOURS)
"""Between the first and the last article of a story."""

LIKELY_ENOUGH = 0.65
"""What makes two articles one event here. Of the labelled pairs every other one is; of two articles of three days hardly one pair
in a thousand is, so more than one half is asked. (Of 152,628 pairs of articles of months 13 that are no bulletins pass, and 80
pass one half: tenders and court rulings, the weather and the exchange rate of one day.)"""

GROUP_SHARE = 1 / 3
"""An article joins a story when it agrees with the story's first article, or with a third of its articles on average; two stories
become one when their articles agree with a third of the others' on average."""

MOST_COMPARED = 40
"""Articles of a story that another one is compared with: the first, and the newest of the others."""

EDITION_SPAN = timedelta(minutes=15)
EDITION_ODDS = math.e**2
"""Within a quarter of an hour one publisher brings few articles in another language, so each of them is so many times as likely
to be an edition. (Of the WMT 2022 pairs this finds 85 % instead of 63 in uk-en and ru-en, and calls 0.3 % of the others so.)"""

SURE = 1.0
SAME_PICTURE = 0.9


@dataclass(frozen=True, slots=True)
class Item:
    """What is known of an article."""

    article_id: int
    source: str
    url: str
    """Canonical."""
    published_at: datetime
    telling: Telling
    image_url: str | None = None
    editions: frozenset[str] = frozenset()
    """Canonical URLs of the same article in other languages."""
    story_id: int | None = None
    """The story that it stands in so far."""


@dataclass(frozen=True, slots=True)
class Bond:
    """How an article belongs to another one."""

    likelihood: float
    """0 to 1: how probable it is that the two tell one event."""
    reason: str
    """For a person; names the other article."""

    @property
    def holds(self) -> bool:
        """Tell whether the two tell one event."""
        return self.likelihood > LIKELY_ENOUGH


NO_BOND = Bond(0.0, "")


@dataclass(frozen=True, slots=True)
class Story:
    """Articles that tell one event, two or more."""

    story_id: int | None
    """None for a new one."""
    members: tuple[int, ...]
    """In the order of time."""
    joined: Mapping[int, Bond]
    """Those of them that stood in no story or another one → their best bond with a member."""


def regroup(bonds: Bonds, due: Collection[int], candidates: Iterable[tuple[int, int]]) -> list[Story]:
    """Return the stories as they stand after the articles `due` have been told, in the order of their first articles.

    `bonds` knows these, all their candidates, and all articles of every story that one of those stands in. A story keeps its
    number when others join it; one left with a single article is not returned. The order of what is given makes no difference.
    """
    groups = _Groups(bonds, due)
    groups.compare(candidates)
    groups.check_members()
    groups.join(groups.without_story(due))
    groups.merge()
    while neighbours := groups.neighbours():
        if not groups.join(neighbours):
            break
    return groups.stories()


# --- bonds


class Bonds:
    """The bonds between some articles, each made once when it is asked for."""

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self.items: dict[int, Item] = {}
        self._shown: Counter[tuple[str, str | None, str | None]] = Counter()
        self._stock: set[tuple[str, str | None]] = set()
        self._made: dict[tuple[int, int], Bond] = {}
        self.add(items)

    def add(self, items: Iterable[Item]) -> None:
        """Add articles that are not in here yet."""
        new = {item.article_id: item for item in items if item.article_id not in self.items}
        self.items |= new
        self._shown.update((one.source, one.image_url, one.telling.language) for one in new.values() if one.image_url)
        self._stock = {(source, picture) for (source, picture, _), count in self._shown.items() if count > 1}

    def keep(self, numbers: Container[int]) -> None:
        """Forget all articles but these."""
        self.items = {number: item for number, item in self.items.items() if number in numbers}

    def bond(self, number: int, other: int) -> Bond:
        """Return how an article belongs to another one."""
        key = (number, other)
        if key not in self._made:
            self._made[key] = self._bond(self.items[number], self.items[other])
        return self._made[key]

    def _bond(self, one: Item, other: Item) -> Bond:
        apart = abs(one.published_at - other.published_at)
        if apart > SPAN:
            return NO_BOND
        if one.url in other.editions or other.url in one.editions:
            return Bond(SURE, f"an edition of article {other.article_id}")
        if self._share_picture(one, other):
            return Bond(SAME_PICTURE, f"the same picture as article {other.article_id} in another language")
        likely = same_story(one.telling, other.telling, apart / timedelta(hours=1))
        if one.source == other.source and apart <= EDITION_SPAN and _translated(one, other):
            likely = likely * EDITION_ODDS / (1 + likely * (EDITION_ODDS - 1))
        means = "names and numbers agree" if _translated(one, other) else "title and lead agree"
        return Bond(likely, f"{means} with article {other.article_id}: {likely:.0%} likely one event")

    def _share_picture(self, one: Item, other: Item) -> bool:
        """Tell editions by their picture: one that the publisher shows once in each language is no stock picture."""
        same = one.image_url is not None and (one.source, one.image_url) == (other.source, other.image_url)
        return same and _translated(one, other) and (one.source, one.image_url) not in self._stock


def _translated(one: Item, other: Item) -> bool:
    languages = one.telling.language, other.telling.language
    return None not in languages and languages[0] != languages[1]


# --- groups


@dataclass(slots=True)
class _Group:
    story_id: int | None
    members: list[tuple[datetime, int]]
    """In the order of time, the first article first."""

    def numbers(self) -> list[int]:
        """Return the members that others are compared with."""
        return [number for _, number in [*self.members[:1], *self.members[1:][1 - MOST_COMPARED :]]]

    def has_room(self, *times: datetime) -> bool:
        """Tell whether articles of these times leave the story within its span."""
        return max([self.members[-1][0], *times]) - min([self.members[0][0], *times]) <= SPAN


@dataclass(slots=True)
class _Groups:
    bonds: Bonds
    due: Collection[int]
    of: dict[int, _Group] = field(default_factory=dict)
    """Article → its group."""
    close: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Article → those that belong to it, of the ones compared."""

    def __post_init__(self) -> None:
        known: dict[int, _Group] = {}
        for item in sorted(self.bonds.items.values(), key=_when):
            if item.story_id is not None:
                group = known.setdefault(item.story_id, _Group(item.story_id, []))
                group.members.append(_when(item))
                self.of[item.article_id] = group

    def compare(self, pairs: Iterable[tuple[int, int]]) -> None:
        for number, other in pairs:
            if self.bonds.bond(number, other).holds:
                self.close[number].add(other)
                self.close[other].add(number)

    def check_members(self) -> None:
        """Take the articles that are told again out of stories that they no longer agree with."""
        for number in self._in_time(number for number in self.due if number in self.of):
            group = self.of[number]
            others = [other for _, other in group.members if other != number]
            if group.has_room() and any(self.bonds.bond(number, other).holds for other in others):
                continue
            group.members.remove(_when(self.bonds.items[number]))
            del self.of[number]

    def without_story(self, numbers: Iterable[int]) -> list[int]:
        return self._in_time(number for number in numbers if number not in self.of)

    def neighbours(self) -> list[int]:
        """Return the articles without a story that are close to one with a story."""
        return self.without_story(number for number, others in self.close.items() if any(other in self.of for other in others))

    def _in_time(self, numbers: Iterable[int]) -> list[int]:
        return sorted(numbers, key=lambda number: _when(self.bonds.items[number]))

    def join(self, numbers: Sequence[int]) -> bool:
        """Let each of these articles join a story or found one; return whether one did."""
        joined = [self._join(number) for number in numbers if number not in self.of]
        return any(joined)

    def _join(self, number: int) -> bool:
        group = self._best_group(number) or self._founded(number)
        if group is not None:
            insort(group.members, _when(self.bonds.items[number]))
            self.of[number] = group
        return group is not None

    def _best_group(self, number: int) -> _Group | None:
        """Return the group with which an article agrees most, if it agrees enough; the older of two that are alike."""
        at = self.bonds.items[number].published_at
        near = {id(group): group for other in self.close[number] if (group := self.of.get(other))}
        agreed = [
            (-agreement, group.members[0], group)
            for group in near.values()
            if group.has_room(at) and (agreement := self._agreement(number, group)) >= GROUP_SHARE
        ]
        return min(agreed, key=lambda found: found[:2])[2] if agreed else None

    def _agreement(self, number: int, group: _Group) -> float:
        """Return how far an article agrees with a group, 0 to 2: more than 1 with the group of one of its editions."""
        bonds = [self.bonds.bond(number, other) for other in group.numbers()]
        share = math.fsum(bond.likelihood for bond in bonds if bond.holds) / len(bonds)
        sure = any(bond.likelihood == SURE for bond in bonds)
        return sure + max(share, GROUP_SHARE if bonds[0].holds else 0.0)

    def _founded(self, number: int) -> _Group | None:
        """Return a new group of the article without a story that is closest."""
        free = self.without_story(self.close[number])
        if not free:
            return None
        other = max(free, key=lambda other: self.bonds.bond(number, other).likelihood)
        group = self.of[other] = _Group(None, [_when(self.bonds.items[other])])
        return group

    def merge(self) -> None:
        """Make one of two stories that agree as an article must to join one; it keeps the number of the older."""
        refused: set[tuple[int, int]] = set()
        for number in self._in_time(self.due):
            for other in self._in_time(self.close[number]):
                one, two = self.of.get(number), self.of.get(other)
                if one is None or two is None or one is two or (id(one), id(two)) in refused:
                    continue
                if self._are_one(one, two):
                    self._unite(*sorted((one, two), key=lambda group: (group.story_id or math.inf, group.members[0])))
                    refused.clear()
                else:
                    refused |= {(id(one), id(two)), (id(two), id(one))}

    def _are_one(self, one: _Group, two: _Group) -> bool:
        if not one.has_room(two.members[0][0], two.members[-1][0]):
            return False
        bonds = [self.bonds.bond(number, other) for number in one.numbers() for other in two.numbers()]
        return math.fsum(bond.likelihood for bond in bonds if bond.holds) >= GROUP_SHARE * len(bonds)

    def _unite(self, older: _Group, younger: _Group) -> None:
        older.members = sorted(older.members + younger.members)
        self.of |= {number: older for _, number in younger.members}

    def stories(self) -> list[Story]:
        groups = {id(group): group for group in self.of.values() if len(group.members) > 1}
        ordered = sorted(groups.values(), key=lambda group: group.members[0])
        return [self._story(group) for group in ordered]

    def _story(self, group: _Group) -> Story:
        members = tuple(number for _, number in group.members)
        new = [number for number in members if group.story_id is None or self.bonds.items[number].story_id != group.story_id]
        return Story(group.story_id, members, {number: self._best_bond(number, group) for number in new})

    def _best_bond(self, number: int, group: _Group) -> Bond:
        others = [self.bonds.bond(number, other) for other in group.numbers() if other != number]
        return max(others, key=lambda bond: bond.likelihood)


def _when(item: Item) -> tuple[datetime, int]:
    return (item.published_at, item.article_id)
