from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newswire import db, export, quality, store
from newswire.model import Announcement, Article, Block, BlockKind, Link, Media, Page, TimeOrigin, Window
from newswire.window import KYIV, moment

ROOT = Path(__file__).parents[1]
AT = datetime(2026, 2, 20, 15, 5, tzinfo=KYIV)
WINDOW = Window(moment("2026-02-19"), moment("2026-02-22"))

MIST = Article(
    source="unn",
    feed="uk",
    external_id="news/mist",
    url="https://unn.ua/news/mist",
    title="У Вербівці відкрили міст - Коваль",
    lead="Рух дозволено всім.",
    body=(
        Block(BlockKind.PARAGRAPH, "Міст відкрили сьогодні."),
        Block(BlockKind.DETAILS, "Деталі"),
        Block(BlockKind.PARAGRAPH, 'Рядок з "лапками", \\ та \u2028 і 👍'),
    ),
    published_at=AT,
    time_origin=TimeOrigin.FEED,
    modified_at=datetime(2026, 2, 20, 16, 0, tzinfo=UTC),
    authors=("Тарас Велигура",),
    tags=("міст", "дорога"),
    media=(Media("photo", "https://img.unn.ua/1.webp", "Міст", {"size": 7}),),
    links=(Link("https://example.com/", "слово"),),
    editions={"ru": "https://unn.ua/ru/news/most"},
    language="uk",
    language_confidence=0.5,
    views=1962,
    reactions={"👍": 53900},
)
POST = replace(
    MIST, source="telegram", feed="mist", external_id="mist/7", url="https://t.me/mist/7", title=None, lead=None,
    body=(Block(BlockKind.PARAGRAPH, "Ранок."), Block(BlockKind.PARAGRAPH, ""), Block(BlockKind.PARAGRAPH, "Світло є.")),
    time_origin=TimeOrigin.POST, modified_at=None,
)  # fmt: skip


def keep(connection: db.Connection, *articles: Article) -> None:
    """Store articles as the pipeline does; one that is stored already is changed."""
    now = datetime.now(UTC)
    with db.transaction(connection):
        for article in articles:
            page = Page(article.url, article.url, 200, b"x", now)
            page = replace(page, page_id=store.save_page(connection, article.source, page, 1))
            announced = Announcement(article.source, article.feed, article.url)
            entered = store.save_announcements(connection, [announced], page_id=page.page_id, now=now, visit=False)
            number, _ = entered[article.url]
            hashes, read = store.hashes(article, channel=False), quality.assess(article, channel=False)
            parsed = store.Parsed(article, number, is_own=True, page=page, parser_version="unn/1", hashes=hashes, quality=read)
            store.save_articles(connection, article.source, [parsed], run_id=1)


def files(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in folder.rglob("*") if path.is_file()}


def lines(folder: Path, day: str) -> list[dict[str, Any]]:
    text = (folder / day / "articles.jsonl").read_bytes().decode()
    return [json.loads(line) for line in text.split("\n")[:-1]]


# The plain form


def test_the_plain_form_is_date_title_lead_and_paragraphs() -> None:
    text = export.plain_text("Міст - Коваль", "Рух дозволено.", "Перший.\nДеталі\nДругий.", AT)
    assert text == " date 2026-02-20 Міст - Коваль\nРух дозволено.\nПерший.\nДеталі\nДругий."


@pytest.mark.parametrize(
    ("title", "lead", "body", "expected"),
    [
        (None, None, "Ранок.\n\nСвітло є.", " date 2026-02-20\nРанок.\n\nСвітло є."),
        ("Міст", None, "Рух.", " date 2026-02-20 Міст\nРух."),
        (None, "Лід.", "", " date 2026-02-20\nЛід."),
        (None, None, "", " date 2026-02-20"),
    ],
)
def test_what_is_missing_leaves_no_line_behind(title: str | None, lead: str | None, body: str, expected: str) -> None:
    assert export.plain_text(title, lead, body, AT) == expected


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-02-20T21:59:59+00:00", "2026-02-20"),
        ("2026-02-20T22:00:00+00:00", "2026-02-21"),
        ("2026-07-20T21:00:00+00:00", "2026-07-21"),
    ],
)
def test_the_day_is_kyivs(at: str, day: str) -> None:
    assert export.plain_text("x", None, "y", datetime.fromisoformat(at)).startswith(f" date {day} x")


# Folders


def test_a_day_is_a_text_an_article_and_a_line_an_article(connection: db.Connection, tmp_path: Path) -> None:
    keep(connection, MIST, POST)
    assert export.export(connection, WINDOW, tmp_path) == {"2026-02-20": 2}
    found = files(tmp_path)
    assert set(found) == {"2026-02-20/articles.jsonl", "2026-02-20/text/unn_1.txt", "2026-02-20/text/telegram_2.txt"}
    assert found["2026-02-20/text/unn_1.txt"] == export.plain_text(MIST.title, MIST.lead, MIST.text, AT)
    assert found["2026-02-20/text/telegram_2.txt"] == " date 2026-02-20\nРанок.\n\nСвітло є."


def test_json_lines_hold_what_was_stored(connection: db.Connection, tmp_path: Path) -> None:
    keep(connection, MIST)
    export.export(connection, WINDOW, tmp_path)
    (line,) = lines(tmp_path, "2026-02-20")
    for name in (
        "source",
        "feed",
        "external_id",
        "url",
        "title",
        "lead",
        "language",
        "language_confidence",
        "views",
        "reactions",
        "edited",
    ):
        assert line[name] == getattr(MIST, name), name
    assert line["body"] == MIST.text
    assert line["body_kinds"] == [block.kind for block in MIST.body]
    assert (line["authors"], line["tags"], line["editions"]) == (list(MIST.authors), list(MIST.tags), dict(MIST.editions))
    assert line["media"] == [{"kind": "photo", "url": "https://img.unn.ua/1.webp", "title": "Міст", "details": {"size": 7}}]
    assert line["links"] == [{"url": "https://example.com/", "text": "слово", "kind": "text"}]
    assert datetime.fromisoformat(line["published_at"]) == MIST.published_at
    assert datetime.fromisoformat(line["modified_at"]) == MIST.modified_at
    assert line["original_id"] is None


def test_only_what_was_asked_for_is_written(connection: db.Connection, tmp_path: Path) -> None:
    keep(connection, MIST, POST, replace(MIST, external_id="ru/news/most", url="https://unn.ua/ru/news/most", language="ru"))
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute(
            "insert into core.duplicate (article_id, original_id, kind, similarity, reason) values (3, 1, 'exact', 1, 'x')"
        )
    assert export.export(connection, WINDOW, tmp_path, sources=["telegram"]) == {"2026-02-20": 1}
    assert export.export(connection, WINDOW, tmp_path, languages=["ru", "en"]) == {"2026-02-20": 1}
    assert export.export(connection, WINDOW, tmp_path, originals=True) == {"2026-02-20": 2}
    assert export.export(connection, WINDOW, tmp_path) == {"2026-02-20": 3}
    assert lines(tmp_path, "2026-02-20")[2]["original_id"] == 1
    assert export.export(connection, Window(moment("2026-02-21"), moment("2026-02-22")), tmp_path) == {}
    assert len(lines(tmp_path, "2026-02-20")) == 3


def test_a_day_is_replaced_as_a_whole_and_the_same_again(connection: db.Connection, tmp_path: Path) -> None:
    keep(connection, MIST, POST)
    export.export(connection, WINDOW, tmp_path)
    first = files(tmp_path)
    (tmp_path / "2026-02-20" / "text" / "stale.txt").write_text("x")
    export.export(connection, WINDOW, tmp_path)
    assert files(tmp_path) == first
    assert {path.name for path in tmp_path.iterdir()} == {"2026-02-20"}


def test_a_window_that_begins_or_ends_within_a_day_does_not_cut_the_day(connection: db.Connection, tmp_path: Path) -> None:
    keep(connection, MIST, replace(POST, published_at=moment("2026-02-20T20:00")))
    export.export(connection, WINDOW, tmp_path)
    whole = files(tmp_path)
    assert export.export(connection, Window(moment("2026-02-20T18:00"), moment("2026-02-21")), tmp_path) == {"2026-02-20": 2}
    assert export.export(connection, Window(moment("2026-02-19"), moment("2026-02-20T18:00")), tmp_path) == {"2026-02-20": 2}
    assert files(tmp_path) == whole


@pytest.mark.parametrize("others", [0, 1])
def test_an_article_that_moved_to_another_day_leaves_nothing_behind(
    connection: db.Connection, tmp_path: Path, others: int
) -> None:
    keep(connection, MIST, *[POST][:others])
    export.export(connection, WINDOW, tmp_path)
    keep(connection, replace(MIST, published_at=moment("2026-02-19T23:00")))
    assert export.export(connection, WINDOW, tmp_path).get("2026-02-20", 0) == others
    assert [path.parts[-3] for path in tmp_path.rglob("unn_1.txt")] == ["2026-02-19"]
    assert [line["source"] for path in tmp_path.glob("2026-02-20/*.jsonl") for line in lines(tmp_path, path.parent.name)] == [
        "telegram"
    ] * others


def test_days_outside_the_window_and_strange_things_are_left_alone(connection: db.Connection, tmp_path: Path) -> None:
    for name in ("2026-02-18", "2026-02-22", "notes", "2026-02-20.old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "kept.txt").write_text("x")
    (tmp_path / "2026-02-19").write_text("a file")
    export.export(connection, WINDOW, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"2026-02-18", "2026-02-19", "2026-02-22", "notes", "2026-02-20.old"}


def test_a_crash_half_way_leaves_the_former_day_readable_and_the_next_run_mends_it(
    connection: db.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(connection, MIST, POST)
    export.export(connection, WINDOW, tmp_path)
    former = files(tmp_path)
    keep(connection, replace(MIST, title="Інший заголовок"))

    def fail_at_the_second(title: str | None, *_: object) -> str:
        if title is None:
            raise OSError("no space left on device")
        return "half"

    with monkeypatch.context() as patched:
        patched.setattr(export, "plain_text", fail_at_the_second)
        with pytest.raises(OSError, match="no space left"):
            export.export(connection, WINDOW, tmp_path)
    assert {name: text for name, text in files(tmp_path).items() if not name.startswith(".")} == former
    (run,) = db.select(connection, "select error from mart.run where state = 'failed'")
    assert run["error"] == "OSError: no space left on device"
    export.export(connection, WINDOW, tmp_path)
    assert lines(tmp_path, "2026-02-20")[0]["title"] == "Інший заголовок"
    assert {path.name for path in tmp_path.iterdir()} == {"2026-02-20"}


def test_a_process_that_is_killed_while_it_writes_leaves_a_whole_day(
    connection: db.Connection, database_url: str, tmp_path: Path
) -> None:
    keep(connection, MIST, POST)
    export.export(connection, WINDOW, tmp_path)
    former = files(tmp_path)
    code = (
        "import os, sys, signal; from pathlib import Path; from newswire import db, export; from newswire.window import window\n"
        "export.plain_text = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "export.export(db.connect(sys.argv[1]), window('2026-02-19', '2026-02-22', None), Path(sys.argv[2]))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "plugins")}
    done = subprocess.run([sys.executable, "-c", code, database_url, str(tmp_path)], env=environment, check=False)
    assert done.returncode == -9
    assert {name: text for name, text in files(tmp_path).items() if not name.startswith(".")} == former
    export.export(connection, WINDOW, tmp_path)
    assert files(tmp_path) == former


@pytest.mark.parametrize("source", ["../../evil", "/etc/evil", "a b\nc", "..", "новини", "x" * 60])
def test_no_name_of_a_source_leads_out_of_the_days_folder(connection: db.Connection, tmp_path: Path, source: str) -> None:
    keep(connection, replace(MIST, source=source))
    folder = tmp_path / "a" / "b" / "export"
    export.export(connection, WINDOW, folder)
    (text,) = folder.glob("2026-02-20/text/*_1.txt")
    assert text.read_text(encoding="utf-8").startswith(" date 2026-02-20 ")
    assert [path for path in tmp_path.rglob("*") if path.is_file() and folder / "2026-02-20" not in path.parents] == []
    assert lines(folder, "2026-02-20")[0]["source"] == source
