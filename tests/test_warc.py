from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from newswire import db, store, warc
from newswire.model import Page, Window
from newswire.window import moment

AT = datetime(2026, 2, 20, 10, 0, 1, 123456, tzinfo=UTC)
WINDOW = Window(moment("2026-02-19"), moment("2026-02-22"))
ARTICLE = Page(
    "https://unn.ua/news/mist", "https://unn.ua/news/mist", 200, "<html>Міст відкрили</html>".encode(), AT,
    headers={"content-type": "text/html; charset=utf-8", "etag": '"7"', "server": "ньюз"}, peer="93.184.216.34", page_id=7,
)  # fmt: skip
MOVED = replace(
    ARTICLE, url="https://unn.ua/n/8", redirects=("https://www.unn.ua/n/8",), page_id=8, fetched_at=AT + timedelta(minutes=1)
)
GONE = replace(ARTICLE, url="https://unn.ua/x", final_url="https://unn.ua/x", status=410, body=b"", peer=None, page_id=9)
FEED = replace(
    ARTICLE, url="https://unn.ua/rss", final_url="https://unn.ua/rss", body=b"\x00\xff\r\n\r\nWARC/1.1\r\n", page_id=10
)


def read(file: Path) -> list[dict[str, Any]]:
    """Return the records as warcio reads them: fields, HTTP status and headers, payload; every digest is checked."""
    with file.open("rb") as stream:
        return [
            {
                "fields": dict(record.rec_headers.headers),
                "status": record.http_headers and record.http_headers.statusline,
                "headers": dict(record.http_headers.headers) if record.http_headers else {},
                "payload": record.content_stream().read(),
            }
            for record in ArchiveIterator(stream, check_digests="raise")
        ]


@pytest.fixture
def written(tmp_path: Path) -> list[dict[str, Any]]:
    file = tmp_path / "unn-2026-02-20.warc.gz"
    assert warc.write(file, "unn", [ARTICLE, MOVED, GONE, FEED]) == 4
    return read(file)


def test_the_first_record_says_what_the_file_is(written: list[dict[str, Any]]) -> None:
    info, *others = written
    assert info["fields"]["WARC-Type"] == "warcinfo"
    assert info["fields"]["WARC-Filename"] == "unn-2026-02-20.warc.gz"
    assert b"isPartOf: unn\r\n" in info["payload"]
    assert {one["fields"]["WARC-Warcinfo-ID"] for one in others} == {info["fields"]["WARC-Record-ID"]}


def test_a_page_is_a_response_with_its_bytes_time_and_peer(written: list[dict[str, Any]]) -> None:
    page = written[1]
    assert page["fields"]["WARC-Type"] == "response"
    assert page["fields"]["WARC-Target-URI"] == ARTICLE.final_url
    assert page["fields"]["WARC-Date"] == "2026-02-20T10:00:01.123456Z"
    assert page["fields"]["WARC-IP-Address"] == "93.184.216.34"
    assert page["fields"]["WARC-Payload-Digest"].startswith("sha1:")
    assert (page["status"], page["payload"]) == ("200 OK", ARTICLE.body)
    assert page["headers"]["content-type"] == "text/html; charset=utf-8"
    assert page["headers"]["Content-Length"] == str(len(ARTICLE.body))
    assert page["headers"]["server"] == "%D0%BD%D1%8C%D1%8E%D0%B7", "a header is ASCII"


def test_bytes_that_look_like_a_record_are_a_pages_bytes(written: list[dict[str, Any]]) -> None:
    assert (written[-1]["payload"], len(written)) == (FEED.body, 6)


def test_a_page_without_bytes_or_peer_is_whole(written: list[dict[str, Any]]) -> None:
    gone = written[4]
    assert (gone["status"], gone["payload"], gone["fields"].get("WARC-IP-Address")) == ("410 Gone", b"", None)


def test_a_redirected_page_stands_under_the_address_that_answered_and_says_how_it_was_come_by(
    written: list[dict[str, Any]],
) -> None:
    page, way = written[2:4]
    assert page["fields"]["WARC-Target-URI"] == MOVED.final_url
    assert page["fields"][warc.REQUESTED] == MOVED.url
    assert json.loads(page["fields"][warc.REDIRECTS]) == list(MOVED.redirects)
    assert way["fields"]["WARC-Type"] == "metadata"
    assert way["fields"]["WARC-Concurrent-To"] == page["fields"]["WARC-Record-ID"]
    assert way["payload"] == b"via: https://www.unn.ua/n/8\r\nhopsFromSeed: RR\r\n"


def test_headers_of_the_bytes_on_the_wire_are_kept_by_another_name(tmp_path: Path) -> None:
    coded = {"content-encoding": "gzip", "transfer-encoding": "chunked", "content-length": "99", "age": "3"}
    warc.write(tmp_path / "x.warc.gz", "unn", [replace(ARTICLE, headers=coded)])
    headers = read(tmp_path / "x.warc.gz")[1]["headers"]
    assert headers.pop("Content-Length") == str(len(ARTICLE.body))
    assert headers == {("age" if name == "age" else f"X-Archive-Orig-{name}"): value for name, value in coded.items()}


@pytest.mark.parametrize(("status", "line"), [(200, "200 OK"), (299, "299 Unknown"), (522, "522 Unknown")])
def test_any_status_makes_a_status_line(tmp_path: Path, status: int, line: str) -> None:
    warc.write(tmp_path / "x.warc.gz", "unn", [replace(ARTICLE, status=status)])
    assert read(tmp_path / "x.warc.gz")[1]["status"] == line


@pytest.mark.parametrize("page", [ARTICLE, MOVED])
def test_a_page_that_was_cut_says_so_and_names_no_length(tmp_path: Path, page: Page) -> None:
    warc.write(tmp_path / "x.warc.gz", "unn", [replace(page, cut="length"), ARTICLE])
    _, cut, *ways, whole = read(tmp_path / "x.warc.gz")
    assert (cut["fields"]["WARC-Truncated"], cut["payload"]) == ("length", page.body)
    assert "Content-Length" not in cut["headers"]
    assert [one for one in (*ways, whole) if "WARC-Truncated" in one["fields"]] == []


def test_each_record_is_compressed_by_itself_and_ids_are_unique(tmp_path: Path, written: list[dict[str, Any]]) -> None:
    content = (tmp_path / "unn-2026-02-20.warc.gz").read_bytes()
    assert (
        gzip.decompress(content).count(b"WARC-Record-ID: ") == len(written) == content.count(b"\x1f\x8b\x08\x00\x00\x00\x00\x00")
    )
    assert len({one["fields"]["WARC-Record-ID"] for one in written}) == len(written)


def test_warcios_own_check_finds_nothing(tmp_path: Path, written: list[dict[str, Any]]) -> None:
    class Call:
        inputs = (str(tmp_path / "unn-2026-02-20.warc.gz"),)
        verbose = True

    assert written
    assert Checker(Call).process_all() == 0


def test_another_reader_finds_the_same_records(tmp_path: Path, written: list[dict[str, Any]]) -> None:
    with (tmp_path / "unn-2026-02-20.warc.gz").open("rb") as stream:
        records = [
            (one.headers["WARC-Record-ID"], one.headers["WARC-Type"], one.verify_block_digest())
            for one in FastIterator(stream, parse_http=False)
        ]
    assert records == [(one["fields"]["WARC-Record-ID"], one["fields"]["WARC-Type"], True) for one in written]


def test_the_same_pages_make_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        warc.write(tmp_path / folder / "x.warc.gz", "unn", [ARTICLE, MOVED])
    assert (tmp_path / "one" / "x.warc.gz").read_bytes() == (tmp_path / "two" / "x.warc.gz").read_bytes()


# --- days and sources


@pytest.fixture
def kept(connection: db.Connection) -> db.Connection:
    with db.transaction(connection):
        db.run(connection, "ensure_partitions", moment=AT)
        for source, page in (("unn", ARTICLE), ("unn", MOVED), ("pravda", GONE), ("../../evil", FEED)):
            store.save_page(connection, source, replace(page, page_id=None), 1)
        for hour, day in ((23, 19), (0, 21)):  # in Kyiv both are other days: 20 and 21
            late = datetime(2026, 2, day, hour, 0, tzinfo=UTC)
            store.save_page(connection, "unn", replace(ARTICLE, fetched_at=late, page_id=None), 1)
    return connection


def sections(folder: Path, day: str = "2026-02-20") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "warc" / day / "_manifest.json").read_text())["formats"]
    return found


def test_there_is_one_file_a_source_and_day_with_a_manifest(kept: db.Connection, tmp_path: Path) -> None:
    window = Window(moment("2026-02-20"), moment("2026-02-21"))
    assert warc.export(kept, window, tmp_path) == {"2026-02-20": 4}
    assert warc.export(kept, WINDOW, tmp_path) == {"2026-02-19": 1, "2026-02-20": 4, "2026-02-21": 1}
    day, told = tmp_path / "warc" / "2026-02-20", sections(tmp_path)
    assert {name: section["rows"] for name, section in told.items()} == {"warc ../../evil": 1, "warc pravda": 1, "warc unn": 2}
    files = [file for section in told.values() for file in section["files"]]
    assert {path.name for path in day.iterdir()} == {"_manifest.json", *(file["path"] for file in files)}
    assert {path for path in tmp_path.rglob("*.gz") if path.parents[1] != tmp_path / "warc"} == set()
    for file in files:
        content = (day / file["path"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert [one["payload"] for one in read(day / "unn-2026-02-20.warc.gz") if one["status"]] == [ARTICLE.body, MOVED.body]


def test_an_export_never_takes_away_what_is_no_longer_in_the_database(kept: db.Connection, tmp_path: Path) -> None:
    warc.export(kept, WINDOW, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.gz")}
    with db.transaction(kept), kept.cursor() as cursor:
        cursor.execute("delete from raw.page where source = 'unn'")
    assert warc.export(kept, WINDOW, tmp_path, sources=["pravda", "unn"]) == {"2026-02-20": 1}
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.gz")} == before
    assert sorted(sections(tmp_path)) == ["warc ../../evil", "warc pravda", "warc unn"]


def test_a_source_of_a_day_is_replaced_when_pages_have_come(kept: db.Connection, tmp_path: Path) -> None:
    warc.export(kept, WINDOW, tmp_path)
    with db.transaction(kept):
        store.save_page(kept, "unn", replace(ARTICLE, fetched_at=AT + timedelta(hours=1), page_id=None), 1)
    warc.export(kept, WINDOW, tmp_path, sources=["unn"])
    assert {name: section["rows"] for name, section in sections(tmp_path).items()} == {
        "warc ../../evil": 1, "warc pravda": 1, "warc unn": 3,
    }  # fmt: skip
    runs = db.select(kept, "select verb, state, counts from core.run order by run_id desc limit 1")
    assert [tuple(run.values()) for run in runs] == [("export", "done", {"2026-02-19": 1, "2026-02-20": 3, "2026-02-21": 1})]


def test_a_page_that_was_taken_down_is_not_exported(kept: db.Connection, tmp_path: Path) -> None:
    with db.transaction(kept), kept.cursor() as cursor:
        cursor.execute("update raw.page set withheld_at = now(), body = '' where source = 'pravda'")
    warc.export(kept, WINDOW, tmp_path)
    assert sorted(sections(tmp_path)) == ["warc ../../evil", "warc unn"]
