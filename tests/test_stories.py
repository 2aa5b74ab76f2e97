from __future__ import annotations

import json
from pathlib import Path

import pytest

from newswire.stories import Telling, keys, same_story, telling

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


def test_two_bulletins_of_the_same_words_are_two_events() -> None:
    days = [telling(f"Прогноз погоди на {day} листопада", f"Удень буде {day} градусів, вітер помірний.") for day in (8, 16)]
    assert same_story(*days) == 0
    alerts = [telling(None, "Повітряна тривога в усіх областях, пройдіть в укриття")] * 2
    assert same_story(*alerts, hours=1) > 0.5
    assert same_story(*alerts, hours=20) == 0


def test_the_same_words_with_the_same_figures_are_one_event_a_day_later_too() -> None:
    first = telling("Міст у Мукачеві відкрили", "Він коштував 4870 тисяч і має 120 метрів.")
    assert same_story(first, telling("Міст у Мукачеві відкрили", "Має 120 метрів, коштував 4870 тисяч гривень."), hours=30) > 0.5
    assert same_story(first, telling("Міст у Мукачеві відкрили", "Він коштував 9110 тисяч і має 77 метрів."), hours=30) == 0


@pytest.mark.parametrize(("a", "b"), [("uk", "ru"), ("uk", "en"), ("ru", "en")])
def test_an_event_is_recognised_in_another_language_by_names_and_numbers(a: str, b: str) -> None:
    told = {"uk": BRIDGE, "ru": BRIDGE_RU, "en": BRIDGE_EN}
    assert same_story(telling(*told[a], language=a), telling(*told[b], language=b)) > 0.5


def test_two_events_in_two_languages_are_two() -> None:
    assert same_story(telling(*BRIDGE, language="uk"), telling(*WELL_EN, language="en")) < 0.1
    assert same_story(telling(*WELL, language="uk"), telling(*BRIDGE_EN, language="en")) < 0.1


@pytest.mark.parametrize(
    ("uk", "en"),
    [
        ("Запоріжжя", "Zaporizhzhia"),
        ("Харків", "Kharkiv"),
        ("Луцьк", "Lutsk"),
        ("Чернігів", "Chernihiv"),
        ("Щастя", "Shchastia"),
        ("Макрон", "Macron"),
        ("Тетчер", "Thatcher"),
        ("Філіппіни", "Philippines"),
        ("Ікс", "X"),
    ],
)
def test_a_name_has_one_root_in_two_alphabets(uk: str, en: str) -> None:
    ukrainian, english = telling(f"Це сталося у {uk}", "", "uk"), telling(f"It happened in {en}", "", "en")
    assert ukrainian.hints.keys() == english.hints.keys() != set()


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


# --- keys


def test_what_tells_one_event_shares_keys_and_what_does_not_shares_none() -> None:
    assert set(keys(telling(*BRIDGE))) & set(keys(telling(*BRIDGE_AGAIN)))
    assert set(keys(telling(*BRIDGE, language="uk"))) & set(keys(telling(*BRIDGE_EN, language="en")))
    assert not set(keys(telling(*BRIDGE))) & set(keys(telling(*WELL)))


def test_keys_are_numbers_that_the_database_takes_and_never_many() -> None:
    text = " ".join(f"Слово{''.join(chr(1072 + n * place % 30) for place in range(9))} {n * 37}" for n in range(500))
    for told in [telling(text[:200], text), *(telling(odd, odd) for odd in ODD)]:
        found = keys(told)
        assert len(found) == len(set(found)) <= 48
        assert all(-(2**63) <= key < 2**63 for key in found)
        assert list(found) == sorted(found)


def test_the_keys_of_a_text_never_change() -> None:
    """They are stored, and compared with those of later versions."""
    assert keys(telling("Міст у Мукачеві", "Рух відкрили.")) == (-8831554127417833166, -7568984568767578994, 3981095779947804951)


def test_the_keys_find_the_labelled_pairs_of_one_story(shared: Path) -> None:
    lines = (shared / "bench/duplicates/data/story_dev.jsonl").read_text(encoding="utf-8").splitlines()
    pairs = [(row["label"] == "OK", told(row["a"]), told(row["b"])) for row in map(json.loads, lines)]
    likely = [(same, same_story(a, b) > 0.5) for same, a, b in pairs]
    right = likely.count((True, True))
    assert 2 * right / (2 * right + likely.count((True, False)) + likely.count((False, True))) > 0.87
    found = [bool(set(keys(a)) & set(keys(b))) for same, a, b in pairs if same]
    assert sum(found) / len(found) > 0.9


def told(doc: dict[str, str]) -> Telling:
    return telling(doc["title"], doc["text"])
