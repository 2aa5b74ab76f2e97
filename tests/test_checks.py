from __future__ import annotations

import hashlib
import itertools
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg2 import sql

from newswire import db, pipeline
from newswire.window import KYIV

_numbers = itertools.count(1)


def ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


def insert(connection: db.Connection, table: str, key: str, **values: Any) -> int:
    """Insert one row and return its key."""
    names = [sql.Identifier(name) for name in values]
    statement = sql.SQL("insert into {} ({}) values ({}) returning {}").format(
        sql.Identifier(*table.split(".")),
        sql.SQL(", ").join(names),
        sql.SQL(", ").join(sql.Placeholder() * len(names)),
        sql.Identifier(key),
    )
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute(statement, list(values.values()))
        return int(cursor.fetchone()[0])


def announcement(connection: db.Connection, **values: Any) -> int:
    now = ago(minutes=1)
    usual = {
        "source": "unn", "feed": "uk", "url": f"https://unn.ua/news/{next(_numbers)}", "first_seen_at": now, "last_seen_at": now,
        "outcome": "ok", "visited_at": now,
    }  # fmt: skip
    return insert(connection, "raw.announcement", "announcement_id", **usual | values)


def page(connection: db.Connection, fetched_at: datetime) -> int:
    return insert(
        connection, "raw.page", "page_id", fetched_at=fetched_at, source="unn", url="https://unn.ua/", final_url="https://unn.ua/",
        status=200, encoding="utf-8", body=b"x", body_sha256=hashlib.sha256(b"x").digest(),
    )  # fmt: skip


def article(connection: db.Connection, **values: Any) -> int:
    """Plant an article that breaks no rule but for what `values` say."""
    fetched_at = values.pop("page_fetched_at", ago(minutes=1))
    number = values.pop("page_id", None) or page(connection, fetched_at)
    name = f"news/{next(_numbers)}"
    usual = {
        "source": "unn", "feed": "uk", "external_id": name, "url": f"https://unn.ua/{name}", "title": "Міст відкрили",
        "body": "Рух дозволено всім.", "word_count": 20, "published_at": ago(hours=2), "time_origin": "feed", "language": "uk",
        "language_confidence": 1.0, "first_seen_at": fetched_at, "updated_at": fetched_at, "page_id": number,
        "page_fetched_at": fetched_at, "parser_version": "unn/1", "run_id": 1, "content_hash": b"c", "record_hash": b"r",
    }  # fmt: skip
    values.setdefault("announcement_id", announcement(connection))
    return insert(connection, "core.article", "article_id", **usual | values)


def copy(connection: db.Connection, of: int) -> int:
    number = article(connection)
    insert(
        connection, "core.duplicate", "article_id", article_id=number, original_id=of, kind="exact", similarity=1, reason="same"
    )
    return number


def discovery(connection: db.Connection, **values: Any) -> None:
    run = insert(connection, "core.run", "run_id", verb="discover", caller="test", state="done")
    usual = {"run_id": run, "source": "unn", "feed": "uk", "asked_from": ago(days=2), "asked_to": ago(days=1)}
    insert(connection, "core.coverage", "coverage_id", **usual | values)


def unparsed(connection: db.Connection, waits: timedelta) -> None:
    since = datetime.now(UTC) - waits
    waiting = announcement(connection, outcome=None)
    insert(
        connection, "raw.unparsed", "page_id", page_id=page(connection, datetime.now(UTC)), page_fetched_at=since,
        source="unn", feed="uk", announcements=[waiting],
    )  # fmt: skip


def visits(connection: db.Connection, fine: int, bad: int, **values: Any) -> None:
    for number in range(fine + bad):
        announcement(connection, **{"outcome": "unreachable" if number < bad else "ok", **values})


def texts(connection: db.Connection, decided: int, undecided: int, **values: Any) -> None:
    for number in range(decided + undecided):
        article(connection, **{"language": "und" if number < undecided else "uk", **values})


def weeks(connection: db.Connection, yesterday: int, *before: int, source: str = "unn") -> None:
    """Plant so many articles yesterday, and on the same weekday of the weeks before."""
    for week, count in enumerate((yesterday, *before)):
        for _ in range(count):
            article(connection, source=source, published_at=noon_of(days=1 + 7 * week))


def noon_of(days: int) -> datetime:
    return (datetime.now(KYIV) - timedelta(days=days)).replace(hour=12)


def lines(connection: db.Connection, repeated: int, others: int, **values: Any) -> None:
    line = "Слідкуйте за нами й читайте найважливіше першими"
    for number in range(repeated + others):
        article(connection, **{"body": f"Новина {number}.\n{line if number < repeated else 'Кінець.'}", **values})


def posts(connection: db.Connection, count: int, newest: float, *, asked: bool = True) -> None:
    """Plant a post a day, the newest so many days ago."""
    for number in range(count):
        article(
            connection, source="telegram", feed="mist", time_origin="post", title=None, published_at=ago(days=newest + number)
        )
    if asked:
        discovery(
            connection, source="telegram", feed="mist", asked_to=ago(hours=2), reached_from=ago(days=2), reached_to=ago(hours=2)
        )


def silent_copy(connection: db.Connection, kind: str, words: int) -> None:
    original = article(connection, title=None, body="", word_count=words)
    number = article(connection, title=None, body="Слово.", word_count=1)
    insert(
        connection, "core.duplicate", "article_id", article_id=number, original_id=original, kind=kind, similarity=1, reason="x"
    )


def story(connection: db.Connection, **span: float) -> int:
    return insert(
        connection, "core.story", "story_id", headline="Міст відкрили", first_at=ago(days=20),
        last_at=ago(days=20) + timedelta(**span),
        articles=2, outlets=2, languages=["uk"],
    )  # fmt: skip


Plant = Callable[[db.Connection], object]

BREAKING: dict[str, list[Plant]] = {
    "below_usual_volume": [lambda at: weeks(at, 4, 10, 10, 12), lambda at: weeks(at, 0, 10, 11, 2, 12)],
    "duplicates_of_nothing": [lambda at: silent_copy(at, "exact", 0), lambda at: silent_copy(at, "excerpt", 0)],
    "repeated_lines": [lambda at: lines(at, 10, 19)],
    "stale_channels": [lambda at: posts(at, 14, 2.1)],
    "unstored_articles": [announcement],
    "copies_of_copies": [lambda at: copy(at, copy(at, article(at)))],
    "empty_bodies": [lambda at: article(at, body=""), lambda at: article(at, body=" \n\n\t ")],
    "error_share": [lambda at: visits(at, 15, 5), lambda at: visits(at, 80, 21, outcome_detail="x")],
    "future_articles": [lambda at: article(at, published_at=datetime.now(UTC) + timedelta(minutes=61))],
    "long_stories": [lambda at: story(at, days=7, minutes=1)],
    "lost_announcements": [lambda at: announcement(at, outcome=None), lambda at: announcement(at, outcome=None, visited_at=None)],
    "open_gaps": [discovery, lambda at: discovery(at, reached_from=ago(days=1.5), reached_to=ago(hours=1))],
    "undecided_language": [lambda at: texts(at, 8, 1)],
    "unparsed_pages": [lambda at: unparsed(at, timedelta(minutes=61))],
    "untraceable_articles": [lambda at: article(at, page_id=987654321)],
}
"""Rule → rows that break it."""

HOLDING: dict[str, list[Plant]] = {
    "below_usual_volume": [
        lambda at: weeks(at, 5, 10, 10, 10),
        lambda at: weeks(at, 0, 10, 10),
        lambda at: weeks(at, 0, 9, 9, 9),
    ],
    "duplicates_of_nothing": [lambda at: silent_copy(at, "forward", 0), lambda at: silent_copy(at, "near", 1)],
    "repeated_lines": [
        lambda at: lines(at, 10, 20),
        lambda at: lines(at, 9, 0),
        lambda at: lines(at, 10, 0, time_origin="post"),
        lambda at: lines(at, 10, 0, first_seen_at=ago(hours=25)),
    ],
    "stale_channels": [
        lambda at: posts(at, 14, 1.9),
        lambda at: posts(at, 13, 2.1),
        lambda at: posts(at, 14, 2.1, asked=False),
    ],
    "unstored_articles": [
        article,
        lambda at: announcement(at, outcome="gone"),
        lambda at: announcement(at, visited_at=ago(days=8)),
    ],
    "copies_of_copies": [lambda at: [copy(at, original) for original in [article(at)] * 2]],
    "empty_bodies": [
        lambda at: article(at, body="", time_origin="post"),
        lambda at: article(at, body="", updated_at=ago(hours=25)),
    ],
    "error_share": [
        lambda at: visits(at, 16, 4),
        lambda at: visits(at, 0, 19),
        lambda at: visits(at, 0, 30, visited_at=ago(hours=25)),
        lambda at: visits(at, 0, 30, outcome="gone"),
    ],
    "future_articles": [lambda at: article(at, published_at=datetime.now(UTC) + timedelta(minutes=58))],
    "long_stories": [lambda at: story(at, days=6, hours=23)],
    "lost_announcements": [
        lambda at: announcement(at, outcome=None, next_visit_at=ago(days=9)),
        lambda at: unparsed(at, timedelta(0)),
    ],
    "open_gaps": [
        lambda at: discovery(at, reached_from=ago(days=3), reached_to=ago(hours=1)),
        lambda at: discovery(at, asked_from=ago(days=9), asked_to=ago(days=8)),
    ],
    "undecided_language": [lambda at: texts(at, 9, 1), lambda at: texts(at, 0, 3, word_count=11)],
    "unparsed_pages": [lambda at: unparsed(at, timedelta(minutes=59))],
    "untraceable_articles": [article],
}
"""Rule → rows that come near and do not break it."""


def cases(planted: dict[str, list[Plant]]) -> list[Any]:
    return [
        pytest.param(rule, plant, id=f"{rule}-{number}")
        for rule, plants in planted.items()
        for number, plant in enumerate(plants)
    ]


def test_every_rule_has_rows_that_break_it_and_rows_that_do_not() -> None:
    assert len(pipeline.checks()) >= 12
    assert set(pipeline.checks()) == set(BREAKING) == set(HOLDING)


@pytest.mark.parametrize(("rule", "plant"), cases(BREAKING))
def test_a_rule_finds_what_breaks_it(connection: db.Connection, rule: str, plant: Plant) -> None:
    plant(connection)
    result = pipeline.check(connection, rule)
    assert result.breakers == 1
    assert len(result.sample) == 1
    assert result.failed == (result.severity == "fail")


@pytest.mark.parametrize(("rule", "plant"), cases(HOLDING))
def test_a_rule_holds_for_what_comes_near(connection: db.Connection, rule: str, plant: Plant) -> None:
    plant(connection)
    result = pipeline.check(connection, rule)
    assert (result.breakers, result.sample, result.failed) == (0, [], False)


def test_every_rule_holds_in_an_empty_database(connection: db.Connection) -> None:
    assert [rule for rule in pipeline.checks() if pipeline.check(connection, rule).breakers] == []


# Results


def history(connection: db.Connection) -> list[dict[str, Any]]:
    return db.select(connection, "select name, severity, breakers, sample from mart.check_result order by run_id")


def test_the_history_of_results_is_kept_with_a_sample(connection: db.Connection) -> None:
    pipeline.check(connection, "empty_bodies")
    numbers = [article(connection, body="") for _ in range(12)]
    assert pipeline.check(connection, "empty_bodies", caller="night").breakers == 12
    first, second = history(connection)
    assert first == {"name": "empty_bodies", "severity": "fail", "breakers": 0, "sample": []}
    assert (second["name"], second["breakers"]) == ("empty_bodies", 12)
    assert len(second["sample"]) == pipeline.SAMPLE
    assert {row["article_id"] for row in second["sample"]} <= set(numbers)
    (run,) = db.select(connection, "select state, counts from mart.run where caller = 'night'")
    assert run == {"state": "done", "counts": {"breakers": 12}}


def test_a_sample_with_times_and_intervals_is_kept(connection: db.Connection) -> None:
    article(connection, published_at=datetime.now(UTC) + timedelta(days=1))
    result = pipeline.check(connection, "future_articles")
    (kept,) = history(connection)
    assert kept["sample"][0]["published_at"] == result.sample[0]["published_at"].isoformat()


def test_an_unknown_rule_is_refused_with_the_known_ones(connection: db.Connection) -> None:
    with pytest.raises(ValueError, match=r"there is no check 'no_such'; there are: below_usual_volume, "):
        pipeline.check(connection, "no_such")
    with pytest.raises(ValueError, match="there is no check"):
        pipeline.check(connection, "../queries/due")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-- A rule of one line.",
        "select 1",
        "-- No severity.\nselect 1",
        "-- Wrong.\n-- severity: error\nselect 1",
        "-- Too late.\n\n-- severity: fail\nselect 1",
        "-- Not said to be one.\nfail\nselect 1",
    ],
)
def test_a_rule_that_does_not_say_how_severe_it_is_is_refused(
    connection: db.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    shutil.copytree(db.SQL / "checks", tmp_path / "checks")
    (tmp_path / "checks" / "new_rule.sql").write_text(text)
    monkeypatch.setattr(db, "SQL", tmp_path)
    with pytest.raises(ValueError, match=r"sql/checks/new_rule\.sql: its second line must be `-- severity: warn` or"):
        pipeline.check(connection, "new_rule")


def test_a_rule_whose_statement_is_wrong_fails_its_run_and_leaves_no_result(
    connection: db.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(db.SQL, tmp_path / "sql")
    (tmp_path / "sql" / "checks" / "new_rule.sql").write_text(
        "-- A rule.\n-- severity: fail\nselect no_such_column from core.article"
    )
    monkeypatch.setattr(db, "SQL", tmp_path / "sql")
    with pytest.raises(Exception, match="no_such_column"):
        pipeline.check(connection, "new_rule")
    assert history(connection) == []
    (run,) = db.select(connection, "select state, error from mart.run")
    assert run["state"] == "failed"
    assert "no_such_column" in run["error"]


def test_a_percent_sign_in_a_rule_is_a_percent_sign(
    connection: db.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(db.SQL, tmp_path / "sql")
    (tmp_path / "sql" / "checks" / "new_rule.sql").write_text("-- A rule.\n-- severity: warn\nselect 'x' where '5%s' like '5%'")
    monkeypatch.setattr(db, "SQL", tmp_path / "sql")
    assert pipeline.check(connection, "new_rule").breakers == 1


def test_the_severity_of_each_rule_is_the_one_of_its_file(connection: db.Connection) -> None:
    severities = {rule: pipeline.check(connection, rule).severity for rule in pipeline.checks()}
    assert {rule for rule, severity in severities.items() if severity == "warn"} == {
        "below_usual_volume",
        "repeated_lines",
        "stale_channels",
        "long_stories",
        "open_gaps",
        "undecided_language",
        "unparsed_pages",
    }
