from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations

import pytest

from newswire.duplicates import SHORT_SPAN, SHORT_WORDS, Candidate, Edge, Verdict, cluster, exact_verdicts, verdicts
from newswire.similarity import Match

START = datetime(2026, 2, 20, 6, 0, tzinfo=UTC)
LONG = SHORT_WORDS
SHORT = SHORT_WORDS - 1


def post(number: int, hours: float = 0, text: str | None = None, words: int = LONG, forwarded: str | None = None) -> Candidate:
    return Candidate(
        article_id=number,
        source="telegram",
        external_id=f"mist/{number}",
        url=f"https://t.me/mist/{number}",
        forwarded_from=forwarded,
        text_hash=(text or f"text of {number}").encode(),
        word_count=words,
        published_at=START + timedelta(hours=hours),
    )


def pairs(*candidates: Candidate) -> dict[int, tuple[int, str]]:
    return {one.article_id: (one.original_id, one.kind) for one in exact_verdicts(candidates)}


def test_the_same_text_is_a_copy_of_the_earliest() -> None:
    assert pairs(post(3, 5, "same"), post(1, 30, "same"), post(2, 400, "same"), post(4)) == {1: (3, "exact"), 2: (3, "exact")}


def test_the_same_address_is_a_copy_whatever_it_says() -> None:
    same = replace(post(2, 1), source="other", url=post(1).url)
    assert pairs(post(1), same) == {2: (1, "url")}


def test_a_forward_is_a_copy_of_its_origin_even_when_edited() -> None:
    assert pairs(post(1), post(2, 5, "with a remark", forwarded="mist/1")) == {2: (1, "forward")}


@pytest.mark.parametrize("hours", [-30, 0, 30])
def test_the_origin_of_a_forward_is_its_original_whenever_it_is_stored_or_dated(hours: float) -> None:
    origin = post(9, hours, "same")
    assert pairs(post(1, 1, "same", forwarded="mist/9"), origin) == {1: (9, "forward")}


def test_two_forwards_of_one_missing_origin_stand_around_the_earlier() -> None:
    assert pairs(post(1, 3, forwarded="gone/7"), post(2, 1, forwarded="gone/7")) == {1: (2, "forward")}


def test_posts_forwarded_from_a_hidden_person_are_no_copies_of_one_another_for_that() -> None:
    assert pairs(post(1, forwarded="Hidden Name"), post(2, 1, forwarded="Hidden Name")) == {}


def test_when_the_missing_origin_comes_both_forwards_turn_to_it() -> None:
    forwards = [post(1, 3, forwarded="mist/9"), post(2, 1, forwarded="mist/9")]
    assert pairs(*forwards) == {1: (2, "forward")}
    assert pairs(*forwards, post(9, 0)) == {1: (9, "forward"), 2: (9, "forward")}


def test_a_forward_is_never_the_original_of_a_post_that_is_none() -> None:
    assert pairs(post(1, 0, "same", forwarded="gone/7"), post(2, 5, "same")) == {1: (2, "exact")}


def test_a_forward_of_a_forward_stands_around_the_first_origin() -> None:
    chain = [post(1), post(2, 1, forwarded="mist/1"), post(3, 2, forwarded="mist/2")]
    assert pairs(*chain) == {2: (1, "forward"), 3: (1, "forward")}


def test_forwards_of_two_sources_with_the_same_name_are_strangers() -> None:
    assert pairs(post(1), replace(post(2, 1, forwarded="mist/1"), source="other")) == {}


@pytest.mark.parametrize(("hours", "copies"), [(2, {2: (1, "exact")}), (12, {2: (1, "exact")}), (12.01, {}), (26, {})])
def test_a_short_text_is_a_copy_only_within_half_a_day(hours: float, copies: dict[int, tuple[int, str]]) -> None:
    assert pairs(post(1, 0, "explosions", SHORT), post(2, hours, "explosions", SHORT)) == copies


def test_a_text_of_twelve_words_is_a_copy_at_any_distance() -> None:
    assert pairs(post(1, 0, "same", LONG), post(2, 24 * 400, "same", LONG)) == {2: (1, "exact")}


def test_a_chain_of_short_texts_does_not_stretch_an_event_beyond_half_a_day() -> None:
    first, second, third = (post(number, 10 * number, "explosions", SHORT) for number in range(3))
    assert pairs(first, second, third) == {1: (0, "exact")}


def test_behind_a_new_event_short_texts_are_copies_of_it() -> None:
    days = [post(number, hours, "explosions", SHORT) for number, hours in enumerate((0, 2, 30, 31, 60))]
    assert pairs(*days) == {1: (0, "exact"), 3: (2, "exact")}


def test_articles_without_words_are_no_copies_of_one_another() -> None:
    photos = [replace(post(number, number), text_hash=None, word_count=0) for number in range(3)]
    assert pairs(*photos) == {}


def test_editions_of_one_story_are_no_duplicates() -> None:
    editions = [
        replace(post(number), source="unn", external_id=path, url=f"https://unn.ua/{path}", text_hash=path.encode())
        for number, path in enumerate(("news/mist", "ru/news/most", "en/news/bridge"))
    ]
    assert pairs(*editions) == {}


def test_the_surest_kind_is_named() -> None:
    address = replace(post(2, 1, "same", forwarded="mist/1"), url=post(1).url)
    assert pairs(post(1, 0, "same"), address) == {2: (1, "url")}
    assert pairs(post(1, 0, "same"), post(2, 1, "same", forwarded="mist/1")) == {2: (1, "forward")}


def test_equal_times_are_decided_by_the_number() -> None:
    for order in permutations([post(1, 0, "same"), post(2, 0, "same"), post(3, 0, "same")]):
        assert pairs(*order) == {2: (1, "exact"), 3: (1, "exact")}


def test_a_verdict_says_why() -> None:
    (found,) = exact_verdicts([post(1, 0, "same"), post(2, 1, "same")])
    assert found == Verdict(2, 1, "exact", 1.0, f"the same text, {LONG} words")


def test_nothing_and_one_article_have_no_verdicts() -> None:
    assert exact_verdicts([]) == exact_verdicts([post(1)]) == []


# Whatever comes


def crowd(dice: random.Random) -> list[Candidate]:
    size = dice.randrange(2, 14)
    return [
        replace(
            post(number, dice.choice((0, 1, 5, 20, 23, 25, 40, 60, 100)), words=dice.choice((SHORT, LONG))),
            source=dice.choice(("telegram", "unn")),
            url=f"https://t.me/{dice.randrange(size * 2)}",
            text_hash=dice.choice((None, b"a", b"b", b"c", str(number).encode())),
            forwarded_from=dice.choice((None, None, f"mist/{dice.randrange(size + 2)}", "Hidden Name")),
        )
        for number in range(size)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_whatever_comes_verdicts_are_a_star_and_do_not_depend_on_the_order(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(50):
        candidates = crowd(dice)
        verdicts = exact_verdicts(candidates)
        copies = {one.article_id for one in verdicts}
        assert len(copies) == len(verdicts)
        assert not copies & {one.original_id for one in verdicts}
        shuffled = dice.sample(candidates, len(candidates))
        assert exact_verdicts(shuffled) == verdicts


@pytest.mark.parametrize("seed", range(20))
def test_whatever_comes_each_verdict_is_borne_out_by_its_original(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(50):
        known = {one.article_id: one for one in crowd(dice)}
        for verdict in exact_verdicts(known.values()):
            copy, original = known[verdict.article_id], known[verdict.original_id]
            assert original.forwarded_from is None or copy.forwarded_from is not None
            if verdict.kind == "exact" and copy.word_count < SHORT_WORDS:
                assert abs(copy.published_at - original.published_at) <= SHORT_SPAN


def test_editions_of_one_article_are_no_copies_of_one_another_even_with_one_text() -> None:
    uk, ru = post(1, 0, "same"), replace(post(2, 1, "same"), editions=frozenset({post(1).url}))
    assert pairs(uk, ru) == {}
    assert pairs(uk, ru, post(3, 2, "same")) == {3: (1, "exact")}


def test_editions_stand_around_no_common_original() -> None:
    uk, ru = post(1, 0, "same"), replace(post(2, 1, "same"), editions=frozenset({post(1).url}))
    earlier, later = post(9, -1, "same"), post(3, 2, "same")
    assert pairs(earlier, uk, ru) == {1: (9, "exact")}
    assert pairs(earlier, uk, ru, later) == {1: (9, "exact"), 3: (9, "exact")}


# --- groups of similar texts


def item(number: int, hours: float = 0, words: int = 100, *, forwarded: bool = False) -> Candidate:
    return post(number, hours, words=words, forwarded="gone/1" if forwarded else None)


def edge(a: int, b: int, confidence: float = 0.9, kind: str = "near") -> Edge:
    return Edge(a, b, Match(kind, 0.95, confidence, "because"))


def stars(items: list[Candidate], edges: list[Edge]) -> dict[int, int]:
    return {one.article_id: one.original_id for one in cluster(items, edges)}


def test_the_earliest_is_the_original_whatever_its_number() -> None:
    assert stars([item(1, 5), item(2, 1), item(3, 9)], [edge(1, 2), edge(2, 3), edge(1, 3)]) == {1: 2, 3: 2}


def test_of_two_at_once_the_longer_is_the_original() -> None:
    assert stars([item(1, words=50), item(2, words=60)], [edge(1, 2)]) == {1: 2}


def test_without_a_match_there_is_no_verdict() -> None:
    assert cluster([item(1), item(2)], []) == []
    assert cluster([], []) == []


def test_a_match_with_an_article_that_is_not_among_the_items_does_not_count() -> None:
    assert stars([item(1)], [edge(1, 2)]) == {}


def test_a_verdict_on_a_direct_copy_is_its_match() -> None:
    assert cluster([item(1), item(2, 1)], [edge(1, 2, kind="excerpt")]) == [Verdict(2, 1, "excerpt", 0.95, "because")]


def test_a_copy_of_a_copy_stands_around_the_original_and_says_through_whom() -> None:
    found = cluster([item(1), item(2, 1), item(3, 2)], [edge(1, 2), edge(2, 3)])
    assert found[1] == Verdict(3, 1, "near", 0.95, "by article 2, of the same group: because")


def test_a_chain_of_small_changes_does_not_join_what_has_nothing_in_common() -> None:
    chain = [item(number, number) for number in range(8)]
    found = stars(chain, [edge(number, number + 1) for number in range(7)])
    assert len({*found.values()}) > 1
    assert not {*found} & {*found.values()}


def test_an_article_joins_the_group_that_it_agrees_with_most() -> None:
    items = [item(1), item(2, 1), item(3, 2)]
    assert stars(items, [edge(1, 3, 0.6), edge(2, 3, 0.9)]) == {3: 2}
    assert stars(items, [edge(1, 3, 0.9), edge(2, 3, 0.6)]) == {3: 1}


def test_a_match_joins_one_article_never_two_groups() -> None:
    items = [item(1), item(2), item(3, 1), item(4, 1), item(5, 2)]
    assert stars(items, [edge(1, 3), edge(2, 4), edge(5, 3, 0.8), edge(5, 1, 0.8), edge(5, 2, 0.7)]) == {3: 1, 4: 2, 5: 1}


def test_a_fuller_article_takes_the_place_of_its_excerpt_which_others_copied() -> None:
    items = [item(1, 0, 30), item(2, 1, 30), item(3, 2, 300)]
    assert stars(items, [edge(1, 2), edge(1, 3, kind="excerpt"), edge(2, 3, kind="excerpt")]) == {1: 3, 2: 3}


def test_a_longer_edition_does_not_take_the_place_of_a_full_text() -> None:
    assert stars([item(1, 0, 200), item(2, 1, 260)], [edge(1, 2)]) == {2: 1}


def test_an_excerpt_that_comes_later_changes_nothing() -> None:
    assert stars([item(1, 0, 300), item(2, 1, 30)], [edge(1, 2, kind="excerpt")]) == {2: 1}


def test_a_similar_forward_is_never_the_original_of_a_post_that_is_none() -> None:
    assert stars([item(1, forwarded=True), item(2, 5)], [edge(1, 2)]) == {1: 2}
    fuller = item(1, 0, 300, forwarded=True)
    assert stars([fuller, item(2, 5, 30)], [edge(1, 2, kind="excerpt")]) == {1: 2}


def test_the_order_of_what_is_given_changes_nothing() -> None:
    items = [item(1), item(2, 1), item(3, 1), item(4, 2, 30), item(5, 3)]
    edges = [edge(1, 2, 0.7), edge(3, 2, 0.7), edge(2, 4, kind="excerpt"), edge(4, 5, 0.6), edge(3, 5, 0.6)]
    expected = cluster(items, edges)
    for some in permutations(items):
        assert cluster(some, reversed(edges)) == expected


def test_at_random_every_copy_has_one_original_that_is_no_copy() -> None:
    dice = random.Random(3)
    for _ in range(200):
        items = [item(number, dice.randrange(5), dice.choice([20, 100, 300])) for number in range(12)]
        edges = [
            edge(*dice.sample(range(12), 2), confidence=dice.uniform(0.51, 1), kind=dice.choice(["near", "excerpt"]))
            for _ in range(14)
        ]
        found = cluster(items, edges)
        copies = [verdict.article_id for verdict in found]
        assert len({*copies}) == len(copies)
        assert not {*copies} & {verdict.original_id for verdict in found}


def test_editions_join_no_group_in_which_the_other_one_is() -> None:
    ru = replace(item(3, 2), editions=frozenset({item(1).url}))
    edges = [edge(1, 2), edge(2, 3), edge(1, 3)]
    assert {one.article_id: one.original_id for one in verdicts([item(1), item(2, 1), ru], edges)} == {2: 1}


# --- both together


def test_stars_that_hold_two_editions_are_not_joined() -> None:
    uk, ru = post(1, 1, "same"), replace(post(2, 2), editions=frozenset({post(1).url}))
    assert judged([post(9, 0, "same"), uk, ru], [edge(9, 2)]) == {1: (9, "exact")}


def judged(candidates: list[Candidate], edges: list[Edge]) -> dict[int, tuple[int, str]]:
    return {one.article_id: (one.original_id, one.kind) for one in verdicts(candidates, edges)}


def test_a_star_of_sure_copies_follows_its_original_to_the_fuller_text() -> None:
    short = [post(1, 0, "lead", 30), post(2, 1, "lead", 30)]
    full = post(3, 2, "whole", 300)
    assert judged([*short, full], [edge(1, 3, kind="excerpt")]) == {1: (3, "excerpt"), 2: (3, "excerpt")}
    copy = verdicts([*short, full], [edge(1, 3, kind="excerpt")])[1]
    assert copy.reason == "the same text, 30 words as article 1, and that is because"


def test_a_match_of_any_copy_joins_its_whole_star() -> None:
    candidates = [post(1, 0, "a"), post(2, 1, "a"), post(3, 2, "b"), post(4, 3, "b")]
    assert judged(candidates, [edge(2, 4)]) == {2: (1, "exact"), 3: (1, "near"), 4: (1, "near")}


def test_a_match_within_one_star_changes_nothing() -> None:
    candidates = [post(1, 0, "a"), post(2, 1, "a")]
    assert judged(candidates, [edge(1, 2)]) == judged(candidates, []) == {2: (1, "exact")}


def test_a_copys_own_match_with_the_original_is_its_verdict() -> None:
    candidates = [post(1, 0, "a"), post(2, 1, "b"), post(3, 2, "b")]
    found = verdicts(candidates, [edge(1, 2), Edge(3, 1, Match("near", 0.8, 0.7, "seen itself"))])
    assert found[1] == Verdict(3, 1, "near", 0.8, "seen itself")


def test_an_edge_to_an_article_that_is_not_given_does_not_count() -> None:
    assert judged([post(1)], [edge(1, 2)]) == {}


def test_together_the_order_of_what_is_given_changes_nothing_and_originals_are_no_copies() -> None:
    dice = random.Random(11)
    for _ in range(200):
        candidates = [post(number, dice.randrange(6), dice.choice("abcdef"), dice.choice([20, 100, 300])) for number in range(10)]
        edges = [
            edge(*pair, confidence=dice.uniform(0.51, 1), kind=dice.choice(["near", "excerpt"]))
            for pair in dice.sample([*combinations(range(10), 2)], 8)
        ]
        found = verdicts(candidates, edges)
        assert not {one.article_id for one in found} & {one.original_id for one in found}
        assert verdicts(dice.sample(candidates, 10), dice.sample(edges, 8)) == found
