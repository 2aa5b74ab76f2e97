"""What `newswire.language` holds to."""

import itertools
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from newswire import language
from newswire.language import LANGUAGES, NOTHING, UNDECIDED, Judgement, detect, is_mixed, judge, prepare

ROOT = Path(__file__).parents[1]
CORE = ("uk", "ru", "en")
PAIRS = tuple(itertools.permutations(CORE, 2))

PROSE = {
    "uk": "Рятувальники цілу ніч розбирали завали на околиці міста, а вранці до них приєдналися мешканці сусідніх будинків. "
    "Вони принесли гарячий чай і ковдри, бо надворі сильно похолодало.",
    "ru": "Спасатели всю ночь разбирали завалы на окраине города, а утром к ним присоединились жители соседних домов. "
    "Они принесли горячий чай и одеяла, потому что на улице сильно похолодало.",
    "en": "Rescuers worked all night to clear the rubble on the edge of the city, and in the morning people from the houses "
    "nearby joined them. They brought hot tea and blankets because it had turned very cold.",
}
"""News as it is written, of 170 to 200 characters."""

SENTENCES = {
    "uk": "Учора ввечері мешканці села зустріли новий шкільний автобус, на який чекали майже три роки.",
    "ru": "Вчера вечером жители посёлка встретили новый школьный автобус, которого ждали почти три года.",
    "be": "Учора ўвечары жыхары вёскі сустрэлі новы школьны аўтобус, якога чакалі амаль тры гады.",
    "bg": "Снощи жителите на селото посрещнаха новия училищен автобус, който чакаха почти три години.",
    "mk": "Синоќа жителите на селото го пречекаа новиот училиштен автобус, кој го чекаа речиси три години.",
    "sr": "Синоћ су мештани села дочекали нови школски аутобус, на који су чекали скоро три године.",
    "pl": "Wczoraj wieczorem mieszkańcy wsi powitali nowy autobus szkolny, na który czekali prawie trzy lata.",
    "en": "Yesterday evening the villagers welcomed a new school bus they had been waiting for almost three years.",
    "de": "Gestern Abend begrüßten die Dorfbewohner den neuen Schulbus, auf den sie fast drei Jahre gewartet hatten.",
    "fr": "Hier soir, les habitants du village ont accueilli le nouveau car scolaire qu'on attendait depuis près de trois ans.",
    "kk": "Кеше кешке ауыл тұрғындары үш жылға жуық күткен жаңа мектеп автобусын қарсы алды.",
}

HOSTILE = {
    "empty": "",
    "blank": " \t\n\u00a0",
    "NULs": "\x00" * 1000,
    "lone surrogate": "\ud800",
    "surrogate in text": "Сьогодні \udfff у місті \ud83d дощ",
    "all controls": "".join(map(chr, range(32))),
    "combining marks alone": "\u0301" * 5000,
    "one letter drawled": "а" * 100_000,
    "addresses without end": "http://" * 20_000,
    "dots": "a." * 50_000,
    "at signs": "a@" * 50_000,
    "hyphens": "-" * 50_000,
    "apostrophes": "'" * 50_000,
    "joiners": "\u200d\ufe0f" * 1000,
    "dotted capital I": "İ" * 500,
    "mathematical letters": "𝐇𝐞𝐥𝐥𝐨 𝐰𝐨𝐫𝐥𝐝",
    "a megabyte": SENTENCES["uk"] * 11_000,
    "a megabyte without space": "щ" * 1_000_000,
    "a megabyte of addresses": "https://example.com/all-the-news-of-the-day " * 23_000,
    "a megabyte from right to left": "\u202eпривіт " * 140_000,
    "a megabyte of surrogates": "\ud800а" * 500_000,
    "a megabyte of nothing visible": "\u200b\x00" * 500_000,
    "щ alone": "щ",
    "look-alikes alone": "aceiopxy",
}

HEAVY = ["lingua", "py3langid", "langdetect", "wordfreq", "numpy"]

LETTERLESS = [
    "2024",
    "25.03.2024, 18:30",
    "🇺🇦🔥👇",
    "4️⃣",
    "))) … !!!",
    "https://example.com/novyny/2024/misto",
    "t.me/some_channel/1234?single",
    "bit.ly/3sAEfhq",
    "@some_channel",
    "press@example.org",
    "_____",
    "½ ² ₴ € №",
]


def run(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(["plugins", os.environ.get("PYTHONPATH", "")])} | environment,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_sentence_is_told_in_each_language_with_confidence(code):
    found = detect(SENTENCES[code])
    assert found.code == code
    assert found.confidence > 0.95


@pytest.mark.parametrize("code", LANGUAGES)
def test_upper_case_changes_no_answer(code):
    assert detect(SENTENCES[code].upper()).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("КИЇВ", "uk"),
        ("Що сталося?", "uk"),
        ("ще дещо про площу", "uk"),
        ("Херсонщина", "uk"),
        ("покращують", "uk"),
        ("пам'ятаємо", "uk"),
        ("пам’ятаємо", "uk"),
        ("ещё сообщения", "ru"),
        ("Что случилось?", "ru"),
        ("the weather", "en"),
    ],
)
def test_short_texts_of_a_source_that_declares_its_languages(text, code):
    assert detect(text, expected=CORE).code == code


def test_the_answer_unpacks_into_code_and_confidence():
    code, confidence = detect(SENTENCES["uk"])
    assert (code, isinstance(confidence, float)) == ("uk", True)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("engine", language.ENGINES)
@pytest.mark.parametrize("expected", [(), CORE, ("uk",)])
def test_hostile_text_gets_an_answer(name, engine, expected):
    found = detect(HOSTILE[name], expected, engine)
    assert found.code == UNDECIDED or len(found.code) in {2, 5}  # langdetect says zh-cn
    assert 0.0 <= found.confidence <= 1.0
    judged = judge(HOSTILE[name], expected, engine)
    assert judged == Judgement(*found, judged.is_mixed)


def test_any_characters_at_all_get_an_answer():
    chance = random.Random(7)
    for _ in range(500):
        text = "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(80)))
        assert 0.0 <= detect(text, CORE).confidence <= 1.0


@pytest.mark.parametrize("text", LETTERLESS)
@pytest.mark.parametrize("engine", language.ENGINES)
def test_text_without_words_is_undecided(text, engine):
    assert detect(text, engine=engine) == NOTHING
    assert detect(text, expected=CORE, engine=engine) == NOTHING


@pytest.mark.parametrize("text", ["今日は天気がいいですね", "مرحبا بالعالم", "שלום עולם", "Καλημέρα κόσμε", "გამარჯობა"])
def test_a_foreign_script_is_undecided(text):
    assert detect(text, expected=CORE) == NOTHING


@pytest.mark.parametrize("expected", [(), CORE])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ayer por la tarde los vecinos del pueblo recibieron el nuevo autobús escolar que esperaban casi tres años.", "es"),
        ("Өчигдөр орой тосгоны оршин суугчид гурван жил шахам хүлээсэн шинэ сургуулийн автобусыг угтан авлаа.", "mn"),
        ("Кечээ кечинде айылдын тургундары дээрлик үч жыл күткөн жаңы мектеп автобусун тосуп алышты.", "ky"),
    ],
)
def test_a_long_text_in_another_language_is_called_by_its_own_name(text, code, expected):
    assert detect(text, expected).code == code


def test_serbian_is_told_in_both_scripts():
    assert detect("Narodna skupština Republike Srbije", expected=("sr", "mk")).code == "sr"
    assert detect("Народна скупштина Републике Србије", expected=("sr", "mk")).code == "sr"


@pytest.mark.parametrize("text", ["Москва Αθήνα Ελλάδα Κρήτη", "ок 今日は天気がいいですね"])
def test_a_text_mostly_in_a_foreign_script_is_undecided(text):
    assert detect(text) == NOTHING


def test_what_is_too_uncertain_is_undecided(monkeypatch):
    found = detect("проблема")
    assert language.UNSURE < found.confidence < 0.5
    monkeypatch.setattr(language, "UNSURE", 0.5)
    assert detect("проблема") == NOTHING


@pytest.mark.parametrize("code", ["be", "de", "fr", "kk", "pl"])
def test_long_text_in_a_language_that_nobody_expects_is_told_all_the_same(code):
    assert detect(SENTENCES[code], expected=CORE).code == code


GREETINGS = {
    "be": "Добрай раніцы, шаноўнае спадарства!",
    "bg": "Честита Нова година на всички вас",
    "mk": "Среќна Нова година на сите вас",
    "sr": "Срећна нова година свима вама",
    "pl": "Dzień dobry wszystkim, jak się macie?",
    "de": "Wir wünschen euch allen ein frohes Fest",
    "fr": "Bonne année à tous nos lecteurs",
    "kk": "Баршаңызға қайырлы таң тілейміз",
}


@pytest.mark.parametrize("code", GREETINGS)
def test_a_short_text_that_is_surely_in_a_language_that_nobody_declares_is_told_all_the_same(code):
    found = detect(GREETINGS[code], expected=CORE)
    assert found.code == code
    assert found.confidence > 0.5


def test_languages_declared_of_another_script_change_no_answer():
    for code in ("pl", "de", "fr", "en"):
        text = " ".join(SENTENCES[code].split()[:3])
        assert detect(text, expected=("uk", "ru")) == detect(text)


def test_expected_languages_decide_a_word_that_many_have():
    assert detect("проблема", expected=("mk", "sr")).code in {"mk", "sr"}
    assert detect("проблема", expected=("uk", "ru")).code in {"uk", "ru"}


def test_the_one_language_declared_is_preferred_in_doubt_only():
    assert detect("фото", expected=("uk",)).code == "uk"
    assert detect("фото", expected=("ru",)).code == "ru"
    assert detect(SENTENCES["ru"], expected=("uk",)).code == "ru"
    assert detect("Что случилось?", expected=("uk",)).code == "ru"


def test_expected_languages_in_another_script_are_set_aside():
    assert detect("Guten Morgen zusammen", expected=("uk", "ru")).code == "de"


def test_codes_that_are_unknown_are_passed_over():
    assert detect(SENTENCES["uk"], expected=("xx", "", "uk", "ru")).code == "uk"


def test_confidence_is_low_where_a_word_belongs_to_both_and_high_where_it_does_not():
    assert detect("реклама", expected=CORE).confidence < 0.8
    assert detect("сьогодні", expected=CORE).confidence > 0.95


def test_names_in_latin_letters_do_not_make_a_post_english():
    assert detect("Facebook, Instagram, Twitter — також і ми", expected=CORE).code == "uk"


def test_latin_look_alikes_in_cyrillic_words_are_read_as_cyrillic():
    assert detect("УBАГА! Пoвiтрянa тривoгa", expected=CORE).code == "uk"


def test_stress_marks_and_soft_hyphens_split_no_word():
    assert prepare("за\u0301мок, по\u00adвітря") == "замок повітря"


def test_preparing_leaves_words_only():
    text = (
        "🔥 УВАГА!!! #Новини_дня о 18:30 — https://example.com/a?b=c, @channel, press@example.org, example.com.ua/x дуууже об’єкт"
    )
    assert prepare(text) == "увага новини дня о дуже об'єкт"


def test_a_long_text_is_judged_by_its_whole():
    assert detect("Good morning. " + SENTENCES["uk"] * 40).code == "uk"


def test_a_megabyte_of_addresses_has_no_words():
    assert detect(HOSTILE["a megabyte of addresses"]) == NOTHING


def test_a_judgement_is_a_detection_and_a_mark():
    assert judge(PROSE["uk"], CORE) == Judgement(*detect(PROSE["uk"], CORE), is_mixed=False)
    assert judge("2024") == Judgement(UNDECIDED, 0.0, is_mixed=False)
    assert judge("слово", engine="langdetect").code == detect("слово", engine="langdetect").code


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_text_that_goes_on_in_another_language_is_mixed(first, second):
    mixed = f"{PROSE[first]}\n\n{PROSE[second]}"
    assert is_mixed(mixed)
    judged = judge(mixed, CORE)
    assert judged.is_mixed
    assert judged.code in {first, second}


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_long_article_whose_last_third_is_in_another_language_is_mixed(first, second):
    assert is_mixed(f"{PROSE[first]}\n" * 60 + f"{PROSE[second]}\n" * 30)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_text_in_one_language_is_not_mixed(code):
    assert not is_mixed(SENTENCES[code] * 3)


@pytest.mark.parametrize("code", CORE)
@pytest.mark.parametrize(
    "more",
    [
        " https://example.com/en/the-news-of-the-day-and-all-that-you-have-to-know-about-it?from=the_app",
        " #Kyiv #BreakingNews #Україна #Россия @the_news_of_the_day",
        " Apple, Google, Booking.com, Red Bull, The New York Times",
        " Київ, Микола Вінграновський",
        " Сергей Бондарчук",
    ],
)
def test_names_addresses_and_hashtags_mix_no_text(code, more):
    assert not is_mixed(PROSE[code] + more)


def test_a_list_of_names_in_the_other_script_mixes_no_text():
    assert not is_mixed(f"{PROSE['en']} Київ, Львів, Харків, Олександр Усик, Ліна Костенко, Андрій Шевченко")
    assert not is_mixed(
        f"{PROSE['uk']} Apple, Google, Booking, Amazon, Netflix, Microsoft, Samsung, Nokia, Siemens, Orange, Shell"
    )


@pytest.mark.parametrize(("code", "other"), PAIRS)
def test_one_sentence_quoted_in_a_long_article_is_not_mixed(code, other):
    article = f"{PROSE[code]} {SENTENCES[code]}\n" * 3
    assert not is_mixed(f"{article}«{SENTENCES[other]}»\n{article}")


def test_ukrainian_with_words_of_russian_origin_is_ukrainian_alone():
    judged = judge(
        "Шо ви робите, хлопці, та їдьте вже додому, бо понаєхали всякі, нада було вчора це зробить, но я не успіла", CORE
    )
    assert (judged.code, judged.is_mixed) == ("uk", False)


def test_langdetect_can_be_chosen_and_answers_alike_every_time():
    answers = {detect("Доброго ранку всім", engine="langdetect") for _ in range(20)}
    assert len(answers) == 1
    assert detect(SENTENCES["uk"].upper(), engine="langdetect").code == "uk"


def test_an_unknown_engine_is_refused():
    with pytest.raises(ValueError, match="no language engine 'guess'"):
        detect("слово", engine="guess")


def test_every_process_gives_the_same_answers():
    code = f"""
import json
from newswire.language import detect
texts = {[*SENTENCES.values(), "фото", "реклама", "Доброго ранку всім", "ну да"]!r}
print(json.dumps([detect(t, e, g) for t in texts for e in ((), {CORE!r}) for g in ("default", "langdetect")]))
"""
    first, second = (run(code, PYTHONHASHSEED=seed) for seed in ("0", "4242"))
    assert len(first) == 60
    assert first == second


def loaded_by(call):
    code = f"""
import json, sys
from newswire.language import detect, judge
{call}
print(json.dumps([name for name in {HEAVY} if name in sys.modules]))
"""
    return set(run(code))


def test_importing_loads_no_engine():
    assert loaded_by("") == set()


def test_a_short_text_that_its_words_decide_needs_the_word_lists_alone():
    assert loaded_by("assert detect('ще сьогодні', ('uk', 'ru', 'en')).code == 'uk'") == {"wordfreq"}


@pytest.mark.parametrize("code", CORE)
@pytest.mark.parametrize("call", ["detect", "judge"])
def test_a_long_text_of_common_words_needs_the_word_lists_alone(code, call):
    assert loaded_by(f"assert {call}({PROSE[code]!r}, {CORE!r}).code == {code!r}") == {"wordfreq"}


def test_a_long_text_that_may_be_in_a_language_without_a_list_needs_py3langid_too():
    assert loaded_by(f"assert detect({SENTENCES['uk'] * 2!r}).code == 'uk'") == {"wordfreq", "py3langid", "numpy"}


def test_a_text_without_words_needs_nothing():
    assert loaded_by("detect('18:30 🔥')") == set()


def test_only_the_chosen_engine_is_loaded():
    assert loaded_by("detect('слово', engine='langdetect')") == {"langdetect"}


def test_where_the_words_decide_only_the_lists_of_the_languages_that_the_source_declares_are_read():
    code = """
import json
from newswire import language
language.detect("ще сьогодні", ("uk", "ru", "en"))
print(json.dumps(language.commonness.cache_info().currsize))
"""
    assert run(code) == 2


def test_the_weights_fit_the_code():
    fitted = json.loads((ROOT / "plugins/newswire/language_weights.json").read_text(encoding="utf-8"))
    assert set(fitted) == {"knots", *language.Evidence._fields, "lean"}
    assert set(fitted["lean"]) == set(LANGUAGES)
    assert all(len(fitted[kind]) == len(fitted["knots"]) for kind in language.Evidence._fields)


def test_evidence_that_is_not_looked_up_has_no_weight():
    assert language._counts(language.LANGID_FROM - 1)[0].langid == 0


def test_words_alone_decide_for_no_language_whose_rival_has_no_list_unless_the_source_declares_it():
    prepared = prepare(PROSE["uk"])
    words = {code: language.Words(0.0, 0.0, 0.0) for code in language.CYRILLIC} | {"uk": language.Words(100.0, 30.0, 0.0)}
    assert language.by_words_alone(prepared, words, ()) == NOTHING
    assert language.by_words_alone(prepared, words, ("uk",)).code == "uk"


@pytest.mark.parametrize("length", [0, 1, 6, 10, 35, 99, 250, 100_000])
def test_the_shares_of_the_knots_add_up_to_one(length):
    shares = language.knot_shares(length, (6, 14, 35, 100, 250))
    assert sum(shares) == pytest.approx(1)
    assert min(shares) >= 0
