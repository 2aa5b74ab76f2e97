from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from newswire.stories import Telling, telling
from newswire.story_groups import GROUP_SHARE, LIKELY_ENOUGH, MOST_COMPARED, SPAN, SURE, Bonds, Item, regroup

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
BRIDGE = telling("У Мукачеві відкрили новий міст через Латорицю", "Міст має 120 метрів, сказав Богдан Рущак.", "uk")
BRIDGE_EN = telling("A new footbridge spans the river", "It is as long as a football pitch.", "en")
WELL = telling("На Одещині археологи знайшли античний колодязь", "На дні лежали амфори.", "uk")


def item(number: int, told: Telling = BRIDGE, hours: float = 0, **fields: object) -> Item:
    usual = {"source": f"s{number}", "url": f"https://s{number}.example/{number}"}
    return Item(number, **usual | fields, published_at=NOON + timedelta(hours=hours), telling=told)  # type: ignore[arg-type]


def grouped(items: Sequence[Item], due: Iterable[int] | None = None) -> list[tuple[int | None, tuple[int, ...]]]:
    numbers = [one.article_id for one in items]
    found = regroup(Bonds(items), set(numbers if due is None else due), combinations(numbers, 2))
    return [(story.story_id, story.members) for story in found]


def test_articles_of_one_event_found_a_story_in_the_order_of_time() -> None:
    assert grouped([item(1, hours=2), item(2), item(3, WELL), item(4, hours=1)]) == [(None, (2, 4, 1))]


def test_articles_alone_and_no_articles_make_no_story() -> None:
    assert grouped([]) == []
    assert grouped([item(1), item(2, WELL)]) == []


def test_the_order_of_what_is_given_makes_no_difference() -> None:
    items = [item(number, (BRIDGE, WELL)[number % 2], hours=7 * number) for number in range(20)]
    expected = grouped(items)
    for seed in range(5):
        assert grouped(random.Random(seed).sample(items, len(items))) == expected


def test_a_story_has_room_for_three_days_and_no_more() -> None:
    assert grouped([item(1), item(2, hours=10), item(3, BRIDGE, hours=72)]) == [(None, (1, 2, 3))]
    found = grouped([item(number, hours=10 * number) for number in range(30)])
    assert sum(len(members) for _, members in found) == 30
    assert all(members[-1] - members[0] <= SPAN / timedelta(hours=10) for _, members in found)


def test_an_edition_is_sure_whatever_it_says() -> None:
    english = item(2, BRIDGE_EN, 5, source="s1", editions=frozenset({item(1).url}))
    bonds = Bonds([item(1), english])
    assert bonds.bond(1, 2).likelihood == bonds.bond(2, 1).likelihood == SURE
    assert bonds.bond(2, 1).reason == "an edition of article 1"
    assert not Bonds([item(1), replace(english, published_at=NOON + SPAN * 2)]).bond(1, 2).holds


def test_an_edition_joins_the_story_of_its_own_before_one_that_its_text_agrees_with() -> None:
    english = item(9, WELL, 5, editions=frozenset({item(1).url}))
    wells = [item(number, WELL, story_id=2) for number in range(20, 25)]
    assert grouped([item(1, story_id=1), item(2, story_id=1), english, *wells], due=[9])[0] == (1, (1, 2, 9))


@pytest.mark.parametrize(("language", "holds"), [("en", True), ("uk", False)])
def test_a_picture_tells_editions_in_another_language_alone(language: str, *, holds: bool) -> None:
    other = item(2, replace(BRIDGE_EN, language=language), 5, source="s1", image_url="p")
    assert Bonds([item(1, image_url="p"), other]).bond(1, 2).holds == holds


def test_a_picture_of_two_articles_in_a_language_tells_nothing() -> None:
    items = [item(1, image_url="p"), item(2, BRIDGE_EN, 5, source="s1", image_url="p")]
    assert not Bonds([*items, item(3, WELL, source="s1", image_url="p")]).bond(1, 2).holds
    assert Bonds([*items, item(3, WELL, source="s3", image_url="p")]).bond(1, 2).holds


def test_an_article_that_agrees_with_one_of_many_stays_out() -> None:
    """Else a chain of small changes joins two events."""
    bridges = [item(number, BRIDGE, number / 10, story_id=1) for number in range(1, 9)]
    late = item(9, WELL, 1, story_id=1)
    assert grouped([*bridges, late, item(10, WELL, 2)], due=[10]) == [(1, tuple(range(1, 10)))]
    assert grouped([*bridges[:1], late, item(10, WELL, 2)], due=[10]) == [(1, (1, 9, 10))]


def test_the_bar_of_a_group_lies_below_the_bar_of_a_pair() -> None:
    assert GROUP_SHARE < LIKELY_ENOUGH < 1


def test_a_story_keeps_its_number_and_names_those_that_joined() -> None:
    items = [item(1, story_id=7), item(2, hours=1, story_id=7), item(3, hours=2)]
    (story,) = regroup(Bonds(items), {3}, [(3, 1), (3, 2)])
    assert (story.story_id, story.members, list(story.joined)) == (7, (1, 2, 3), [3])


def test_a_member_that_no_longer_agrees_leaves_and_one_left_alone_has_no_story() -> None:
    items = [item(1, story_id=7), item(2, WELL, 1, story_id=7)]
    assert grouped(items, due=[2]) == []
    third = item(3, hours=2, story_id=7)
    assert grouped([*items, third], due=[2]) == [(7, (1, 3))]


def test_a_member_moved_out_of_the_span_leaves() -> None:
    assert grouped([item(1, story_id=7), item(2, hours=1, story_id=7), item(3, hours=90, story_id=7)], due=[3]) == [(7, (1, 2))]


def test_one_without_a_story_comes_in_with_the_one_that_it_is_close_to() -> None:
    alone = item(1, BRIDGE_EN, source="s9", url="https://s9.example/1")
    items = [alone, item(2, story_id=7), item(3, hours=1, story_id=7), item(4, hours=1, editions=frozenset({alone.url}))]
    assert grouped(items, due=[4]) == [(7, (1, 2, 3, 4))]


def test_two_stories_that_turn_out_to_be_one_keep_the_number_of_the_older() -> None:
    items = [item(number, hours=number, story_id=story) for number, story in ((1, 8), (2, 8), (3, 5), (4, 5))]
    assert grouped([*items, item(9, hours=9)], due=[9])[0][0] in (5, 8)
    assert grouped([*items, item(9, hours=9)], due=[1, 2, 3, 4, 9]) == [(5, (1, 2, 3, 4, 9))]


def test_two_stories_too_far_apart_stay_two() -> None:
    items = [item(1, story_id=5), item(2, hours=1, story_id=5), item(3, hours=71, story_id=8), item(4, hours=80, story_id=8)]
    assert grouped(items) == [(5, (1, 2)), (8, (3, 4))]


def test_a_story_of_many_articles_is_compared_in_part() -> None:
    items = [item(number, hours=number / 100, story_id=7) for number in range(3 * MOST_COMPARED)]
    bonds = Bonds([*items, item(999, hours=5)])
    (story,) = regroup(bonds, {999}, [(999, 0)])
    assert len(story.members) == 3 * MOST_COMPARED + 1


def test_the_likelihood_of_a_bond_is_the_same_both_ways_and_a_share() -> None:
    items = [
        item(number, told, 0.1 * number, source="s") for number, told in enumerate((BRIDGE, BRIDGE_EN, WELL, telling(None, "")))
    ]
    bonds = Bonds(items)
    for a, b in combinations(range(4), 2):
        assert 0 <= bonds.bond(a, b).likelihood <= 1
        assert bonds.bond(a, b).likelihood == pytest.approx(bonds.bond(b, a).likelihood)
