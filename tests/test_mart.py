"""The views of mart on a handful of planted articles, against answers worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2.extras
import pytest

from newswire import db, pipeline, sources
from newswire.model import Article, Block, BlockKind, Link, TimeOrigin
from tests.killing import quick_detect
from tests.stored import keep

DAY = datetime(2026, 2, 20, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RADA = (Link("https://rada.gov.ua/a", "тут"), Link("https://zakon.rada.gov.ua/b", "там"))


def article(name: str, at: datetime = DAY, language: str = "uk", **more: Any) -> Article:
    usual: dict[str, Any] = {
        "source": "unn", "feed": "uk", "external_id": f"news/{name}", "url": f"https://unn.ua/news/{name}",
        "title": f"Назва {name}", "body": (Block(BlockKind.PARAGRAPH, f"Текст про {name}."),), "time_origin": TimeOrigin.FEED,
    }  # fmt: skip
    return Article(published_at=at, language=language, **(usual | more))


def post(number: int, at: datetime = DAY, channel: str = "Vezha", **more: Any) -> Article:
    usual = {
        "source": "telegram", "feed": channel, "external_id": f"{channel}/{number}", "url": f"https://t.me/{channel}/{number}",
        "title": None, "time_origin": TimeOrigin.POST,
    }  # fmt: skip
    return article(f"{channel} {number}", at, **(usual | more))


def write(connection: db.Connection, statement: str, values: Sequence[Any] = ()) -> None:
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute(statement, values)


def copy(connection: db.Connection, of: str, original: str, kind: str = "exact") -> None:
    write(
        connection,
        "insert into core.duplicate (article_id, original_id, kind, similarity, reason)"
        " select one.article_id, other.article_id, %s, 1, 'the same text' from core.article as one, core.article as other"
        " where one.url = %s and other.url = %s",
        (kind, of, original),
    )


def test_a_reprint_says_who_copied_whom_and_how_long_after(connection: db.Connection) -> None:
    first, second, own = article("міст"), post(3, DAY + 2 * HOUR), article("міст-2", DAY + HOUR / 2)
    keep(connection, first, second, own, article("інше"))
    copy(connection, second.url, first.url)
    copy(connection, own.url, first.url, "url")
    found = db.select(
        connection, "select outlet, original_outlet, later, kind, is_own, title, original_title from mart.reprint order by later"
    )
    assert [tuple(row.values()) for row in found] == [
        ("unn", "unn", HOUR / 2, "url", True, "Назва міст-2", "Назва міст"),
        ("@Vezha", "unn", 2 * HOUR, "exact", False, None, "Назва міст"),
    ]


def test_changes_come_headlines_first_and_each_says_what_it_became(connection: db.Connection) -> None:
    keep(connection, article("а"), article("б"))
    keep(connection, article("б", title="Б: названо причину"))  # the headline, and later the body
    keep(connection, article("а", lead="Підсумок"))
    keep(connection, article("б", title="Б: названо причину", body=(Block(BlockKind.PARAGRAPH, "Доповнено."),)))
    found = db.select(
        connection,
        "select url, revision, title_changed, lead_changed, body_changed, title_before, title_after, body_after,"
        " later > '0' as later from mart.revision",
    )
    assert [tuple(row.values()) for row in found] == [
        ("https://unn.ua/news/б", 1, True, False, False, "Назва б", "Б: названо причину", "Текст про б.", True),
        ("https://unn.ua/news/б", 2, False, False, True, "Б: названо причину", "Б: названо причину", "Доповнено.", True),
        ("https://unn.ua/news/а", 1, False, True, False, "Назва а", "Назва а", "Текст про а.", True),
    ]


def test_a_change_is_as_late_as_the_publisher_says_and_at_most_as_late_as_it_was_seen(connection: db.Connection) -> None:
    keep(connection, article("а"), article("б"))
    keep(connection, article("а", title="А: оновлено", modified_at=DAY + 2 * HOUR))
    keep(connection, article("б", title="Б: оновлено", modified_at=datetime.now(UTC) + 1000 * HOUR))  # a clock that is wrong
    found = db.select(connection, "select later, changed_at - published_at as seen from mart.revision order by later")
    assert found[0]["later"] == 2 * HOUR
    assert found[1]["later"] == found[1]["seen"]


def test_reach_is_views_over_time_with_what_came_between(connection: db.Connection) -> None:
    keep(connection, post(3), post(4, forwarded_from="durov/1"), article("сайт"))
    readings = [(3, 1, 100, {"👍": 2, "paid": 1}), (3, 5, 250, {}), (3, 24, 240, {}), (4, 1, None, {})]
    for number, hours, views, reactions in readings:
        write(
            connection,
            "insert into core.article_reading select article_id, %s, %s, %s from core.article where external_id = %s",
            (DAY + hours * HOUR, views, psycopg2.extras.Json(reactions), f"Vezha/{number}"),
        )
    found = db.select(
        connection, "select url, age, views, gained, reactions, is_forward from mart.telegram_reach order by url, read_at"
    )
    assert [tuple(row.values()) for row in found] == [
        ("https://t.me/Vezha/3", HOUR, 100, None, 3, False),
        ("https://t.me/Vezha/3", 5 * HOUR, 250, 150, None, False),
        ("https://t.me/Vezha/3", 24 * HOUR, 240, -10, None, False),
        ("https://t.me/Vezha/4", HOUR, None, None, None, True),
    ]


def test_citations_are_counted_by_outlet_and_by_how(connection: db.Connection) -> None:
    keep(
        connection,
        article("а", cited_source="«Укрінформ»", links=RADA),  # two links to one domain: one article
        article("б", DAY + HOUR, cited_source="Укрінформ"),
        article("в", DAY + 2 * HOUR, cited_source="УКРІНФОРМ", links=(Link("https://unn.ua/x", "раніше"),)),
        post(3, forwarded_from="durov/5", links=(Link("https://t.me/Durov/9", "там"), *RADA)),
        post(4, forwarded_from="Прихований"),
    )
    copy(connection, "https://unn.ua/news/б", "https://unn.ua/news/а")
    assert db.select(connection, "select * from mart.citation") == []  # as of the last refresh
    assert pipeline.refresh(connection).counts["views"] == 2
    found = db.select(
        connection,
        "select outlet, how, cited_key, articles, originals, last_at from mart.citation order by outlet, how, cited_key",
    )
    assert [tuple(row.values()) for row in found] == [
        ("@Vezha", "forwarded", "@durov", 1, 1, DAY),
        ("@Vezha", "forwarded", "прихований", 1, 1, DAY),
        ("@Vezha", "linked", "@durov", 1, 1, DAY),
        ("@Vezha", "linked", "rada.gov.ua", 1, 1, DAY),
        ("unn", "linked", "rada.gov.ua", 1, 1, DAY),
        ("unn", "named", "укрінформ", 3, 2, DAY + 2 * HOUR),
    ]


def test_shares_of_languages_are_of_an_outlets_day_in_kyiv(connection: db.Connection) -> None:
    late = datetime(2026, 2, 20, 22, 30, tzinfo=UTC)  # the 21st in Kyiv
    keep(
        connection,
        article("а"), article("б"), article("в", language="ru"), article("г", language="en", is_mixed=True),
        article("д", late, language="ru"),
        post(3),
    )  # fmt: skip
    pipeline.refresh(connection)
    found = db.select(
        connection, "select day::text, outlet, language, articles, mixed, share from mart.language_share order by 1, 2, 3"
    )
    assert [tuple(row.values()) for row in found] == [
        ("2026-02-20", "@Vezha", "uk", 1, 0, 1.0),
        ("2026-02-20", "unn", "en", 1, 1, 0.25),
        ("2026-02-20", "unn", "ru", 1, 0, 0.25),
        ("2026-02-20", "unn", "uk", 2, 0, 0.5),
        ("2026-02-21", "unn", "ru", 1, 0, 1.0),
    ]


def test_volume_is_counted_by_day_in_kyiv_source_and_language(connection: db.Connection) -> None:
    keep(connection, article("а"), article("б", DAY + 12 * HOUR), article("в", DAY + 12 * HOUR, language="ru"), post(1), post(2))
    found = db.select(connection, "select day::text, source, language, articles from mart.daily_volume order by 1, 2, 3")
    assert [tuple(row.values()) for row in found] == [
        ("2026-02-20", "telegram", "uk", 2),
        ("2026-02-20", "unn", "uk", 1),
        ("2026-02-21", "unn", "ru", 1),
        ("2026-02-21", "unn", "uk", 1),
    ]


def test_originals_are_articles_without_copies_and_name_their_source(connection: db.Connection) -> None:
    keep(connection, article("а"), article("б"))
    copy(connection, "https://unn.ua/news/б", "https://unn.ua/news/а")
    unn = sources.load("unn")
    pipeline.normalise(connection, unn, [], quick_detect)
    assert db.select(connection, "select url, source_title from mart.original") == [
        {"url": "https://unn.ua/news/а", "source_title": unn.title}
    ]
    assert db.select(connection, "select * from mart.source") == [
        {"source": "unn", "title": unn.title, "kind": "site", "home": unn.home}
    ]


def test_a_source_is_written_once(connection: db.Connection) -> None:
    unn = sources.load("unn")
    pipeline.normalise(connection, unn, [], quick_detect)
    before = db.select(connection, "select xmin::text from core.source")
    pipeline.normalise(connection, unn, [], quick_detect)
    assert db.select(connection, "select xmin::text from core.source") == before


# --- materialised views


def test_every_materialised_view_is_filled_and_can_be_refreshed_while_it_is_read(
    connection: db.Connection, database_url: str
) -> None:
    assert db.select(connection, "select matviewname from pg_matviews where not ispopulated") == []
    reader = db.connect(database_url)
    assert db.select(reader, "select * from mart.citation") == []  # and its transaction stays open
    keep(connection, article("а", cited_source="Вежа"))
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '10s'")
        cursor.execute("select core.refresh_mart()")
    reader.rollback()
    assert [row["cited"] for row in db.select(reader, "select cited from mart.citation")] == ["Вежа"]
    reader.close()


def test_a_refresh_may_run_twice_and_survives_a_migrate(connection: db.Connection) -> None:
    keep(connection, article("а", cited_source="Вежа"))
    pipeline.refresh(connection)
    before = db.select(connection, "select * from mart.citation")
    pipeline.refresh(connection)
    assert db.select(connection, "select * from mart.citation") == before
    keep(connection, article("б", cited_source="Вежа"))
    db.migrate(connection)
    assert [row["articles"] for row in db.select(connection, "select articles from mart.citation")] == [2]


def test_a_view_may_become_a_materialised_one_and_back(
    connection: db.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sql"
    for path in db.SQL.rglob("*.sql"):
        target = folder / path.relative_to(db.SQL)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8").replace("view mart.hashtag", "materialized view mart.hashtag")
        target.write_text(text if path.parent.name == "views" else path.read_text(encoding="utf-8"), encoding="utf-8")
    kind = "select relkind from pg_class where oid = 'mart.hashtag'::regclass"
    with monkeypatch.context() as patched:
        patched.setattr(db, "SQL", folder)
        db.migrate(connection)
        assert db.select(connection, kind) == [{"relkind": "m"}]
    db.migrate(connection)
    assert db.select(connection, kind) == [{"relkind": "v"}]
