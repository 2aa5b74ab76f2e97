from __future__ import annotations

import random
import unicodedata

import pytest

from newswire import text

HOSTILE = (
    "\x00\x01\x1f\x7f\x85\u00a0\u00ad\u034f\u200b\u200d\u200e\u2028\u2029\u202e\u2066\u2069\ufeff\ufffe\U000e0041"
    " \t\r\n\v\fйии\u0306їe\u0301ﬁ👨\u200d👩"
)
"""Characters that pages carry to harm or by mistake, and a few good ones."""


def random_texts(count: int, seed: int) -> list[str]:
    dice = random.Random(seed)
    return ["".join(dice.choices(HOSTILE, k=dice.randrange(40))) for _ in range(count)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("  Міст\u00a0 через\n\tріку  ", "Міст через ріку"),
        ("Ки\u00adїв\u200b", "Київ"),
        ("\ufeffКиїв", "Київ"),
        ("Киі\u0308в", "Київ"),
        ("a\x00b\x08c\x7f", "abc"),
        ("\u202eлоп\u202c", "лоп"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("рядок\u2028рядок\u2029рядок\x85рядок", "рядок рядок рядок рядок"),
        ("", ""),
        (" \u200b\x00 ", ""),
    ],
)
def test_cleaning_leaves_what_a_reader_sees(given: str, expected: str) -> None:
    assert text.clean(given) == expected


@pytest.mark.parametrize("lone", [chr(0xD83D), chr(0xDC00), f"слово{chr(0xD800)}слово", chr(0xDFFF) + chr(0xD800)])
def test_half_a_character_does_not_get_through_cleaning(lone: str) -> None:
    # JSON may spell half of a pair (\ud83d); neither UTF-8 nor PostgreSQL can hold it
    text.clean(lone).encode()
    text.clean_lines(lone).encode()


def test_whatever_comes_cleaning_twice_changes_nothing_and_leaves_one_normal_line() -> None:
    for given in random_texts(2000, seed=1):
        cleaned = text.clean(given)
        assert text.clean(cleaned) == cleaned
        assert unicodedata.is_normalized("NFC", cleaned)
        assert cleaned.split() == [word for word in cleaned.split(" ") if word]
        assert "\x00" not in cleaned


def test_lines_are_kept_and_blank_ones_become_one() -> None:
    assert text.clean_lines("\r\n\r\n перший \r другий\n\n \n\n\x00\nтретій\u00a0 \n\n") == "перший\nдругий\n\nтретій"


def test_cleaning_lines_twice_changes_nothing() -> None:
    for given in random_texts(2000, seed=2):
        cleaned = text.clean_lines(given)
        assert text.clean_lines(cleaned) == cleaned
        assert "\n\n\n" not in cleaned
        assert cleaned == cleaned.strip("\n")


def test_what_is_empty_after_cleaning_is_none() -> None:
    assert text.clean_or_none(None) is None
    assert text.clean_or_none("\u200b \x00") is None
    assert text.clean_or_none(" так ") == "так"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("&quot;Міст&quot;", '"Міст"'),
        ("&amp;laquo;Міст&amp;raquo;", "«Міст»"),
        ("AT&T &", "AT&T &"),
        ("&#0;&#xD800;&#x110000;", "\ufffd\ufffd\ufffd"),
    ],
)
def test_entities_are_resolved_even_when_escaped_twice(given: str, expected: str) -> None:
    assert text.unescape(given) == expected


def test_words_are_folded_with_one_apostrophe_and_inner_hyphens() -> None:
    assert text.words("Об’єкт, об`єкт; ОБ'ЄКТ – інтернет-видання_2026!") == ["об'єкт"] * 3 + ["інтернет-видання", "2026"]
    assert text.words("— ’ ' - _ …") == []


def test_latin_look_alikes_in_cyrillic_words_are_repaired_and_latin_words_stay() -> None:
    assert text.words("УВАГA вciм, BBC і PURL") == ["увага", "всім", "bbc", "і", "purl"]
    assert text.repair_look_alikes("кpаїна cat") == "країна cat"


def test_texts_that_differ_in_dress_alone_are_the_same_normalised() -> None:
    first = "У Києві — «вибухи»: деталі https://unn.ua/news/x?y=1 згодом!"
    second = "у києві, ВИБУХИ. деталі\u00a0згодом"
    assert text.normalised(first) == text.normalised(second) == "у києві вибухи деталі згодом"
    assert text.normalised("й") == text.normalised("и\u0306")
    assert text.normalised("https://unn.ua/ 👍 …") == ""


def test_a_missing_part_of_a_digest_differs_from_an_empty_one_and_parts_do_not_run_together() -> None:
    digests = [text.digest(*parts) for parts in (("a", None), ("a", ""), ("a",), ("", "a"), (None, "a"), ("aa",), ("a", "a"))]
    assert len(set(digests)) == len(digests)
    assert text.digest("a", None) == digests[0]
    assert {len(digest) for digest in digests} == {32}


def test_a_digest_is_had_of_anything() -> None:
    assert text.digest("\ud800") != text.digest("\ud801")
    assert text.digest("\x00") != text.digest("")


def test_a_megabyte_without_a_break_is_cleaned_and_folded() -> None:
    long = "їжак" * 250_000
    assert text.clean(long) == long
    assert text.words(long) == [long]
    assert text.clean("\u0301" * 50_000 + "\n" * 50_000) == text.clean("\u0301" * 50_000)
