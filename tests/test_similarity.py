from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newswire import similarity
from newswire.similarity import Match, footer_lines, judge, prepare, sketch, weight
from tests.texts import ARTICLE, OTHER, bulletin, sentences

ROOT = Path(__file__).parents[1]
BENCH = Path(__file__).parents[2] / "shared/bench/duplicates"

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def match(a: str, b: str, hours: float | None = None) -> Match | None:
    return judge(prepare(a), prepare(b), hours)


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


def test_a_sketch_is_made_of_signed_32_bit_integers_in_order_each_once() -> None:
    values = sketch(prepare(ARTICLE))
    assert list(values) == sorted(set(values))
    assert all(-(2**31) <= value < 2**31 for value in values)
    assert any(value < 0 for value in sketch(prepare(sentences(ARTICLE, 0, 1))))


def test_a_sketch_holds_the_low_hashes_and_at_least_sixteen() -> None:
    prepared = prepare(ARTICLE)
    lower_halves = {gram % 2**32: gram for gram in prepared.grams}
    kept = {lower_halves[value % 2**32] for value in sketch(prepared)}
    assert kept >= {gram for gram in prepared.grams if gram < similarity.SKETCH_BELOW}
    assert kept >= set(sorted(prepared.grams)[:16])


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


def test_short_words_say_least() -> None:
    weights = [weight(stem) for stem in ("і", "на", "для", "міст", "перед", "громад")]
    assert weights == sorted(weights)
    assert weights[0] > 0
    assert weight("5") == weight("громад")


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
    found = judge(article, prepare(sentences(ARTICLE, 1, 2)), 2.0)
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
    comparison = similarity.compare(one, other, 1.0)
    assert comparison == similarity.compare(other, one, 1.0)
    assert judge(one, other, 1.0) == judge(other, one, 1.0) == similarity.verdict(comparison)
    shares = comparison.passages, comparison.words, comparison.covered, comparison.lead, comparison.start, comparison.subject
    assert all(0 <= share <= 1 for share in (*shares, comparison.conflicts, comparison.numbers_missing))
    assert 0 <= similarity.confidence(comparison) <= 1


def test_a_title_makes_no_difference_to_which_is_named_first() -> None:
    one, other = prepare(ARTICLE), prepare(ARTICLE.split("\n", 1)[1], title=ARTICLE.split("\n", 1)[0])
    assert one.stems == other.stems
    assert similarity.compare(one, other) == similarity.compare(other, one)


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
    assert judge(prepared, prepare(ARTICLE)) is None


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
