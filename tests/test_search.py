from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from newswire import db, search
from newswire.local.postgres import Cluster
from newswire.model import Article, Block, BlockKind, TimeOrigin
from newswire.search import Hit
from tests import searching
from tests.searching import article
from tests.stored import keep
from tests.test_shell import call
from tests.test_sql import refused


def indexed(connection: db.Connection, *articles: Article) -> None:
    keep(connection, *articles)
    search.index(connection)


def titles(connection: db.Connection, query: str, **filters: Any) -> list[str | None]:
    return [hit.title for hit in search.search(connection, query, **filters)]


def hit(connection: db.Connection, query: str) -> Hit:
    """The only article that a query finds."""
    (only,) = search.search(connection, query)
    return only


def rows(connection: db.Connection, statement: str, *values: object) -> list[dict[str, Any]]:
    with db.transaction(connection), connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
        cursor.execute(statement, values)
        return [dict(row) for row in cursor.fetchall()]


def keys(connection: db.Connection, word: str) -> set[str]:
    """What a word is asked for by."""
    (row,) = rows(connection, "select keys from core.search_query(%s)", word)
    return set(row["keys"])


def entries(connection: db.Connection) -> list[dict[str, Any]]:
    return rows(connection, "select article_id, published_at, language, document::text from core.article_search order by 1, 2")


def due(connection: db.Connection) -> list[int]:
    return [row["article_id"] for row in rows(connection, "select article_id from core.search_due order by 1")]


# How well it finds


@pytest.fixture(scope="module")
def measured(cluster: Cluster) -> Iterator[db.Connection]:
    """The articles of tests/search, indexed."""
    connection = db.connect(cluster.ensure_database("test_search_measured"))
    db.migrate(connection)
    indexed(connection, *searching.articles())
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def found(measured: db.Connection) -> dict[searching.Asked, list[str]]:
    return {one: [hit.url.rpartition("/")[2] for hit in search.search(measured, one.query)] for one in searching.queries()}


def test_the_queries_are_sixty_or_more_in_three_languages_and_name_articles_that_are_there() -> None:
    asked = searching.queries()
    assert len({one.query for one in asked}) == len(asked) > 60
    assert {one.language for one in asked if one.wanted} == {"uk", "ru", "en"}
    names = {one.external_id.removeprefix("news/") for one in searching.articles()}
    assert frozenset().union(*(one.wanted for one in asked)) <= names


@pytest.mark.parametrize("language", ["uk", "ru", "en"])
def test_inflected_forms_are_found_and_little_else(found: dict[searching.Asked, list[str]], language: str) -> None:
    some = {one: names for one, names in found.items() if one.language == language}
    assert len(some) > 20
    assert searching.recall(some) >= 0.95
    assert searching.precision(some) >= 0.95


def test_a_query_that_nothing_answers_finds_nothing(found: dict[searching.Asked, list[str]]) -> None:
    empty = {one.query: names for one, names in found.items() if not one.wanted}
    assert empty
    assert not any(empty.values())


@pytest.mark.parametrize(
    "forms",
    [
        "ракета ракети ракеті ракету ракетою ракет ракетам ракетами ракетах",
        "ніч ночі ніччю ночей ночами", "день дня дню днем дні днів дням днями", "стіл стола столу столом столи столів столами",
        "рука руки руці руку рукою рук руками руках", "нога ноги нозі ногу ногою ніг ногами", "муха мухи мусі муху мух",
        "Київ Києва Києву Києвом Києві", "Львів Львова Львову Львовом Львові", "Зеленський Зеленського Зеленському Зеленським",
        "Шевченко Шевченка Шевченку Шевченком", "Одеса Одеси Одесі Одесу Одесою", "Запоріжжя Запоріжжі Запоріжжям",
        "рік року роком роки років роках", "людина людини людей людям людьми", "дитина дитини дітей дітям дітьми",
        "ринок ринку ринком ринки ринків", "кінець кінця кінцем кінці", "хлопець хлопця хлопцем хлопці хлопців",
        "більшість більшості більшістю", "знання знанням знань", "стаття статті статтю статтею статей статтями",
        "атом атома атомом атоми", "бій бою боєм бої боїв", "колір кольору кольором кольори", "тиждень тижня тижні тижнів",
        "країна країни країні країною країн країнами", "громадянин громадянина громадяни громадян громадянам",
        "великий великого великому великим велика великої велике великі великих", "синій синього синьому синя синьої сині синіх",
        "повідомити повідомив повідомила повідомили повідомляє", "казати каже кажуть казав казала", "писати пише пишуть писав",
        "руйнувати руйнує руйнують руйнував руйнували", "починатися починається починаються починалися",
        "знайти знайшов знайшла знайде",
        "робити робить роблять робив", "знищено знищили знищити знищив знищений знищеного",
        "п'ятниця п’ятниці пʼятницю п'ятницею", "об'єкт об’єкта об'єктами", "ґанок ганку ґанком", "Ґудзик гудзики",
        "война войны войне войну войной", "город города городу городом городов городами", "день дня днем дней",
        "отец отца отцом", "церковь церкви церковью церквей", "ребёнок ребенка детей детьми",
        "русский русского русским русские русских",
        "сказать сказал сказала скажет", "работает работают работал работать", "рынок рынка рынке рынки",
        "attack attacks attacked attacking", "city cities city's", "strike strikes struck striking", "child children",
    ],
)  # fmt: skip
def test_the_forms_of_a_word_find_one_another(connection: db.Connection, forms: str) -> None:
    all_keys = {form: keys(connection, form) for form in forms.split()}
    assert [(one, other) for one in all_keys for other in all_keys if not all_keys[one] & all_keys[other]] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ракета", "ракетка"), ("місто", "мости"), ("рок", "рука"), ("суду", "судна"), ("столиця", "столик"), ("дня", "дно"),
        ("банк", "банкет"), ("президент", "презентація"), ("могила", "могти"), ("стати", "стаття"), ("карта", "картина"),
        ("port", "portal"), ("вода", "водень"), ("сім'я", "семеро"),
    ],
)  # fmt: skip
def test_other_words_do_not(connection: db.Connection, one: str, other: str) -> None:
    assert not keys(connection, one) & keys(connection, other)


def test_a_form_that_no_article_has_is_found_all_the_same(connection: db.Connection) -> None:
    indexed(connection, article("a", "Бізонозавр утік", "Його шукають."))
    assert titles(connection, "бізонозаврами") == ["Бізонозавр утік"]


def test_irregular_forms_of_english_have_the_keys_of_the_regular_ones(connection: db.Connection) -> None:
    found = rows(connection, "select word, keys, core.word_keys(keys[1]) as again from core.word_exception where word ~ '^[a-z]'")
    assert len(found) > 50
    assert [row for row in found if len(row["keys"]) != 1] == []


# What a query may say


NEWS = (
    article("a", "Ракети над портом", "Уночі збили чотири ракети, пошкоджено склад зерна.", 1),
    article("b", "Порт відновив роботу", "Склад зерна відбудували, чотири судна вийшли в море.", 2, source="city"),
    article("c", "Missiles over the port", "Four missiles were shot down at night.", 3, language="en"),
)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("порт ракета", "a"),
        ("портом", "ab"),
        ("склади -ракета", "b"),
        ("-ракета склади", "b"),
        ('"чотири ракети"', "a"),
        ('"чотирьох ракет"', "a"),
        ('"ракети чотири"', ""),
        ("«чотири судна»", "b"),
        ("“склад зерна”", "ab"),
        ('"склад зерна', "ab"),
        ('склад -"чотири судна"', "a"),
        ("судна or missiles", "bc"),
        ("судна або missiles", "bc"),
        ("судна ИЛИ missiles порт", "b"),
        ("судна ИЛИ missiles port", "bc"),
        ("missiles ракети", ""),
        ('"вийшли в море"', "b"),
        ('"вийшли море"', ""),
        ('"missiles over the port"', "c"),
        ("у в на or", ""),
        ("the", ""),
        ("", ""),
        (" \n\t ", ""),
        ("- -- — \" '", ""),
        ("or or or", ""),
        ("порт or", "ab"),
        ("or порт", "ab"),
        ("або", ""),
        ("порт & ракета", "a"),
        ("порт | !ракета:* <-> ()", "a"),
        ("порт'); drop table core.article; --", ""),
        ("порт' or '1'='1", "ab"),
        ("\\ порт \\\\'", "ab"),
        ("%s порт %%", ""),
        ("порт\u200b", "ab"),
        ("ПОРТ", "ab"),
        ("pOrT", "c"),
        ("рaкети", "a"),  # with a Latin a
        ("🚀 порт 🚀", "ab"),
        ("<b>порт</b>", ""),
    ],
)
def test_a_query_is_read_as_on_the_web(connection: db.Connection, query: str, names: str) -> None:
    indexed(connection, *NEWS)
    assert sorted(one.url[-1] for one in search.search(connection, query)) == sorted(names)


def test_only_what_must_not_be_there_finds_the_rest(connection: db.Connection) -> None:
    indexed(connection, *NEWS)
    assert [(one.url[-1], one.rank) for one in search.search(connection, "-порт")] == [("c", 0)]


@pytest.mark.parametrize(
    ("text", "query", "is_found"),
    [
        ("Винищувачі F-16 прибули", "f16", True),
        ("Винищувачі F16 прибули", "F-16", True),
        ("Комплекс С-300 перевезли", "C-300", True),
        ("Повернули с 300 гривень", "С-300", False),
        ("Літак Су-34 злетів", "су34", True),
        ("В Івано-Франківську дощ", "Івано-Франківськ", True),
        ("В Івано-Франківську дощ", "Франківськ", True),
        ("Франківськ, Іванове", "Івано-Франківськ", False),
        ("Ціна 1500грн за тонну", "1500", True),
        ("Зросло на 3,5 відсотка", "3.5", True),
        ("Зросло на 3,5 відсотка", "5.3", False),
        ("Сайт rada.gov.ua не працює", "rada.gov.ua", True),
        ("Увага, повiтряна тривога", "повітряна", True),
        ("За́мок стоїть", "замок", True),
        ("Йожик біжить", "йожика", True),
        ("Їжак біжить", "їжака", True),
        ("пост без заголовка", "посту", True),
        ("Ёлка горит", "елки", True),
        ("Дев'ять об\u02bcєктів", "об'єкт", True),
    ],
)
def test_spellings_meet(connection: db.Connection, text: str, query: str, *, is_found: bool) -> None:
    indexed(connection, article("a", None, text, language="und"))
    assert bool(search.search(connection, query)) is is_found


def test_an_unfinished_letter_is_the_finished_one(connection: db.Connection) -> None:
    indexed(connection, article("a", "Київський йогурт", "Їжа."))
    assert titles(connection, "кии\u0306вський й\u043e\u0433урти".replace("ии\u0306", "иї")) == ["Київський йогурт"]
    assert titles(connection, "и\u0306огурт") == ["Київський йогурт"]


def test_a_query_of_more_than_a_hundred_words_is_refused_with_a_reason(connection: db.Connection) -> None:
    indexed(connection, *NEWS)
    with pytest.raises(ValueError, match=r"^a query has at most 100 words$"):
        search.search(connection, "ракета " * 1500)
    assert search.search(connection, "порт " * 100)


def test_a_word_of_ten_thousand_letters_is_asked_for(connection: db.Connection) -> None:
    indexed(connection, *NEWS)
    assert search.search(connection, "ж" * 10_000) == []
    assert search.search(connection, '"' * 10_000) == []


def test_a_nul_is_refused(connection: db.Connection) -> None:
    with pytest.raises(ValueError, match="NUL"):
        search.search(connection, "порт\x00")


# What comes


def test_the_title_counts_more_than_the_lead_and_the_lead_more_than_the_text(connection: db.Connection) -> None:
    indexed(
        connection,
        article("text", "Один день", "Ракета впала.", 3),
        replace(article("lead", "Другий день", "Нічого не сталося.", 2), lead="Ракета впала."),
        article("title", "Ракета впала", "Нічого не сталося.", 1),
    )
    assert [one.url.rpartition("/")[2] for one in search.search(connection, "ракета")] == ["title", "lead", "text"]


def test_of_equals_the_newest_comes_first(connection: db.Connection) -> None:
    indexed(
        connection, *(article(name, "Ракета впала", "Без шкоди.", minutes) for name, minutes in (("a", 5), ("b", 9), ("c", 1)))
    )
    assert [one.url[-1] for one in search.search(connection, "ракета")] == ["b", "a", "c"]
    assert [one.url[-1] for one in search.search(connection, "ракета", most=2)] == ["b", "a"]


def test_copies_come_behind_originals_and_may_be_left_out(connection: db.Connection) -> None:
    indexed(
        connection, article("a", "Ракета впала", "Без шкоди.", 1), article("b", "Ракета впала", "Без шкоди.", 2, source="city")
    )
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute(
            "insert into core.duplicate (article_id, original_id, kind, similarity, reason)"
            " select max(article_id), min(article_id), 'exact', 1, 'the same text' from core.article"
        )
    first, second = search.search(connection, "ракета")
    assert (first.url[-1], first.original_id, second.url[-1], second.original_id) == ("a", None, "b", first.article_id)
    assert [one.url[-1] for one in search.search(connection, "ракета", originals=True)] == ["a"]


def test_days_are_days_of_kyiv_and_the_last_one_is_left_out(connection: db.Connection) -> None:
    evening = datetime(2026, 3, 31, 20, 30, tzinfo=UTC)  # 23:30 in Kyiv
    later = datetime(2026, 3, 31, 21, 30, tzinfo=UTC)  # 00:30 of 1 April, in another partition than its UTC month's next
    indexed(
        connection,
        replace(article("a", "Ракета впала", "Тут."), published_at=evening),
        replace(article("b", "Ракета впала", "Там."), published_at=later),
    )

    def between(start: date | None, end: date | None) -> str:
        return "".join(sorted(one.url[-1] for one in search.search(connection, "ракета", from_day=start, to_day=end)))

    march, april = date(2026, 3, 31), date(2026, 4, 1)
    assert (between(march, april), between(april, None), between(None, april), between(march, None)) == ("a", "b", "a", "ab")
    assert between(date(2030, 1, 1), None) == between(None, date(1990, 1, 1)) == ""


def test_languages_and_sources_narrow_it(connection: db.Connection) -> None:
    indexed(connection, *NEWS)
    assert titles(connection, "порт or port", languages=["en"]) == ["Missiles over the port"]
    assert len(titles(connection, "порт or port", languages=["en", "uk"])) == 3
    assert titles(connection, "порт", sources=["city"]) == ["Порт відновив роботу"]
    assert titles(connection, "порт", languages=["de"]) == titles(connection, "порт", languages=[]) == []


def test_articles_of_many_months_are_found_newest_months_first_where_they_are_equal(connection: db.Connection) -> None:
    years = range(2019, 2026)
    indexed(
        connection,
        *(replace(article(str(one), "Вибори", "Явка."), published_at=datetime(one, 1, 1, tzinfo=UTC)) for one in years),
    )
    assert [one.published_at.year for one in search.search(connection, "виборів")] == sorted(years, reverse=True)


def test_a_post_shows_its_channel(connection: db.Connection) -> None:
    post = Article(
        "telegram", "mist", "mist/7", "https://t.me/mist/7", (Block(BlockKind.PARAGRAPH, "Ракета впала"),),
        searching.NOON, TimeOrigin.POST,
    )  # fmt: skip
    indexed(connection, post)
    found = hit(connection, "ракетою")
    assert (found.outlet, found.title, found.language, found.snippet) == ("@mist", None, "und", "‹Ракета› впала")


# Snippets


@pytest.mark.parametrize(
    ("text", "query", "snippet"),
    [
        ("Збили дві Ракети. Ракета третя впала.", "ракетами", "Збили дві ‹Ракети›. ‹Ракета› третя впала."),
        ("Збили ракетоносій", "ракетоносіями", "Збили ‹ракетоносій›"),
        ("П’ятниця, п'ятницю", "пятниці", "‹П’ятниця›, ‹п'ятницю›"),
        ("Ґудзик і ґудзики", "гудзиком", "‹Ґудзик› і ‹ґудзики›"),
        ("Ёлка и елки", "ёлка", "‹Ёлка› и ‹елки›"),
        ("Ukraine's ports", "ukraine port", "‹Ukraine's› ‹ports›"),
        ("перший\nдругий порт", "порту", "перший другий ‹порт›"),
        ("У портмоне порт", "порт", "У портмоне ‹порт›"),
        ("Порт стоїть, склад ні", "порт -завод", "‹Порт› стоїть, склад ні"),
        ("a \\1 \\& порт", "порт", "a \\1 \\& ‹порт›"),
    ],
)
def test_a_snippet_marks_the_words_as_they_stand(connection: db.Connection, text: str, query: str, snippet: str) -> None:
    indexed(connection, article("a", "Заголовок", text))
    assert hit(connection, query).snippet == snippet


def test_a_snippet_is_the_place_of_the_match_in_whole_words(connection: db.Connection) -> None:
    indexed(connection, article("a", "Заголовок", "слово " * 300 + "ракета впала " + "речення " * 300))
    found = hit(connection, "ракетою").snippet
    assert "‹ракета› впала" in found
    assert len(found) < 250
    assert found.startswith("…слово ")
    assert found.endswith(" речення…")


def test_a_match_in_the_title_alone_shows_the_beginning(connection: db.Connection) -> None:
    indexed(connection, article("a", "Ракета", "Нічого не сталося. " * 40))
    found = hit(connection, "ракет").snippet
    assert found.startswith("Нічого не сталося.")
    assert "‹" not in found


HOSTILE = "<script>alert(1)</script> & \"порт\" <img src=x onerror='y'> \x02 &lt;b&gt;"


def snippets(connection: db.Connection, marks: list[str | None]) -> str:
    (row,) = rows(connection, "select snippet from mart.search('порт', marks => %s)", marks)
    return str(row["snippet"])


def test_a_snippet_with_tags_as_marks_is_safe_html(connection: db.Connection) -> None:
    indexed(connection, article("a", "Заголовок", HOSTILE))
    assert snippets(connection, ["<mark>", "</mark>"]) == (
        "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;<mark>порт</mark>&quot; &lt;img src=x onerror=&#39;y&#39;&gt;"
        "  &amp;lt;b&amp;gt;"
    )
    assert snippets(connection, ["[", "]"]).startswith('<script>alert(1)</script> & "[порт]" <img')
    assert "порт" in snippets(connection, [])
    assert "порт" in snippets(connection, [None, None])


# The index


def test_what_is_stored_is_due_until_it_is_indexed_and_indexing_again_does_nothing(connection: db.Connection) -> None:
    keep(connection, *NEWS)
    assert len(due(connection)) == 3
    assert titles(connection, "порт") == []
    assert search.index(connection).counts == {"indexed": 3}
    before = entries(connection)
    assert (len(before), due(connection)) == (3, [])
    assert search.index(connection).counts == {}
    assert entries(connection) == before


def test_indexing_from_nothing_gives_the_same_rows(connection: db.Connection) -> None:
    indexed(connection, *searching.articles())
    before = entries(connection)
    forms = rows(connection, "select * from core.word_form order by word")
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("truncate core.article_search; truncate core.word_form")
        cursor.execute("insert into core.search_due select article_id from core.article")
    search.index(connection)
    assert entries(connection) == before
    assert rows(connection, "select * from core.word_form order by word") == forms


def test_a_changed_article_is_found_by_its_new_words_alone(connection: db.Connection) -> None:
    indexed(connection, article("a", "Ракета впала", "Тут."))
    keep(connection, article("a", "Безпілотник упав", "Тут."))
    assert len(due(connection)) == 1
    search.index(connection)
    assert (titles(connection, "ракета"), titles(connection, "безпілотники")) == ([], ["Безпілотник упав"])


def test_an_article_that_moved_to_another_month_is_found_once(connection: db.Connection) -> None:
    indexed(connection, article("a", "Ракета впала", "Тут."))
    keep(connection, replace(article("a", "Ракета впала", "Тут."), published_at=datetime(2025, 11, 2, tzinfo=UTC)))
    search.index(connection)
    assert [one.published_at.year for one in search.search(connection, "ракета")] == [2025]
    assert len(entries(connection)) == 1


def test_what_does_not_change_the_text_makes_nothing_due(connection: db.Connection) -> None:
    indexed(connection, *NEWS)
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("update core.article set judged = not judged, views = 7, title = title")
    keep(connection, *NEWS)
    assert due(connection) == []


def test_a_deleted_article_is_gone_from_the_index_and_one_deleted_while_due_stops_nothing(connection: db.Connection) -> None:
    indexed(connection, *NEWS)
    keep(connection, article("d", "Порт закрито", "Знову."))
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("delete from core.article where external_id in ('news/a', 'news/d')")
    assert titles(connection, "порт") == ["Порт відновив роботу"]
    search.index(connection)
    assert due(connection) == []
    assert len(entries(connection)) == 2


def test_a_batch_that_fails_leaves_all_of_it_due(connection: db.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "ARTICLES_A_BATCH", 2)
    keep(connection, *NEWS)
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute(
            "alter table core.article_search add constraint trap check (language <> 'en')"  # the third article
        )
    with pytest.raises(psycopg2.errors.CheckViolation):
        search.index(connection)
    assert (len(entries(connection)), len(due(connection))) == (2, 1)
    (run,) = rows(connection, "select state from core.run where verb = 'index'")
    assert run["state"] == "failed"
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("alter table core.article_search drop constraint trap")
    search.index(connection)
    assert (len(entries(connection)), due(connection)) == (3, [])


def test_texts_that_no_index_takes_whole_stop_nothing(connection: db.Connection) -> None:
    letters = "абвгдежзиклмнопрстуфхцчшщ"
    many = " ".join(a + b + c + d for a in letters for b in letters for c in letters for d in letters[:4])
    indexed(
        connection,
        article("many", "Усі слова", many),
        article("long", "Одне слово", "ж" * 90_000),
        article("often", "Часто", "порт " * 40_000),
        article("empty", "🚀", "🚀 — …"),
        article("quotes", "Лапки", "'a' \\'b\\' :1A ''' \\ порт:3B,4C 'x':1"),
    )
    assert len(entries(connection)) == 5
    assert set(titles(connection, "порт")) == {"Часто", "Лапки"}


def test_the_entries_are_kept_unpacked_in_every_part(connection: db.Connection) -> None:
    indexed(connection, *NEWS)
    parts = rows(
        connection,
        "select attstorage from pg_attribute join pg_inherits on inhrelid = attrelid"
        " where inhparent = 'core.article_search'::regclass and attname = 'document'",
    )
    assert parts
    assert {part["attstorage"] for part in parts} == {"e"}


def test_a_search_waits_for_nobody_who_is_indexing(connection: db.Connection, database_url: str) -> None:
    indexed(connection, *NEWS)
    keep(connection, article("d", "Порт закрито", "Знову."))
    other = db.connect(database_url)
    with other.cursor() as cursor:
        cursor.execute("select core.index_due(10)")  # and not committed
        started = time.monotonic()
        assert len(titles(connection, "порт")) == 2
        assert time.monotonic() - started < 10  # it would wait for ever
    other.commit()
    other.close()
    assert len(titles(connection, "порт")) == 3


# Who may ask


def test_the_analyst_searches_and_sees_nothing_of_what_is_behind(connection: db.Connection) -> None:
    indexed(connection, *NEWS)
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("set local role analyst")
        cursor.execute("select title from mart.search('ракетами', from_day => '2026-01-01', languages => array['uk'])")
        assert cursor.fetchall() == [("Ракети над портом",)]
    for inner in ("core.search_query('x')", "core.index_due(1)", "core.flush_search()", "core.search_pattern(array['x'])"):
        assert refused(connection, f"select {inner}")


def test_nobody_else_may_ask_through_the_function(connection: db.Connection) -> None:
    (row,) = rows(
        connection,
        "select array_agg(grantee::regrole::text order by 1) as who from pg_proc, aclexplode(proacl) where proname = 'search'",
    )
    assert "analyst" in row["who"]
    assert "-" not in row["who"]  # public


def test_a_false_table_of_the_callers_own_is_not_read(connection: db.Connection) -> None:
    indexed(connection, *NEWS)
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("create temp table pg_inherits (inhrelid oid, inhparent oid)")
        cursor.execute("select count(*) from mart.search('порт')")
        assert cursor.fetchone() == (2,)


def test_searching_survives_migrating_again(connection: db.Connection) -> None:
    indexed(connection, *NEWS)
    assert db.migrate(connection) == []
    assert len(titles(connection, "порт")) == 2
    assert not refused(connection, "select * from mart.search('порт')")
    (row,) = rows(connection, "select obj_description('mart.search'::regproc, 'pg_proc') as said")
    for name in ("query", "from_day, to_day", "languages, sources", "originals", "most", "marks"):
        assert f"\n{name}: " in row["said"]


@pytest.fixture
def sql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the SQL folder, which the library uses instead of its own."""
    copy = tmp_path / "sql"
    shutil.copytree(db.SQL, copy)
    monkeypatch.setattr(db, "SQL", copy)
    return copy


def test_a_function_may_change_what_it_returns(connection: db.Connection, sql: Path) -> None:
    path = sql / "functions" / "search.sql"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("    rank real,\n", "    rank double precision,\n"), encoding="utf-8")
    assert db.migrate(connection) == []
    (row,) = rows(connection, "select pg_get_function_result('mart.search'::regproc) as said")
    assert "rank double precision" in row["said"]


@pytest.mark.parametrize("name", ["10_search.sql", "search-x.sql", "a; drop schema mart.sql"])
def test_a_misnamed_function_is_refused(connection: db.Connection, sql: Path, name: str) -> None:
    (sql / "functions" / name).write_text("select 1")
    with pytest.raises(db.DatabaseError, match=r"a function's file is named like search\.sql"):
        db.migrate(connection)


def test_somebody_elses_view_on_the_search_is_named_and_nothing_is_changed(connection: db.Connection) -> None:
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("create schema bureau")
        cursor.execute("create view bureau.missiles as select article_id from mart.search('ракета')")
    with pytest.raises(db.DatabaseError, match=r"mart\.search cannot be made anew.*bureau\.missiles"):
        db.migrate(connection)
    assert rows(connection, "select count(*) as n from bureau.missiles") == [{"n": 0}]


# What many articles have


MANY = 2_600
"""Articles of `plenty`: more than are ranked, in three months."""


def _one_of_many(n: int) -> Article:
    text = ("Місто будує міст" if n % 5 else "Село") + " і дорогу" * (n % 3 == 0) + ". Гіпопотам" * (n % 401 == 7)
    text += ". Сплеск" * (n % 400 == 3 or n > MANY - 300)
    made = article(str(n), f"Новина {n}", text, language="uk" if n % 7 else "ru", source="town" if n % 2 else "village")
    return replace(made, published_at=datetime(2026, 1, 10, tzinfo=UTC) + timedelta(days=69) / MANY * n)


@pytest.fixture(scope="module")
def plenty(cluster: Cluster) -> Iterator[db.Connection]:
    """Articles that nearly all have one word, and some of them others; three months, two languages, two sources, some copies."""
    connection = db.connect(cluster.ensure_database("test_search_plenty"))
    db.migrate(connection)
    keep(connection, *map(_one_of_many, range(MANY)))
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute(
            "insert into core.duplicate (article_id, original_id, kind, similarity, reason)"
            " select article_id, article_id - 1, 'exact', 1, 'x' from core.article where article_id % 11 = 0"
        )
    search.index(connection)
    yield connection
    connection.close()


EXPECTED = """
select article_id
from (
    select entry.article_id, ts_rank_cd(document, wanted, 1) as rank, published_at, original_id
    from core.article_search as entry
    cross join core.search_query(%(query)s)
    left join core.duplicate on duplicate.article_id = entry.article_id
    where document @@ wanted
        and published_at >= coalesce(%(from_day)s::timestamp at time zone 'Europe/Kyiv', '-infinity')
        and published_at < coalesce(%(to_day)s::timestamp at time zone 'Europe/Kyiv', 'infinity')
        and (%(languages)s::text[] is null or language = any(%(languages)s))
        and (%(sources)s::text[] is null or source = any(%(sources)s))
        and not (%(originals)s and original_id is not null)
    order by published_at desc
    limit %(enough)s
) as newest
order by
    round((rank / case when original_id is null then 1 else 2 end)::numeric, 4) desc, original_id is not null, published_at desc,
    article_id desc
limit 60
"""
"""What a search is to find, without any of its short cuts."""


@pytest.mark.parametrize(
    "filters",
    [{}, {"from_day": date(2026, 2, 10)}, {"to_day": date(2026, 2, 3)}, {"from_day": date(2027, 1, 1)},
     {"from_day": date(2026, 1, 30), "to_day": date(2026, 2, 2)}, {"languages": ["ru"]}, {"sources": ["village"]},
     {"originals": True}, {"sources": ["nowhere"]},
     {"languages": ["uk"], "sources": ["town"], "originals": True, "to_day": date(2026, 3, 1)}],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize(
    "query", ["місто", "дорога", "гіпопотам", "сплеск", "міст -дорога", "місто or гіпопотам", '"будує міст"', "-гіпопотам"]
)
def test_of_a_word_that_most_articles_have_the_newest_thousand_are_ranked(
    plenty: db.Connection, query: str, filters: dict[str, Any]
) -> None:
    asked = {"from_day": None, "to_day": None, "languages": None, "sources": None, "originals": False} | filters
    with db.transaction(plenty), plenty.cursor() as cursor:
        cursor.execute(EXPECTED, {"query": query, "enough": 100 if '"' in query else 1000, **asked})
        expected = [number for (number,) in cursor.fetchall()]
    assert [hit.article_id for hit in search.search(plenty, query, most=60, **filters)] == expected


def test_a_pattern_is_made_once_however_many_rows_are_shown(plenty: db.Connection) -> None:
    with db.transaction(plenty), plenty.cursor() as cursor:
        cursor.execute("set local track_functions = 'all'")
        cursor.execute("select count(*) from mart.search('місто', most => 60)")
        cursor.execute("select calls from pg_stat_xact_user_functions where funcname = 'search_pattern'")
        assert cursor.fetchall() == [(1,)]


# From a shell


def test_the_verbs_index_and_search(connection: db.Connection, database_url: str) -> None:
    keep(connection, *NEWS)
    assert json.loads(call("index", url=database_url).stdout) == {"indexed": 3}
    done = call("search", "ракетами -судна", "--from", "2026-03-01", "--languages", "uk", url=database_url)
    assert (done.returncode, done.stderr) == (0, "")
    title, snippet, facts = done.stdout.splitlines()[:3]
    assert (title, snippet) == ("Ракети над портом", "Уночі збили чотири ‹ракети›, пошкоджено склад зерна.")
    assert facts.startswith("2026-03-04 14:01  town  uk  https://town.example/news/a  (")


def test_a_search_that_finds_nothing_says_so(database_url: str) -> None:
    done = call("search", "ракета", url=database_url)
    assert (done.returncode, done.stdout) == (0, "nothing found\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ракета", "--from", "yesterday"), "'yesterday' is no day such as 2026-02-20"),
        (("ракета", "--limit", "0"), "is no number from 1 on"),
        (("ракета " * 101,), "a query has at most 100 words"),
    ],
)
def test_a_wrong_call_is_refused_in_a_line(database_url: str, arguments: tuple[str, ...], said: str) -> None:
    done = call("search", *arguments, url=database_url)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr.splitlines()[-1]
