from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from newswire import db, story_groups, story_ledger
from newswire.model import Article, Block, BlockKind, TimeOrigin
from tests import events
from tests.stored import keep
from tests.texts import bulletin

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)

BRIDGE = "У Мукачеві відкрили новий міст через Латорицю", "Голова Богдан Рущак перерізав стрічку о 14:00. Міст має 120 метрів."
BRIDGE_AGAIN = "Новий пішохідний міст відкрили у Мукачеві", "Богдан Рущак відкрив рух. Міст через Латорицю має 120 метрів."
BRIDGE_OPENED = "Міст через Латорицю: у Мукачеві відкрили рух", "На відкритті у Мукачеві був Богдан Рущак. Міст має 120 метрів."
BRIDGE_RU = "В Мукачево открыли мост через Латорицу", "Глава Богдан Рущак перерезал ленту в 14:00. Длина моста 120 метров."
BRIDGE_EN = "A new footbridge spans the Latorytsia", "It is as long as a football pitch, and cyclists may use it too."
WELL = "На Одещині археологи знайшли античний колодязь", "На дні лежали амфори, розповіла керівниця експедиції Дарина Левчук."
WELL_AGAIN = (
    "Античний колодязь знайшли археологи на Одещині",
    "Керівниця експедиції Дарина Левчук розповіла, що на дні лежали амфори.",
)


def story(name: str, told: tuple[str, str], hours: float = 0, *, source: str = "town", **fields: Any) -> Article:
    """An article of a site."""
    title, text = told
    usual = {"language": "uk", "language_confidence": 1.0, "title": title}
    return Article(
        source, "uk", f"news/{name}", f"https://{source}.example/news/{name}", (Block(BlockKind.PARAGRAPH, text),),
        NOON + timedelta(hours=hours), TimeOrigin.FEED, **usual | fields,
    )  # fmt: skip


def post(number: int, text: str, hours: float = 0, *, channel: str = "mist") -> Article:
    body = tuple(Block(BlockKind.PARAGRAPH, line) for line in text.split("\n"))
    name = f"{channel}/{number}"
    return Article(
        "telegram", channel, name, f"https://t.me/{name}", body, NOON + timedelta(hours=hours), TimeOrigin.POST,
        language="uk", language_confidence=1.0,
    )  # fmt: skip


def execute(connection: db.Connection, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def tell(connection: db.Connection, limit: int = story_ledger.ARTICLES_A_TELLING) -> Counter[str]:
    """Tell all that is due, as `deduplicate` does when every verdict has been reached."""
    execute(connection, "update core.article set judged = true where not judged")
    counts: Counter[str] = Counter()
    while True:
        with db.transaction(connection):
            db.run(connection, "lock_verdicts")
            done = story_ledger.tell_stories(connection, limit)
        if not done:
            return counts
        counts.update(done)


def told(connection: db.Connection, *articles: Article) -> list[set[str]]:
    keep(connection, *articles)
    tell(connection)
    return stories(connection)


def stories(connection: db.Connection) -> list[set[str]]:
    """The stories by their articles' names, the earliest first."""
    rows = execute(
        connection,
        "select array_agg(split_part(external_id, 'news/', 2)) from core.story_article join core.article using (article_id)"
        " group by story_id order by min(published_at), min(article_id)",
    )
    return [set(names) for (names,) in rows]


def rows_of(connection: db.Connection) -> list[tuple[Any, ...]]:
    """Everything that is kept of stories, times of writing included."""
    return execute(connection, "select * from core.story order by story_id") + execute(
        connection, "select * from core.story_article order by article_id"
    )


def number_of(connection: db.Connection, name: str) -> int:
    ((number,),) = execute(connection, "select article_id from core.article where external_id = %s", name)
    return int(number)


def judge_copy(connection: db.Connection, copy: str, original: str) -> None:
    """Reach a verdict as `deduplicate` does."""
    numbers = number_of(connection, copy), number_of(connection, original)
    with db.transaction(connection):
        db.run_values(connection, "save_verdicts", [(*numbers, "near", 0.9, "nearly the same text")])
        story_ledger.verdicts_changed(connection, list(numbers))


def drop_copy(connection: db.Connection, copy: str) -> None:
    number = number_of(connection, copy)
    with db.transaction(connection):
        db.run(connection, "drop_verdicts", judged=[number], copies=[])
        story_ledger.verdicts_changed(connection, [number])


# --- what makes a story


def test_one_event_told_by_two_outlets_is_a_story_and_another_event_is_none(connection: db.Connection) -> None:
    assert told(connection, story("a", BRIDGE), story("b", BRIDGE_AGAIN, 5, source="city"), story("c", WELL, 1)) == [{"a", "b"}]


def test_an_article_alone_has_no_story(connection: db.Connection) -> None:
    assert told(connection, story("a", BRIDGE)) == []
    assert execute(connection, "select story_id, story_reason from mart.article") == [(None, None)]
    assert execute(connection, "select * from mart.story") == []


def test_a_story_shows_headline_times_outlets_and_languages(connection: db.Connection) -> None:
    russian = story("r", BRIDGE_RU, 0, source="city", language="ru")
    told(connection, russian, story("b", BRIDGE_AGAIN, 5), story("c", BRIDGE, 3, source="city"), post(1, "\n".join(BRIDGE), 7))
    (row,) = db.select(connection, "select * from mart.story")
    assert (row["headline"], row["articles"], row["copies"], row["outlets"]) == (BRIDGE[0], 4, 0, 3)
    assert (row["first_at"], row["last_at"]) == (NOON, NOON + timedelta(hours=7))
    assert row["languages"] == ["ru", "uk"]


def test_a_story_of_posts_is_headed_by_the_first_line_of_the_first(connection: db.Connection) -> None:
    told(connection, post(1, "\n".join(BRIDGE)), post(2, "\n".join(BRIDGE_AGAIN), 1, channel="dim"))
    assert execute(connection, "select headline, outlets from mart.story") == [(BRIDGE[0], 2)]


def test_an_article_says_why_it_stands_in_its_story(connection: db.Connection) -> None:
    told(connection, story("a", BRIDGE), story("b", BRIDGE_AGAIN, 5, source="city"))
    ((reason,),) = execute(connection, "select story_reason from mart.article where external_id = 'news/b'")
    assert reason.startswith(f"title and lead agree with article {number_of(connection, 'news/a')}: ")


def test_a_candidate_of_another_story_stays_where_it_is(connection: db.Connection) -> None:
    whole = [{"a", "b"}]
    assert told(connection, story("a", BRIDGE), story("b", BRIDGE_AGAIN, 5, source="city")) == whole
    numbers = rows_of(connection)
    alike = (
        "Богдан Рущак у Мукачеві: бюджет на рік",
        "Міський голова Мукачева Богдан Рущак назвав 120 закладів, які чекають на ремонт.",
    )
    assert told(connection, story("c", alike, 6)) == whole
    assert rows_of(connection) == numbers


def test_an_edition_is_found_among_many_that_share_more_words(connection: db.Connection) -> None:
    english = story("e", BRIDGE_EN, 20, language="en", editions={"uk": "https://town.example/news/a"})
    same = [story(f"f{n}", (f"{BRIDGE_EN[0]} of {n} steps", BRIDGE_EN[1]), 20, source=f"s{n}", language="en") for n in range(60)]
    keep(connection, english, *same)
    tell(connection)
    assert any({"a", "e"} <= names for names in told(connection, story("a", BRIDGE, 19)))


@pytest.mark.parametrize("first", ["uk", "en"])
def test_an_edition_joins_by_its_address_whichever_comes_first(first: str, connection: db.Connection) -> None:
    ukrainian = story("a", BRIDGE)
    english = story("e", BRIDGE_EN, 20, language="en", editions={"uk": ukrainian.url})
    assert told(connection, *((ukrainian, english) if first == "uk" else (english, ukrainian))) == [{"a", "e"}]
    assert told(connection, story("b", BRIDGE_AGAIN, 5, source="city")) == [{"a", "b", "e"}]


def test_an_edition_in_another_story_brings_its_own_along(connection: db.Connection) -> None:
    english = story("e", BRIDGE_EN, 1, language="en", editions={"uk": "https://town.example/news/a"})
    assert told(connection, english, story("f", BRIDGE_EN, 3, source="city", language="en")) == [{"e", "f"}]
    assert told(connection, story("a", BRIDGE), story("b", BRIDGE_AGAIN, 9, source="city")) == [{"a", "b", "e", "f"}]


def test_a_picture_shown_once_in_each_language_makes_editions(connection: db.Connection) -> None:
    picture = "https://town.example/bridge.jpg"
    english = story("e", BRIDGE_EN, 20, language="en", image_url=picture)
    assert told(connection, story("a", BRIDGE, image_url=picture), english) == [{"a", "e"}]
    assert told(connection, story("f", BRIDGE_EN, 90, source="city", language="en", image_url=picture)) == [{"a", "e"}]


def test_a_stock_picture_makes_none(connection: db.Connection) -> None:
    flag = "https://town.example/flag.jpg"
    english = story("e", BRIDGE_EN, 20, language="en", image_url=flag)
    assert told(connection, story("a", BRIDGE, image_url=flag), story("w", WELL, 1, image_url=flag), english) == []


def test_within_minutes_less_is_asked_of_an_edition(connection: db.Connection) -> None:
    ukrainian = "Рятувальники загасили пожежу на складі в Кременчуці", "Вдовиченко розповів, що меблі згоріли."
    text = "A street in Kremenchuk was closed for hours, said Ostap Vdovychenko of the service, who named no cause."
    english = "Warehouse fire put out", text
    assert told(connection, story("x", ukrainian), story("y", english, 5, language="en")) == []
    assert told(connection, story("a", ukrainian, 200), story("e", english, 200.1, language="en")) == [{"a", "e"}]


def test_a_story_never_spans_more_than_three_days(connection: db.Connection) -> None:
    again = [story(f"{day}", (BRIDGE, BRIDGE_AGAIN, BRIDGE_OPENED)[day % 3], 17 * day, source=f"s{day}") for day in range(12)]
    found = told(connection, *again)
    assert len(found) > 2
    assert sum(map(len, found)) == 12
    assert execute(connection, "select max(last_at - first_at) <= interval '72 hours' from core.story") == [(True,)]


def test_bulletins_of_consecutive_days_make_no_story(connection: db.Connection) -> None:
    days = []
    for day in range(1, 15):
        title, _, text = bulletin(day).partition("\n")
        days += [story(f"{day}", (title, text), 24 * day), story(f"{day}b", (title, text), 24 * day + 12, source="city")]
    found = told(connection, *days)
    assert all(len({name.removesuffix("b") for name in names}) == 1 for names in found)


@pytest.mark.parametrize("year", [1996, 2026])
def test_any_month_has_its_partition(year: int, connection: db.Connection) -> None:
    at = datetime(year, 2, 28, 23, 30, tzinfo=UTC)
    later = replace(story("b", BRIDGE_AGAIN, source="city"), published_at=at + timedelta(hours=2))
    assert told(connection, replace(story("a", BRIDGE), published_at=at), later) == [{"a", "b"}]


HOSTILE = ["", " ", "😀😀😀", "1 2 3", "а" * 3000, "' ; drop table core.story", "{1,2}", "٣٤٥ ١٢", "%s %(keys)s", "\\"]


def test_texts_without_words_and_hostile_ones_are_told(connection: db.Connection) -> None:
    keep(
        connection, *(replace(story(f"{n}", (text, text)), title=text or None, language="und") for n, text in enumerate(HOSTILE))
    )
    assert tell(connection)["told"] == len(HOSTILE)
    assert execute(connection, "select count(*) from core.article where told_as is null") == [(0,)]


# --- duplicates


def test_a_copy_belongs_to_the_story_of_its_original_without_a_row_of_its_own(connection: db.Connection) -> None:
    keep(connection, story("a", BRIDGE), story("b", BRIDGE_AGAIN, 5, source="city"), story("c", BRIDGE, 6, source="copier"))
    judge_copy(connection, "news/c", "news/a")
    tell(connection)
    assert stories(connection) == [{"a", "b"}]
    assert len(set(execute(connection, "select story_id from mart.article"))) == 1
    assert execute(connection, "select articles, copies, outlets from mart.story") == [(2, 1, 3)]


def test_an_original_that_becomes_a_copy_leaves_and_comes_back_when_the_verdict_falls(connection: db.Connection) -> None:
    whole = [{"a", "b", "c"}]
    articles = story("a", BRIDGE), story("b", BRIDGE_AGAIN, 5, source="city"), story("c", BRIDGE_OPENED, 6, source="other")
    assert told(connection, *articles) == whole
    before = execute(connection, "select story_id from core.story")
    judge_copy(connection, "news/c", "news/a")
    tell(connection)
    assert stories(connection) == [{"a", "b"}]
    assert execute(connection, "select articles from core.story") == [(2,)]
    drop_copy(connection, "news/c")
    tell(connection)
    assert stories(connection) == whole
    assert execute(connection, "select story_id from core.story") == before


def test_a_story_left_with_one_article_is_removed(connection: db.Connection) -> None:
    told(connection, story("a", BRIDGE), story("b", BRIDGE_AGAIN, 5, source="city"))
    judge_copy(connection, "news/b", "news/a")
    assert tell(connection)["dropped_stories"] == 1
    assert rows_of(connection) == []
    assert execute(connection, "select told_as from core.article order by article_id") == [("original",), ("copy",)]


def test_a_copy_is_no_candidate(connection: db.Connection) -> None:
    keep(connection, story("a", BRIDGE))
    keep(connection, story("b", BRIDGE, -80, source="old"))
    judge_copy(connection, "news/a", "news/b")
    tell(connection)
    assert told(connection, story("c", BRIDGE_AGAIN, 5, source="city")) == []


def test_stories_change_no_verdict(connection: db.Connection) -> None:
    keep(connection, story("a", BRIDGE), story("b", BRIDGE_AGAIN, 5, source="city"), story("c", BRIDGE, 6, source="copier"))
    judge_copy(connection, "news/c", "news/a")
    before = execute(connection, "select * from core.duplicate")
    tell(connection)
    assert execute(connection, "select * from core.duplicate") == before


def test_what_waits_for_its_verdict_is_not_told(connection: db.Connection) -> None:
    keep(connection, story("a", BRIDGE))
    with db.transaction(connection):
        assert story_ledger.tell_stories(connection) == {}


# --- changes


def test_a_story_keeps_its_number_when_others_join_and_an_earlier_one_heads_it(connection: db.Connection) -> None:
    told(connection, story("a", BRIDGE), story("b", BRIDGE_AGAIN, 5, source="city"))
    ((number, headline),) = execute(connection, "select story_id, headline from core.story")
    assert headline == BRIDGE[0]
    told(connection, story("c", BRIDGE_OPENED, -3, source="other"))
    assert execute(connection, "select story_id, headline, articles from core.story") == [(number, BRIDGE_OPENED[0], 3)]


def test_an_article_whose_text_changes_leaves_a_story_that_it_no_longer_tells(connection: db.Connection) -> None:
    told(connection, story("a", BRIDGE), story("b", BRIDGE_AGAIN, 5, source="city"), story("w", WELL, 2))
    assert told(connection, story("b", WELL_AGAIN, 5, source="city")) == [{"w", "b"}]
    assert told(connection, story("b", BRIDGE_AGAIN, 5, source="city")) == [{"a", "b"}]


def hub(**fields: Any) -> Article:
    """An article that says of two others, which have nothing in common, that they are its editions."""
    editions = {"ru": "https://town.example/news/ru", "en": "https://town.example/news/en"}
    return story("hub", BRIDGE, **{"editions": editions} | fields)


SPOKES = story("ru", WELL, 1, language="ru"), story("en", BRIDGE_EN, 2, language="en")


def test_articles_that_a_third_alone_held_together_part_when_it_changes(connection: db.Connection) -> None:
    assert told(connection, hub(), *SPOKES) == [{"hub", "ru", "en"}]
    assert told(connection, hub(editions={})) == []
    assert execute(connection, "select count(*) from core.article where told_as is null") == [(0,)]
    assert told(connection, hub()) == [{"hub", "ru", "en"}]


def test_articles_that_a_third_alone_held_together_part_when_it_becomes_a_copy(connection: db.Connection) -> None:
    told(connection, hub(), *SPOKES, story("old", BRIDGE, -100, source="other"))
    judge_copy(connection, "news/hub", "news/old")
    tell(connection)
    assert stories(connection) == []


def test_a_changed_title_of_the_first_article_is_the_new_headline(connection: db.Connection) -> None:
    told(connection, story("a", BRIDGE), story("b", BRIDGE_AGAIN, 5, source="city"))
    number = execute(connection, "select story_id from core.story")
    told(connection, story("a", BRIDGE_OPENED))
    assert execute(connection, "select headline from core.story") == [(BRIDGE_OPENED[0],)]
    assert execute(connection, "select story_id from core.story") == number


def test_told_again_nothing_changes(connection: db.Connection) -> None:
    keep(connection, *made_up(12, 3))
    tell(connection)
    before = rows_of(connection)
    assert before
    assert tell(connection) == {}
    execute(connection, "update core.article set told_as = null")
    tell(connection)
    assert rows_of(connection) == before


def test_two_at_once_found_no_story_twice(connection: db.Connection, database_url: str) -> None:
    keep(connection, *made_up(12, 3))
    execute(connection, "update core.article set judged = true")

    def work(_: int) -> None:
        own = db.connect(database_url)
        tell(own, limit=10)
        own.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    assert execute(connection, "select count(*) from core.article where told_as is null") == [(0,)]
    sizes = execute(
        connection, "select articles, count(*) from core.story join core.story_article using (story_id) group by story_id"
    )
    assert sizes
    assert all(said == counted > 1 for said, counted in sizes)


def test_a_telling_that_is_rolled_back_leaves_nothing_of_itself(connection: db.Connection) -> None:
    keep(connection, story("a", BRIDGE), story("b", BRIDGE_AGAIN, 5, source="city"))
    execute(connection, "update core.article set judged = true")
    with connection.cursor() as cursor:
        cursor.execute("begin")
    assert story_ledger.tell_stories(connection)
    connection.rollback()
    assert rows_of(connection) == []
    assert tell(connection)["told"] == 2
    assert stories(connection) == [{"a", "b"}]


def test_keys_are_dropped_by_the_month_and_stories_stay(connection: db.Connection) -> None:
    told(connection, story("a", BRIDGE), story("b", BRIDGE_AGAIN, 5, source="city"))
    late = datetime.now(UTC) + timedelta(days=1)
    with db.transaction(connection):
        assert story_ledger.forget(connection, NOON) == 0
        assert story_ledger.forget(connection, late) == 1
    assert execute(connection, "select count(*) from core.story_key") == [(0,)]
    assert stories(connection) == [{"a", "b"}]
    execute(connection, "update core.article set told_as = null")
    tell(connection)
    assert stories(connection) == [{"a", "b"}]


# --- a thousand articles


def made_up(count: int, days: float) -> list[Article]:
    return [article for event in events.events(count, days) for article in events.articles(event)]


def agreement(found: Iterable[set[str]], articles: Sequence[Article]) -> float:
    """F1 of the pairs of articles that stand in one story; an event's number begins the name of its articles."""
    event = {
        article.external_id.removeprefix("news/"): article.external_id.removeprefix("news/").partition("-")[0]
        for article in articles
    }
    sizes = Counter(event.values())
    wanted = sum(size * (size - 1) // 2 for size in sizes.values())
    pairs = [event[a] == event[b] for names in found for a, b in combinations(sorted(names), 2)]
    return 2 * sum(pairs) / (wanted + len(pairs))


@pytest.mark.parametrize("batch", [1000, 70])
def test_a_thousand_articles_on_a_hundred_events_are_told_apart(batch: int, connection: db.Connection) -> None:
    articles = made_up(100, 10)
    by_hour = defaultdict(list)
    for article in articles:
        by_hour[article.published_at].append(article)
    keep(connection, *(article for at in sorted(by_hour) for article in by_hour[at]))
    tell(connection, batch)
    found = stories(connection)
    assert agreement(found, articles) > 0.9
    assert max(map(len, found)) <= 30
    assert execute(
        connection, "select count(*) from core.story where articles < 2 or last_at - first_at > interval '72 hours'"
    ) == [(0,)]


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", ()) for node in nodes(part))]


def test_editions_of_the_same_minutes_are_looked_up_and_not_searched_in_all_articles(connection: db.Connection) -> None:
    keep(connection, story("a", BRIDGE))
    columns = [
        column
        for (column,) in execute(
            connection,
            "select column_name::text from information_schema.columns"
            " where table_schema = 'core' and table_name = 'article'"
            " and column_name not in ('article_id', 'external_id', 'published_at')",
        )
    ]
    names = ", ".join(columns)
    execute(
        connection,
        f"insert into core.article (external_id, published_at, {names})"
        f" select 'made/' || number, published_at - number * interval '1 minute', {names}"
        " from core.article, generate_series(1, 30000) as number",
    )
    connection.commit()
    connection.autocommit = True
    execute(connection, "analyze core.article, core.duplicate")
    connection.autocommit = False
    numbers = [number for (number,) in execute(connection, "select article_id from core.article order by article_id limit 1000")]
    with connection.cursor() as cursor:
        cursor.execute(db.query("plan_judgement"))
        values = {"articles": numbers, "span": story_groups.EDITION_SPAN}
        cursor.execute(f"explain (format json) {db.query('near_editions')}", values)
        ((((plan,),),),) = (cursor.fetchall(),)
    assert "article" not in {node.get("Relation Name") for node in nodes(plan["Plan"]) if node["Node Type"] == "Seq Scan"}
