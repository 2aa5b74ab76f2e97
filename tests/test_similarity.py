from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from newswire import similarity
from newswire.duplicates import Verdict
from newswire.similarity import (
    Edge,
    Frequencies,
    Item,
    Match,
    cluster,
    footer_lines,
    judge,
    prepare,
    same_story,
    sketch,
    telling,
)

ROOT = Path(__file__).parents[1]
BENCH = Path(__file__).parents[2] / "shared/bench/duplicates"

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
NOTHING_KNOWN = Frequencies()

ARTICLE = """У Мукачеві відкрили новий пішохідний міст через Латорицю
Будівництво тривало чотирнадцять місяців і коштувало громаді 48,6 млн грн, розповів міський голова на брифінгу.
Довжина споруди становить 120 метрів, ширина сягає чотирьох, а опори розраховані на весняну повінь.
Старий дерев'яний перехід розібрали ще торік, бо експерти визнали його аварійним після паводка.
Тепер мешканці лівого берега дістануться до вокзалу за десять хвилин замість сорока.
Вздовж перил встановили світильники, які живляться від сонячних панелей на даху сусідньої школи.
Підрядник дав гарантію на вісім років, проте взимку рух обмежуватимуть через ожеледь.
Перші перехожі вже скаржаться на слизьке покриття, тому фахівці обіцяють його замінити до осені."""

OTHER = """На Одещині археологи знайшли античний колодязь із вапняку
Знахідку датують третім століттям до нашої ери, повідомила керівниця експедиції Дарина Левчук.
На дні лежали амфори, бронзові гачки та уламки чорнолакового посуду з клеймами гончарів.
Розкопки почалися випадково, коли фермер прокладав трубу для зрошення виноградника.
Музей планує показати найцікавіші речі влітку, а сам колодязь законсервують під навісом."""

BULLETIN = """Ситуація на дорогах області станом на ранок {day} березня
За минулу добу рятувальники витягли зі снігу {cars} автомобілів, зокрема {trucks} вантажівок.
Без світла залишаються {villages} населених пунктів, працюють {crews} бригад енергетиків.
На автошляхи висипали {salt} тонн солі, чергують {plows} снігоочисних машин.
Водіїв просять не виїжджати без потреби та мати запас пального."""


def bulletin(day: int) -> str:
    dice = random.Random(day)
    return BULLETIN.format(
        day=day, **{name: dice.randrange(20, 900) for name in ("cars", "trucks", "villages", "crews", "salt", "plows")}
    )


def match(a: str, b: str, hours: float | None = None) -> Match | None:
    return judge(prepare(a), prepare(b), NOTHING_KNOWN, hours)


def sentences(text: str, *places: int) -> str:
    lines = text.split("\n")
    return "\n".join(lines[place] for place in places)


# --- preparing


def test_a_line_under_five_posts_is_a_footer_and_one_under_four_is_none() -> None:
    posts = [f"Подія номер {word}\n\n👉 Тихий Вечір. Долучайтесь" for word in ("перша", "друга", "третя", "четверта")]
    assert footer_lines(posts) == frozenset()
    assert footer_lines([*posts, "П'ята\nТИХИЙ ВЕЧІР — долучайтесь!"]) == {*prepare_words("тихий вечір долучайтесь")}


def prepare_words(text: str) -> list[str]:
    return list(footer_lines([text] * similarity.FOOTER_POSTS))


def test_a_line_twice_in_one_post_counts_once() -> None:
    assert footer_lines(["Слава\nСлава\nСлава", "Слава\nСлава\nСлава"]) == frozenset()


def test_a_long_line_is_news_however_often_it_comes() -> None:
    assert footer_lines([sentences(ARTICLE, 1)] * 9) == frozenset()


def test_a_footer_is_not_compared_but_a_post_that_is_all_footer_is() -> None:
    footer = footer_lines(["Тихий Вечір. Долучайтесь"] * 5)
    assert prepare(f"{ARTICLE}\nТихий Вечір: долучайтесь!", footer=footer) == prepare(ARTICLE)
    assert prepare("Тихий вечір, долучайтесь", footer=footer).stems == ("тихий", "вечір", "долуча")


@pytest.mark.parametrize(
    "changed",
    [
        ARTICLE.replace("о", "o").replace("і", "i").replace("С", "C"),
        ARTICLE.replace("'", "’"),
        ARTICLE.replace("48,6", "48.6"),
        ARTICLE.replace(" ", "\u00a0"),
        ARTICLE.upper(),
        f"⚡️ {ARTICLE} 🇺🇦",
        f"Оновлено о 14:35. {ARTICLE}",
        f"ОНОВЛЕНО. {ARTICLE}",
        f"🔴 ТЕРМІНОВО: {ARTICLE}",
        f"Updated at 14:35 - {ARTICLE}",
        f"КИЇВ. 4 березня. УНН. {ARTICLE}",
        f"МУКАЧЕВЕ, 4 бер — Укрінформ. {ARTICLE}",
        f"ОНОВЛЕНО. Київ • УНН • {ARTICLE}",
        f"{ARTICLE}\nПро це повідомляє «Тихий вечір» з посиланням на мерію.",
        f"{ARTICLE}\nНагадаємо, торік у місті закрили три автобусні маршрути.",
        f"{ARTICLE}\n\nПідписатися на «Тихий вечір» | Надіслати новину",
        f"{ARTICLE}\nhttps://example.org/a?b=1 @tyhyi_vechir",
    ],
)
def test_what_publishers_put_around_a_text_makes_no_difference(changed: str) -> None:
    assert prepare(changed) == prepare(ARTICLE)


@pytest.mark.parametrize("number", ["616 300", "616\u00a0300", "616\u202f300", "616300"])
def test_thousands_are_one_number_however_they_are_spaced(number: str) -> None:
    assert prepare(f"Загалом нарахували {number} виборців").numbers == {"616300"}


def test_two_numbers_side_by_side_stay_two() -> None:
    assert prepare("Рахунок 12 15, нагороди 2026 1000").numbers == {"12", "15", "2026", "1000"}


def test_title_and_lead_are_part_of_the_text() -> None:
    title, lead, *body = ARTICLE.split("\n")
    assert prepare("\n".join(body), title=title, lead=lead).stems == prepare(ARTICLE).stems


def test_a_news_item_of_which_only_background_would_be_left_is_compared_whole() -> None:
    assert "маршру" in prepare("Нагадаємо, торік закрили три маршрути").vocabulary


def test_a_line_that_speaks_of_signing_is_news() -> None:
    # «підписав» and «Підписатися» begin alike
    assert "підпис" in prepare(f"Мер підписав указ про новий міст\n{ARTICLE}").vocabulary
    assert "підпис" not in prepare(f"Тихий Вечір. Підписатися\n{ARTICLE}").vocabulary


# --- sketches


def test_a_sketch_is_made_of_signed_64_bit_integers_in_order_each_once() -> None:
    values = sketch(prepare(ARTICLE))
    assert list(values) == sorted(set(values))
    assert all(-(2**63) <= value < 2**63 for value in values)
    assert any(value < 0 for value in sketch(prepare(sentences(ARTICLE, 0, 1))))


def test_a_sketch_holds_the_low_hashes_and_at_least_sixteen() -> None:
    prepared = prepare(ARTICLE)
    unsigned = {value % 2**64 for value in sketch(prepared)}
    assert {gram for gram in prepared.grams if gram < 2**61} <= unsigned <= prepared.grams
    assert unsigned >= set(sorted(prepared.grams)[:16])


def test_a_short_text_is_all_sketch_and_one_of_two_words_has_none() -> None:
    assert len(sketch(prepare("Сильний град накрив Полтаву"))) == 2
    assert sketch(prepare("Град Полтава")) == ()


def test_an_excerpt_shares_hashes_with_an_article_of_any_length() -> None:
    dice = random.Random(7)
    words = ["".join(dice.choices("абвгдежзиклмнопрстуф", k=7)) for _ in range(3000)]
    for start in range(20):
        article = prepare(" ".join([*sentences(ARTICLE, 0, 1).split(), *words[start:]]))
        assert len({*sketch(article)} & {*sketch(prepare(sentences(ARTICLE, 0, 1)))}) > 1


def test_sketches_are_the_same_in_every_process() -> None:
    code = f"from newswire.similarity import *; print(sketch(prepare({ARTICLE!r})))"
    path = str(ROOT / "plugins")
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": path},
            check=True,
            capture_output=True,
        ).stdout.decode()
        for seed in ("0", "1", "4711")
    }
    assert outputs == {f"{sketch(prepare(ARTICLE))}\n"}


# --- weights of words


def test_a_stem_says_the_more_the_rarer_it_is() -> None:
    texts = [prepare(f"Полтава чекає град {number}") for number in "абвгдежзик" * 30]
    idf = Frequencies.of(texts)
    assert idf("полтав") < 1
    assert idf("громад") > 4
    assert Frequencies.of(texts) == idf


def test_before_anything_is_counted_short_words_say_least() -> None:
    weights = [NOTHING_KNOWN(stem) for stem in ("і", "на", "для", "міст", "перед", "громад")]
    assert weights == sorted(weights)
    assert weights[0] > 0
    assert NOTHING_KNOWN("5") == NOTHING_KNOWN("громад")


# --- near


@pytest.mark.parametrize(
    "edited",
    [
        ARTICLE,
        sentences(ARTICLE, 0, 1, 2, 4, 5, 7),
        sentences(ARTICLE, 1, 2, 3, 4, 5, 6, 7),
        ARTICLE.replace("розповів", "сказав")
        .replace("експерти", "фахівці")
        .replace("торік", "минулого року")
        .replace("через ожеледь", ""),
        f"Офіційно: {sentences(ARTICLE, 0)}\n{ARTICLE}\nДодамо, у лютому міст відвідали будівельники з Чехії.",
        f"{ARTICLE}\nЗа задумом архітекторки, восени біля нього висадять двадцять кленів.",
    ],
)
def test_an_edited_copy_is_found(edited: str) -> None:
    found = match(ARTICLE, edited, hours=60)
    assert found is not None
    assert found.kind == "near"
    assert found.similarity > 0.8
    assert 0.5 < found.confidence <= 1


def test_a_match_says_why() -> None:
    found = match(ARTICLE, sentences(ARTICLE, 0, 1, 2))
    assert found is not None
    assert (
        found.reason
        == "an excerpt, 37 words of 101: 100% of the words and 100% of the passages of the shorter stand in the longer"
    )


def test_two_news_are_no_copies() -> None:
    assert match(ARTICLE, OTHER) is None


def test_two_news_with_the_same_background_are_no_copies() -> None:
    background = "\n".join(f"Нагадаємо, {line}" for line in bulletin(5).split("\n"))
    assert match(f"{ARTICLE}\n{background}", f"{OTHER}\n{background}") is None


@pytest.mark.parametrize("day", range(1, 28))
def test_bulletins_of_consecutive_days_are_no_copies(day: int) -> None:
    assert match(bulletin(day), bulletin(day + 1), hours=24) is None
    assert match(bulletin(day), f"ОНОВЛЕНО. {bulletin(day)}\nПідписатися", hours=1) is not None


@pytest.mark.parametrize("hours", [2, 20, 200])
def test_alerts_for_two_places_are_no_copies(hours: float) -> None:
    assert (
        match(
            "🔴 Повітряна тривога в Сумській області, всі в укриття", "🔴 Повітряна тривога у Львові, прямуйте в укриття", hours
        )
        is None
    )


def test_the_same_short_alert_is_a_copy_within_the_hour_and_another_event_on_another_day() -> None:
    alert = "Повітряна тривога оголошена в усіх областях України"
    assert match(alert, f"❗️{alert}!", hours=0.2) is not None
    assert match(alert, alert, hours=21) is None
    assert match(alert, alert, hours=48) is None


def test_a_long_text_may_be_copied_weeks_later_a_short_one_may_not() -> None:
    assert match(ARTICLE, ARTICLE, hours=600) is not None
    assert match(sentences(ARTICLE, 0, 1), sentences(ARTICLE, 0, 1), hours=37) is None
    assert match(sentences(ARTICLE, 0, 1), sentences(ARTICLE, 0, 1), hours=3) is not None


# --- excerpts


@pytest.mark.parametrize("places", [(0, 1), (0, 1, 2), (0, 1, 2, 3)])
def test_the_beginning_of_an_article_is_an_excerpt(places: tuple[int, ...]) -> None:
    found = match(f"{sentences(ARTICLE, *places)}\n\nЧитати далі: https://example.org/", ARTICLE, hours=2)
    assert found is not None
    assert found.kind == "excerpt"


def test_a_post_may_copy_the_lead_without_the_title() -> None:
    title, lead, *body = ARTICLE.split("\n")
    article = prepare("\n".join(body), title=title, lead=lead)
    found = judge(article, prepare(sentences(ARTICLE, 1, 2)), NOTHING_KNOWN, 2.0)
    assert found is not None
    assert found.kind == "excerpt"


def test_a_digest_that_quotes_an_item_is_no_copy_of_it() -> None:
    item = sentences(ARTICLE, 0, 1)
    digest = f"Головне за день\n{bulletin(3)}\n{OTHER}\n{item}\nДалі буде"
    assert match(digest, item, hours=5) is None
    assert match(digest, OTHER, hours=5) is None


@pytest.mark.parametrize("place", range(1, 4))
def test_a_quotation_within_a_longer_text_is_no_excerpt_wherever_it_stands(place: int) -> None:
    parts = [bulletin(3), bulletin(4), OTHER]
    parts.insert(place, sentences(ARTICLE, 0, 1, 2, 3, 4))
    assert match("\n".join(parts), sentences(ARTICLE, 0, 1, 2, 3, 4), hours=5) is None


def test_a_roundup_line_is_no_copy_of_a_short_post_on_another_subject() -> None:
    assert (
        match(
            "Пшениця 9200 гривень, кукурудза 8100. Соняшник подорожчав до 21 тисячі за тонну",
            "Соняшник подорожчав до 21 тисячі",
            1,
        )
        is None
    )


# --- hostile input

HOSTILE = [
    "",
    "\n\n\t ",
    "😀😀😀",
    "12 15 1000 2 000 3,5 14:00",
    "\ud83d слово \udc00 \ud800",
    "Слово",
    "\u0000" * 50,
    "ОНОВЛЕНО. " * 500,
    "Нагадаємо, " * 500,
    "1" * 5000,
    "й" * 5000,
    "٣٤٥ ١٢ рядки",
    "https://example.org/" * 30,
    ARTICLE,
    sentences(ARTICLE, 0, 1),
    bulletin(4),
]


@pytest.mark.parametrize("a", HOSTILE)
@pytest.mark.parametrize("b", HOSTILE)
def test_any_two_texts_are_compared_the_same_both_ways(a: str, b: str) -> None:
    one, other = prepare(a), prepare(b)
    comparison = similarity.compare(one, other, NOTHING_KNOWN, 1.0)
    assert comparison == similarity.compare(other, one, NOTHING_KNOWN, 1.0)
    assert judge(one, other, NOTHING_KNOWN, 1.0) == judge(other, one, NOTHING_KNOWN, 1.0) == similarity.verdict(comparison)
    shares = comparison.passages, comparison.words, comparison.covered, comparison.lead, comparison.start, comparison.subject
    assert all(0 <= share <= 1 for share in (*shares, comparison.conflicts, comparison.numbers_missing))
    assert 0 <= similarity.confidence(comparison) <= 1


def test_a_title_makes_no_difference_to_which_is_named_first() -> None:
    one, other = prepare(ARTICLE), prepare(ARTICLE.split("\n", 1)[1], title=ARTICLE.split("\n", 1)[0])
    assert one.stems == other.stems
    assert similarity.compare(one, other, NOTHING_KNOWN) == similarity.compare(other, one, NOTHING_KNOWN)


@pytest.mark.parametrize("text", [text for text in HOSTILE if len(prepare(text).stems) < similarity.LEAST_TOKENS])
def test_a_text_without_three_words_is_no_copy_even_of_itself(text: str) -> None:
    assert match(text, text, 0.0) is None


MEGABYTE: dict[str, Callable[[random.Random], str]] = {
    "words": lambda dice: " ".join("".join(dice.choices("абвгде", k=5)) for _ in range(170_000)),
    "one word": lambda _: "а" * 1_000_000,
    "digits": lambda _: "1 234 " * 160_000,
    "line breaks": lambda _: "\n" * 1_000_000,
    "labels": lambda _: "ОНОВЛЕНО. " * 100_000,
    "datelines": lambda _: "Київ . " * 140_000,
    "short lines": lambda _: "Про це пише\n" * 80_000,
    "background": lambda _: "!" * 500_000 + "Нагадаємо" * 50_000,
    "letters and blanks": lambda _: "А" + " " * 1_000_000,
}


@pytest.mark.parametrize("name", MEGABYTE)
def test_a_megabyte_of_anything_is_prepared_and_makes_a_bounded_sketch(name: str) -> None:
    # what backtracks without end would not come back
    prepared = prepare(MEGABYTE[name](random.Random(1)))
    assert len(sketch(prepared)) <= similarity.SKETCH_MOST + similarity.SKETCH_LEAST
    assert judge(prepared, prepare(ARTICLE), NOTHING_KNOWN) is None


# --- groups


def item(number: int, hours: float = 0, words: int = 100, *, forwarded: bool = False) -> Item:
    return Item(number, NOON + timedelta(hours=hours), words, forwarded)


def edge(a: int, b: int, confidence: float = 0.9, kind: str = "near") -> Edge:
    return Edge(a, b, Match(kind, 0.95, confidence, "because"))


def stars(items: list[Item], edges: list[Edge]) -> dict[int, int]:
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
    verdicts = cluster([item(1), item(2, 1), item(3, 2)], [edge(1, 2), edge(2, 3)])
    assert verdicts[1] == Verdict(3, 1, "near", 0.95, "by article 2, of the same group: because")


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


def test_a_forward_is_never_the_original_of_a_post_that_is_none() -> None:
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
        verdicts = cluster(items, edges)
        copies = [verdict.article_id for verdict in verdicts]
        assert len({*copies}) == len(copies)
        assert not {*copies} & {verdict.original_id for verdict in verdicts}


# --- stories

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
    tellings = [telling(text[:80], text, language) for text in HOSTILE] + [
        telling(None, "", "ru"),
        telling(*BRIDGE_EN, language="en"),
    ]
    for a in tellings:
        for b in tellings:
            assert 0 <= same_story(a, b) <= 1
            assert same_story(a, b) == pytest.approx(same_story(b, a))


# --- labelled news


@pytest.fixture(scope="session")
def results() -> dict[str, dict[str, float]]:
    if not BENCH.exists():
        pytest.skip(f"the labelled news are not at {BENCH}")
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); import score; from tests.benchmarks.entry import duplicate_pairs;"
        "print(json.dumps(score.score(duplicate_pairs)))"
    )
    path = os.pathsep.join([str(ROOT / "plugins"), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", code, str(BENCH)], env=os.environ | {"PYTHONPATH": path}, check=True, capture_output=True, cwd=ROOT
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("name", "figure", "least"), [("tg_ru", "f1", 0.97), ("uk_synth", "f1", 0.985), ("uk_synth", "bcubed_f1", 0.99)]
)
def test_the_labelled_copies_are_found(results: dict[str, dict[str, float]], name: str, figure: str, least: float) -> None:
    assert results[name][figure] >= least


def test_the_labelled_bulletins_are_told_apart(results: dict[str, dict[str, float]]) -> None:
    assert results["tg_templates"]["false_rate"] <= 0.002
