from __future__ import annotations

import pytest

from newswire.stories import same_story, telling

ODD = [
    "",
    "\n\n\t ",
    "😀😀😀",
    "12 15 1000 2 000 3,5 14:00",
    "\ud83d слово \udc00",
    "\u0000" * 50,
    "1" * 5000,
    "й" * 5000,
    "٣٤٥ ١٢",
]

BRIDGE = (
    "У Мукачеві відкрили новий міст через Латорицю",
    "Міський голова Богдан Рущак перерізав стрічку о 14:00. Довжина мосту 120 метрів.",
)
BRIDGE_AGAIN = (
    "Новий пішохідний міст відкрили у Мукачеві",
    "Богдан Рущак відкрив рух. Споруда через Латорицю завдовжки 120 метрів.",
)
BRIDGE_RU = (
    "В Мукачево открыли мост через Латорицу",
    "Городской голова Богдан Рущак перерезал ленту в 14:00. Длина моста 120 метров.",
)
BRIDGE_EN = (
    "Bridge over the Latorytsia opens in Mukachevo",
    "The mayor, Bohdan Rushchak, cut the ribbon. The bridge is 120 metres long.",
)
WELL = "На Одещині археологи знайшли античний колодязь", "На дні лежали амфори, розповіла керівниця експедиції Дарина Левчук."
WELL_EN = (
    "Archaeologists find an ancient well near Odesa",
    "There were amphorae in it, the head of the dig, Daryna Levchuk, said.",
)


def test_one_event_told_twice_is_one_story_and_two_events_are_two() -> None:
    assert same_story(telling(*BRIDGE), telling(*BRIDGE_AGAIN)) > 0.5
    assert same_story(telling(*BRIDGE), telling(*WELL)) < 0.1


def test_a_story_ends_after_three_days() -> None:
    assert same_story(telling(*BRIDGE), telling(*BRIDGE_AGAIN), hours=71) > 0.5
    assert same_story(telling(*BRIDGE), telling(*BRIDGE_AGAIN), hours=73) == 0


@pytest.mark.parametrize(("a", "b"), [("uk", "ru"), ("uk", "en"), ("ru", "en")])
def test_an_event_is_recognised_in_another_language_by_names_and_numbers(a: str, b: str) -> None:
    told = {"uk": BRIDGE, "ru": BRIDGE_RU, "en": BRIDGE_EN}
    assert same_story(telling(*told[a], language=a), telling(*told[b], language=b)) > 0.5


def test_one_number_or_name_in_common_makes_no_story_in_another_language() -> None:
    assert same_story(telling(*BRIDGE, language="uk"), telling(*WELL_EN, language="en")) == 0
    assert same_story(telling(*WELL, language="uk"), telling(*BRIDGE_EN, language="en")) == 0


def test_a_post_without_a_title_can_be_of_a_story() -> None:
    assert same_story(telling(None, "\n".join(BRIDGE)), telling(*BRIDGE_AGAIN)) > same_story(
        telling(None, "\n".join(BRIDGE)), telling(*WELL)
    )


@pytest.mark.parametrize("language", [None, "uk"])
def test_any_two_tellings_have_a_probability_the_same_both_ways(language: str | None) -> None:
    tellings = [telling(text[:80], text, language) for text in ODD] + [
        telling(None, "", "ru"),
        telling(*BRIDGE_EN, language="en"),
    ]
    for a in tellings:
        for b in tellings:
            assert 0 <= same_story(a, b) <= 1
            assert same_story(a, b) == pytest.approx(same_story(b, a))
