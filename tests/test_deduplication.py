from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newswire import db, deduplication, pipeline, similarity
from newswire.local.postgres import Cluster
from newswire.model import Article, Block, BlockKind, TimeOrigin
from newswire.similarity import Prepared
from tests.stored import keep
from tests.texts import ARTICLE, OTHER, bulletin, sentences

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
FAR = datetime(9999, 12, 30, tzinfo=UTC)
TITLE, LEAD, *REST = ARTICLE.split("\n")
BODY = "\n".join(REST)


def blocks(text: str) -> tuple[Block, ...]:
    return tuple(Block(BlockKind.PARAGRAPH, line) for line in text.split("\n"))


def story(name: str, text: str, hours: float = 0, *, source: str = "town", **fields: Any) -> Article:
    """An article of a site."""
    title, _, body = text.partition("\n")
    return Article(
        source, "uk", f"news/{name}", f"https://{source}.example/news/{name}", blocks(body), NOON + timedelta(hours=hours),
        TimeOrigin.FEED, title=title, **fields,
    )  # fmt: skip


def post(number: int, text: str, hours: float = 0, *, channel: str = "mist", **fields: Any) -> Article:
    name = f"{channel}/{number}"
    published_at = NOON + timedelta(hours=hours)
    return Article("telegram", channel, name, f"https://t.me/{name}", blocks(text), published_at, TimeOrigin.POST, **fields)


def verdicts(connection: db.Connection) -> dict[str, tuple[str, str]]:
    """Copy → original and kind, by the publishers' identifiers."""
    found = db.select(
        connection,
        "select copy.external_id as copy, original.external_id as original, duplicate_kind from mart.article as copy"
        " join core.article as original on original.article_id = copy.original_id",
    )
    connection.rollback()
    return {row["copy"]: (row["original"], row["duplicate_kind"]) for row in found}


def judged(connection: db.Connection, *articles: Article) -> dict[str, tuple[str, str]]:
    keep(connection, *articles)
    deduplication.deduplicate(connection)
    return verdicts(connection)


# --- what is found


def test_a_reworded_copy_of_another_outlet_is_found_and_says_why(connection: db.Connection) -> None:
    copy = sentences(ARTICLE, 0, 1, 2, 4, 5, 7)
    assert judged(connection, story("a", ARTICLE), story("b", copy, 5, source="city")) == {"news/b": ("news/a", "near")}
    (row,) = db.select(connection, "select * from mart.article where original_id is not null")
    assert 0.9 < row["duplicate_similarity"] <= 1
    assert row["judgement"] == row["duplicate_reason"]
    assert row["duplicate_reason"].startswith("nearly the same text: ")


def test_a_post_that_copies_the_beginning_of_an_article_is_an_excerpt(connection: db.Connection) -> None:
    assert judged(connection, story("a", ARTICLE), post(1, sentences(ARTICLE, 0, 1), 1)) == {"mist/1": ("news/a", "excerpt")}


def test_a_fuller_article_takes_the_place_of_an_earlier_excerpt_and_its_copies_follow(
    connection: db.Connection,
) -> None:
    flash = sentences(ARTICLE, 0, 1, 2)
    first = judged(connection, post(1, flash), post(2, flash, 1, channel="dim"))
    assert first == {"dim/2": ("mist/1", "exact")}
    assert judged(connection, story("a", ARTICLE, 2)) == {"mist/1": ("news/a", "excerpt"), "dim/2": ("news/a", "excerpt")}


def test_bulletins_of_consecutive_days_stay_apart_and_say_so(connection: db.Connection) -> None:
    days = [post(day, bulletin(day), 24 * day) for day in range(1, 15)]
    assert judged(connection, *days) == {}
    said = {row["judgement"] for row in db.select(connection, "select judgement from mart.article")}
    assert all("no copy of article" in reason for reason in said)


def test_an_article_that_resembles_nothing_says_that(connection: db.Connection) -> None:
    judged(connection, story("a", ARTICLE), story("b", OTHER))
    rows = db.select(connection, "select judgement from mart.article")
    assert [row["judgement"] for row in rows] == [deduplication.ALONE] * 2


def test_editions_of_one_article_are_never_copies_of_one_another(connection: db.Connection) -> None:
    russian = story("b", ARTICLE, 0.1, editions={"uk": "https://town.example/news/a"})
    assert judged(connection, story("a", ARTICLE), russian) == {}
    assert judged(connection, story("c", ARTICLE, 9, source="city")) == {"news/c": ("news/a", "exact")}


@pytest.mark.parametrize("copied", [ARTICLE, sentences(ARTICLE, 0, 1, 2, 4, 5, 7)])
def test_editions_of_one_article_are_never_copies_of_one_third(copied: str, connection: db.Connection) -> None:
    russian = story("b", ARTICLE, 0.1, editions={"uk": "https://town.example/news/a"})
    first = story("x", copied, -1, source="city")
    assert {copy for copy, (original, _) in judged(connection, first, story("a", ARTICLE), russian).items()} == {"news/a"}


def test_an_edition_says_that_it_is_one(connection: db.Connection) -> None:
    russian = story("b", ARTICLE, 0.1, editions={"uk": "https://town.example/news/a"})
    judged(connection, story("a", ARTICLE), russian)
    said = {row["external_id"]: row["judgement"] for row in db.select(connection, "select * from mart.article")}
    numbers = {name: of(connection, name) for name in said}
    assert said == {
        "news/a": f"no copy of article {numbers['news/b']}: {deduplication.EDITION}",
        "news/b": f"no copy of article {numbers['news/a']}: {deduplication.EDITION}",
    }
    (neighbour,) = deduplication.explain(connection, numbers["news/a"]).neighbours
    assert (neighbour.match, neighbour.reason) == (None, deduplication.EDITION)


def test_footer_lines_are_learned_from_the_channels_own_posts(connection: db.Connection) -> None:
    footer = "Тихий вечір надвечір’я: новини громади, погода, дороги, оголошення"
    said = ["Міст відкрили", "Воду дали", "Школу зачинили", "Дощ пройшов", "Потяг спізнився", "Ринок працює"]
    posts = [post(number, f"{text} сьогодні зранку\n{footer}", number / 9) for number, text in enumerate(said)]
    assert judged(connection, *posts) == {}
    copy = post(1, "Ринок працює сьогодні зранку", 1, channel="dim")
    assert judged(connection, copy) == {"dim/1": ("mist/5", "near")}


@pytest.mark.parametrize(("days", "found"), [(29, {"news/b": ("news/a", "near")}), (32, {})])
def test_similar_texts_are_looked_for_thirty_days_around(days: int, found: dict[str, Any], connection: db.Connection) -> None:
    copy = story("b", sentences(ARTICLE, 0, 1, 2, 4, 5, 7), 24 * days, source="city")
    assert judged(connection, story("a", ARTICLE), copy) == found


@pytest.mark.parametrize("year", [1996, 2020, 2026])
def test_any_month_has_its_partition(year: int, connection: db.Connection) -> None:
    at = datetime(year, 2, 28, 23, 30, tzinfo=UTC)
    articles = (
        replace(story("a", ARTICLE), published_at=at),
        replace(story("b", sentences(ARTICLE, *range(7))), published_at=at + timedelta(hours=2)),
    )
    assert judged(connection, *articles) == {"news/b": ("news/a", "near")}


@pytest.mark.parametrize(
    "at", [datetime(1, 1, 2, tzinfo=UTC), datetime(1905, 4, 30, tzinfo=UTC), datetime(2095, 5, 1, tzinfo=UTC), FAR]
)
def test_a_time_that_cannot_be_stops_nobody_elses_verdict(at: datetime, connection: db.Connection) -> None:
    odd = replace(story("odd", ARTICLE), published_at=at)
    odd_copy = replace(story("odder", sentences(ARTICLE, *range(7)), source="city"), published_at=at)
    copied = story("b", OTHER), story("c", OTHER, 3, source="city")
    assert judged(connection, odd, odd_copy, *copied) == {"news/odder": ("news/odd", "near"), "news/c": ("news/b", "exact")}


# --- what changes


def test_an_article_that_changes_is_judged_again_and_so_are_those_that_pointed_at_it(connection: db.Connection) -> None:
    near = sentences(ARTICLE, 0, 1, 2, 4, 5, 7)
    copies = [story("b", near, 5, source="city"), story("c", ARTICLE, 6, source="land"), story("d", near, 7, source="lake")]
    assert set(judged(connection, story("a", ARTICLE), *copies)) == {"news/b", "news/c", "news/d"}
    changed = judged(connection, story("a", OTHER))
    assert changed == {"news/c": ("news/b", "near"), "news/d": ("news/b", "exact")}
    assert judged(connection, story("a", ARTICLE)) == {
        "news/b": ("news/a", "near"),
        "news/c": ("news/a", "exact"),
        "news/d": ("news/a", "near"),
    }


def test_a_copy_that_becomes_a_text_of_its_own_is_an_original(connection: db.Connection) -> None:
    assert judged(connection, story("a", ARTICLE), story("b", ARTICLE, 5, source="city")) == {"news/b": ("news/a", "exact")}
    assert judged(connection, story("b", OTHER, 5, source="city")) == {}


def test_an_article_of_which_the_title_or_the_lead_alone_changes_is_judged_again(connection: db.Connection) -> None:
    flash = story("b", "Міст\nФото", 1, source="city")
    assert judged(connection, story("a", ARTICLE), flash) == {}
    assert judged(connection, replace(flash, lead=sentences(ARTICLE, 1, 2, 3))) == {"news/b": ("news/a", "excerpt")}
    assert judged(connection, replace(flash, title=sentences(ARTICLE, 0, 1, 2))) == {"news/b": ("news/a", "excerpt")}
    assert judged(connection, flash) == {}


def test_an_article_that_turns_out_to_be_an_edition_is_no_copy_any_more(connection: db.Connection) -> None:
    other = story("b", ARTICLE, 0.1)
    assert judged(connection, story("a", ARTICLE), other) == {"news/b": ("news/a", "exact")}
    assert judged(connection, replace(other, editions={"uk": "https://town.example/news/a"})) == {}


def test_judging_again_moves_nothing(connection: db.Connection) -> None:
    judged(connection, story("a", ARTICLE), story("b", sentences(ARTICLE, 0, 1, 2, 4, 5, 7), 5, source="city"))
    state = rows_of(connection)
    deduplication.deduplicate(connection)
    assert rows_of(connection) == state
    with connection.cursor() as cursor:
        cursor.execute("update core.article set judged = false")
    connection.commit()
    deduplication.deduplicate(connection)
    again = rows_of(connection)
    assert (again["duplicate"], again["article_sketch"]) == (state["duplicate"], state["article_sketch"])


def rows_of(connection: db.Connection) -> dict[str, list[dict[str, Any]]]:
    found = {
        name: db.select(connection, f"select xmin::text, * from core.{name} order by 2, 3")
        for name in ("duplicate", "similar", "article_sketch")
    }
    connection.rollback()
    return found


SHORT = "У Сокирянах через бурю без світла лишилися дві вулиці, ремонтники вже виїхали"


def crowd() -> list[Article]:
    near, beginning = sentences(ARTICLE, 0, 1, 2, 4, 5, 7), sentences(ARTICLE, 0, 1, 2)
    return [
        story("a", ARTICLE, 3),
        story("b", near, 5, source="city"),
        post(1, beginning, 1),
        post(2, beginning, 2, channel="dim"),
        post(3, f"❗️{beginning}\nНагадаємо, торік міст закрили.", 4, channel="luh"),
        story("c", OTHER, 0, source="city"),
        story("d", sentences(OTHER, 0, 1, 2, 3), 9),
        post(4, sentences(OTHER, 0, 1), 1),
        *(post(10 + day, bulletin(day), 24 * day, channel="zvit") for day in range(1, 5)),
        post(20, SHORT, 0),
        post(21, f"⚡️{SHORT}!", 0.2, channel="dim"),
        post(22, SHORT, 50, channel="luh"),
        post(23, "Олена ділиться спогадами про місто", 1, forwarded_from="luh/22"),
    ]


def test_the_order_and_the_batches_in_which_articles_come_make_no_difference(
    connection: db.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = judged(connection, *crowd())
    assert len(expected) > 7
    dice = random.Random(5)
    for size in (1, 3, 5):
        monkeypatch.setattr(deduplication, "ARTICLES_A_JUDGEMENT", size)
        with connection.cursor() as cursor:
            cursor.execute("truncate core.article cascade; truncate core.article_sketch")
        connection.commit()
        shuffled = dice.sample(crowd(), len(crowd()))
        for start in range(0, len(shuffled), size + 1):
            found = judged(connection, *shuffled[start : start + size + 1])
        assert found == expected


def test_two_runs_at_once_make_one_original_of_one_text(connection: db.Connection, database_url: str) -> None:
    keep(connection, *crowd())

    def run() -> None:
        own = db.connect(database_url)
        deduplication.deduplicate(own)
        own.close()

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(run) for _ in range(3)]:
            done.result()
    found = verdicts(connection)
    with connection.cursor() as cursor:
        cursor.execute("truncate core.article cascade; truncate core.article_sketch")
    assert judged(connection, *crowd()) == found


# --- hostile and large


def test_what_everybody_writes_makes_no_flood_of_comparisons(connection: db.Connection) -> None:
    # seventy posts that share all their words: each is compared with fifty at most
    alerts = [
        post(number, f"🔴 {number % 24}:{number % 60} Повітряна тривога в області, всім пройти в укриття", number)
        for number in range(70)
    ]
    keep(connection, *alerts)
    deduplication.deduplicate(connection)
    (sizes,) = db.select(connection, "select count(*) as pairs from core.similar")
    assert sizes["pairs"] < 70 * deduplication.NEWEST


@pytest.mark.parametrize("text", ["", "😀", "слово", "1 2 3", "х" * 200_000, "а б " * 50_000, "Нагадаємо, " * 2000])
def test_texts_without_much_to_say_are_judged_and_are_nobodys_copy(text: str, connection: db.Connection) -> None:
    assert judged(connection, post(1, text), story("a", ARTICLE)) == {}
    assert db.select(connection, "select from core.article where not judged") == []


def test_articles_that_were_taken_away_are_nobodys_candidates(connection: db.Connection) -> None:
    judged(connection, *crowd())
    with connection.cursor() as cursor:
        cursor.execute("delete from core.article where external_id in ('news/a', 'mist/1')")
    connection.commit()
    assert judged(connection, story("again", ARTICLE, 6, source="lake"))["news/again"] == ("news/b", "near")


def test_the_newest_of_a_hash_come_from_the_index_and_never_from_sorting_all_that_have_it(connection: db.Connection) -> None:
    # with an empty month the planner would rather sort: of a hash that a hundred thousand alerts have, all of them
    judged(connection, story("a", ARTICLE))
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into core.article_sketch select number, date '2026-03-05' - date '2000-01-01', 9, number"
            " from generate_series(1, 5000) as number"
        )
        cursor.execute("select core.ensure_sketch_partitions('{2026-04-01}')")
        cursor.execute("analyze core.article_sketch, core.article_sketch_2026_03")
        cursor.execute(db.query("plan_judgement"))
        day = (NOON.date() - deduplication.FIRST_DAY).days
        values = {"articles": [1, 2], "days": [day, day], "sizes": [1, 1], "sketches": ["{7}", "{7}"]}
        limits = {"window_days": 30, "newest": 50, "few": 6, "least_likeness": 0.2}
        cursor.execute(f"explain (format json) {db.query('sketch_candidates')}", {**values, **limits})
        ((((plan,),),),) = (cursor.fetchall(),)
    limits_found = [node for node in nodes(plan["Plan"]) if node["Node Type"] == "Limit"]
    assert limits_found
    below = {node["Node Type"] for limit in limits_found for node in nodes(limit)}
    assert below & {"Index Only Scan", "Index Scan"}
    assert not below & {"Sort", "Incremental Sort", "Seq Scan", "Bitmap Heap Scan"}


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", ()) for node in nodes(part))]


def test_a_turn_of_phrase_that_many_use_makes_nobody_a_candidate(connection: db.Connection) -> None:
    dice = random.Random(3)
    words = ["".join(dice.choices("абвгдежзиклмнопрст", k=7)) for _ in range(2000)]
    posts = [
        post(number, f"Як повідомили сьогодні рятувальники {' '.join(dice.sample(words, 30))}", number) for number in range(40)
    ]
    judged(connection, *posts)
    assert {row["judgement"] for row in db.select(connection, "select judgement from core.article")} == {deduplication.ALONE}


def test_a_chain_of_alerts_is_judged_again_around_the_new_one_only(connection: db.Connection) -> None:
    alerts = [post(number, "Повітряна тривога у місті, пройдіть в укриття", 10 * number) for number in range(200)]
    keep(connection, *alerts)
    deduplication.deduplicate(connection)
    times = {row["article_id"]: row["published_at"] for row in db.select(connection, "select * from core.article")}
    last = max(times.values())
    newest = max(times, key=lambda number: times[number])
    linked = deduplication._linked(connection, [newest], (last, last))
    # those of the span, and the stars in which some of them stand
    assert 70 < len(linked) < 80


# --- explain


def of(connection: db.Connection, external_id: str) -> int:
    (row,) = db.select(connection, f"select article_id from core.article where external_id = '{external_id}'")
    return int(row["article_id"])


def test_explain_names_the_nearest_candidates_and_what_was_made_of_them(connection: db.Connection) -> None:
    judged(connection, *crowd())
    found = deduplication.explain(connection, of(connection, "mist/1"))
    assert found.verdict["original_url"] == "https://town.example/news/a"
    assert found.verdict["kind"] == "excerpt"
    urls = [one.url for one in found.neighbours]
    assert {"https://town.example/news/a", "https://t.me/dim/2"} <= set(urls)
    assert all(one.reason for one in found.neighbours)


def test_explain_says_why_a_bulletin_is_no_copy(connection: db.Connection) -> None:
    judged(connection, *crowd())
    found = deduplication.explain(connection, of(connection, "zvit/12"))
    assert found.verdict["original_id"] is None
    assert [one.match for one in found.neighbours] == [None] * len(found.neighbours)
    assert any("numbers" in one.reason for one in found.neighbours)


def test_explain_writes_nothing_and_refuses_what_is_not_there(connection: db.Connection) -> None:
    judged(connection, *crowd())
    state = rows_of(connection)
    deduplication.explain(connection, of(connection, "news/a"))
    connection.commit()
    assert rows_of(connection) == state
    with pytest.raises(KeyError, match="no article 999999"):
        deduplication.explain(connection, 999999)


# --- databases of former versions


def migrated_to(last: int, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> db.Connection:
    """Return a database as it was left by the migration of this number."""
    former = tmp_path / "sql"
    shutil.copytree(db.SQL, former)
    for newer in sorted((former / "migrations").glob("*.sql"))[last:]:
        newer.unlink()
    opened = db.connect(cluster.ensure_database(f"test_former_{last}"))
    with monkeypatch.context() as patched:
        patched.setattr(db, "SQL", former)
        db.migrate(opened)
    return opened


def test_verdicts_that_a_change_of_title_or_editions_left_standing_are_reached_again(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = migrated_to(16, cluster, tmp_path, monkeypatch)
    russian = story("b", ARTICLE, 0.1, editions={"uk": "https://town.example/news/a"})
    keep(opened, story("a", ARTICLE), russian, story("c", OTHER), story("d", sentences(OTHER, 0, 1, 2, 3), 1, source="city"))
    with opened, opened.cursor() as cursor:
        # as the former version left them
        cursor.execute("update core.article set judged = true, revision = 1 + (external_id = 'news/d')::integer")
        cursor.execute(
            "insert into core.duplicate select b.article_id, a.article_id, 'exact', 1, 'the same text'"
            " from core.article as a, core.article as b where a.external_id = 'news/a' and b.external_id = 'news/b'"
        )
        cursor.execute("select core.ensure_sketch_partitions('{2026-03-04}')")
    assert db.migrate(opened) != []
    assert {row["external_id"] for row in db.select(opened, "select external_id from core.article where not judged")} == {
        "news/b",
        "news/d",
    }
    deduplication.deduplicate(opened)
    assert "news/b" not in verdicts(opened)
    opened.close()


def test_sketches_of_the_former_shape_are_found_by_texts_of_today(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = migrated_to(15, cluster, tmp_path, monkeypatch)
    stored = [story("a", ARTICLE), replace(story("old", OTHER), published_at=datetime(1996, 2, 29, 23, 59, tzinfo=UTC))]
    keep(opened, *stored)
    with opened, opened.cursor() as cursor:
        cursor.execute("select core.ensure_sketch_partitions('{1996-02-29,2026-03-04,2126-03-04}')")
        # of a channel whose clock is a century ahead
        cursor.execute("insert into core.article_sketch (hash, article_id, day, size) values (1, 99, '2126-03-04', 1)")
        for article in stored:
            number = of(opened, article.external_id)
            # what the former version entered: hashes of 64 bits, of which this one keeps the lower half
            hashes = wide_sketch(similarity.prepare(article.text, title=article.title))
            cursor.execute(
                "insert into core.article_sketch (hash, article_id, day, size) select value, %s, %s, %s from unnest(%s) as value",
                (number, article.published_at.date(), len(hashes), hashes),
            )
        cursor.execute("update core.article set judged = true, sketched = true")
    assert "0016_compact_sketches.sql" in db.migrate(opened)
    assert partitions(opened) == [f"core.article_sketch_{month}" for month in ("1996_02", "2026_03", "2089_08")]
    kept = {row["hash"] for row in db.select(opened, "select hash from core.article_sketch where day > 0 and article_id <> 99")}
    assert kept == set(similarity.sketch(similarity.prepare(BODY_OF_A, title=TITLE)))
    near = sentences(ARTICLE, 0, 1, 2, 4, 5, 7)
    march = datetime(1996, 3, 1, 5, tzinfo=UTC)
    old_copy = replace(story("copy", sentences(OTHER, 0, 1, 2, 3), source="city"), published_at=march)
    assert judged(opened, story("b", near, 5, source="city"), old_copy) == {
        "news/b": ("news/a", "near"),
        "news/copy": ("news/old", "near"),
    }
    assert db.select(opened, "select to_regclass('core.former_sketch') as former") == [{"former": None}]
    opened.close()


BODY_OF_A = ARTICLE.partition("\n")[2]


def wide_sketch(prepared: Prepared) -> list[int]:
    """Return the sketch of a text with hashes of 64 bits, signed, as the database had them before 0016."""
    narrow = set(similarity.sketch(prepared))
    kept = [value for value in prepared.grams if (value + 2**31) % 2**32 - 2**31 in narrow]
    return [(value + 2**63) % 2**64 - 2**63 for value in kept]


# --- retention


def partitions(connection: db.Connection) -> Sequence[str]:
    rows = db.select(
        connection, "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'core.article_sketch'::regclass"
    )
    return sorted(row["name"] for row in rows)


def test_sketches_of_months_long_past_are_dropped_but_not_those_just_stored(connection: db.Connection) -> None:
    old, new = replace(story("a", ARTICLE), published_at=datetime(2024, 5, 5, tzinfo=UTC)), story("b", OTHER)
    judged(connection, old, new)
    pipeline.maintain(connection)
    assert partitions(connection) == ["core.article_sketch_2024_05", "core.article_sketch_2026_03"]
    with connection.cursor() as cursor:
        cursor.execute("update core.article set first_seen_at = now() - interval '91 days' where external_id = 'news/a'")
    connection.commit()
    assert pipeline.maintain(connection).counts["dropped_sketches"] == 1
    assert partitions(connection) == ["core.article_sketch_2026_03"]
