from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from newswire.duplicates import SHORT_SPAN, SHORT_WORDS, Candidate, Verdict, exact_verdicts

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


@pytest.mark.parametrize(("hours", "copies"), [(2, {2: (1, "exact")}), (24, {2: (1, "exact")}), (24.01, {}), (26, {})])
def test_a_short_text_is_a_copy_only_within_a_day(hours: float, copies: dict[int, tuple[int, str]]) -> None:
    assert pairs(post(1, 0, "explosions", SHORT), post(2, hours, "explosions", SHORT)) == copies


def test_a_text_of_twelve_words_is_a_copy_at_any_distance() -> None:
    assert pairs(post(1, 0, "same", LONG), post(2, 24 * 400, "same", LONG)) == {2: (1, "exact")}


def test_a_chain_of_short_texts_does_not_stretch_an_event_beyond_a_day() -> None:
    first, second, third = (post(number, 20 * number, "explosions", SHORT) for number in range(3))
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
