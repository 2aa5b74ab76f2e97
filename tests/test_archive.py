from __future__ import annotations

import gzip
import io
import os
import re
import signal
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from newswire import archive, db, fetch, pipeline, sources, store, warc
from newswire.model import Announcement, Article, Page, TimeOrigin, Window
from newswire.window import moment
from tests.killing import fetching, quick_detect, wait_for_silence
from tests.site.server import SampleSite

ROOT = Path(__file__).parents[1]
UNN, TELEGRAM = sources.load("unn"), sources.load("telegram")
AT = datetime(2026, 2, 20, 18, 0, tzinfo=UTC)
MIST = "https://unn.ua/news/mist-u-verbivtsi-vidkryly"
TEXT = "Міст через річку відкрили для всіх, хто чекав на нього від весни."

packed = partial(gzip.compress, mtime=0)
"""The same bytes each time: some stand in the names of tests."""


def html(title: str = "Міст у Вербівці відкрили", text: str = TEXT, published: str = "2026-02-20T15:05:00+02:00") -> bytes:
    paragraphs = "".join(f"<p>{text} Абзац {number}.</p>" for number in range(6))
    return (
        f'<!DOCTYPE html><html lang="uk"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="og:title" content="{title}"><meta property="article:published_time" content="{published}">'
        f"</head><body><h1>{title}</h1><article>{paragraphs}</article></body></html>"
    ).encode()


def record(
    url: str | None = MIST,
    body: bytes | None = None,
    *,
    at: datetime | str = AT,
    status: str = "HTTP/1.1 200 OK",
    headers: Iterable[str] = ("Content-Type: text/html; charset=utf-8",),
    fields: Iterable[str] = (),
    kind: str = "response",
) -> bytes:
    """Return one record as it stands in a plain file, made without any library."""
    block = "\r\n".join((status, *headers, "", "")).encode() + (html() if body is None else body)
    when = at if isinstance(at, str) else at.strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = ["WARC/1.0", f"WARC-Type: {kind}", *([f"WARC-Target-URI: {url}"] if url else []), f"WARC-Date: {when}"]
    lines += ["WARC-IP-Address: 93.184.216.34", "Content-Type: application/http; msgtype=response", *fields]
    return "\r\n".join((*lines, f"Content-Length: {len(block)}", "", "")).encode() + block + b"\r\n\r\n"


INFO = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Date: 2026-02-20T18:00:00Z\r\nContent-Length: 14\r\n\r\nsoftware: x/1\n\r\n\r\n"


def zipped(*records: bytes) -> bytes:
    return b"".join(map(packed, records))


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    def save(*records: bytes, name: str = "crawl.warc", compress: bool = False) -> Path:
        file = tmp_path / (f"{name}.gz" if compress else name)
        file.write_bytes(zipped(*records) if compress else b"".join(records))
        return file

    return save


def load(connection: db.Connection, file: Path, **more: Any) -> archive.Loaded:
    return archive.load(connection, file, sources.load_all(), **more)


def normalise(connection: db.Connection) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, feeds in archive.queued(connection, sources.load_all()).items():
        found.update(pipeline.normalise(connection, sources.load(name), feeds, quick_detect).counts)
    return found


def rows(connection: db.Connection, statement: str) -> list[dict[str, Any]]:
    with db.transaction(connection):
        return db.select(connection, statement)


def cell(connection: db.Connection, statement: str) -> Any:
    (row,) = rows(connection, statement)
    (value,) = row.values()
    return value


# --- what is taken


@pytest.mark.parametrize("compress", [False, True])
def test_a_page_of_a_known_site_becomes_an_article_with_the_time_and_peer_of_its_archive(
    connection: db.Connection, saved: Callable[..., Path], *, compress: bool
) -> None:
    file = saved(INFO, record(kind="request", status="GET / HTTP/1.1", body=b""), record(), compress=compress)
    loaded = load(connection, file)
    assert (loaded.counts, loaded.position, loaded.damage) == ({"other_record": 2, "stored": 1}, file.stat().st_size, "")
    assert normalise(connection) == {"ok": 1}
    (found,) = rows(connection, "select * from mart.article")
    assert (found["source"], found["feed"], found["url"], found["title"]) == ("unn", "uk", MIST, "Міст у Вербівці відкрили")
    assert (found["page_fetched_at"], found["page_peer"], found["published_at"]) == (
        AT,
        "93.184.216.34",
        moment("2026-02-20T15:05"),
    )
    assert bytes(cell(connection, "select body from raw.page")) == html()
    (announced,) = rows(connection, "select outcome, visited_at, next_visit_at, tries from raw.announcement")
    assert announced == {"outcome": "ok", "visited_at": AT, "next_visit_at": None, "tries": 0}
    plan = pipeline.plan(connection, UNN, ["uk"])
    assert plan.numbers == ()


def test_the_sample_site_out_of_an_archive_gives_the_articles_that_it_gives_when_it_is_fetched(
    connection: db.Connection, saved: Callable[..., Path]
) -> None:
    with SampleSite() as site:
        feeds = [site.answer("unn.ua", f"/rss/news_{edition}.xml").body.decode() for edition in ("uk", "ru", "en")]
        paths = sorted(set(re.findall(r"https://unn\.ua((?:/ru|/en)?/news/[^<\s?]+)", "".join(feeds))))
        replies = [(f"https://unn.ua{path}", site.answer("unn.ua", path)) for path in paths]
    pages = [(url, reply.body) for url, reply in replies if reply.status == 200 and reply.body.startswith(b"<!DOCTYPE html>")]
    loaded = load(connection, saved(*(record(url, body) for url, body in pages), compress=True))
    assert loaded.counts == {"stored": len(pages)}
    assert normalise(connection)["ok"] > 2, "those whose pages say when they were published"
    parsed = {}
    for url, body in pages:
        page = Page(url, url, 200, body, AT)
        announced = Announcement("unn", "uk", url)
        parsed |= {one.url: one.title for one in UNN.parse(UNN, page, announced) if isinstance(one, Article)}
    assert {row["url"]: row["title"] for row in rows(connection, "select url, title from core.article")} == parsed


def test_a_page_of_a_channel_gives_its_posts(connection: db.Connection, saved: Callable[..., Path]) -> None:
    with SampleSite() as site:
        body = site.answer("t.me", "/s/nw_sample_news").body
    loaded = load(connection, saved(record("https://t.me/s/nw_sample_news?before=99", body)))
    assert loaded.counts == {"stored": 1}
    announced = rows(connection, "select url, published_at, guid, next_visit_at, page_id from raw.announcement")
    assert len(announced) > 10
    assert all(row["page_id"] and row["next_visit_at"] is None for row in announced)
    counts = normalise(connection)
    assert counts["ok"] == cell(connection, "select count(*) from core.article where feed = 'nw_sample_news'") > 10
    assert cell(connection, "select count(*) from raw.announcement where outcome is null") == 0
    assert counts.total() == len(announced)


def test_only_the_source_that_was_asked_for_is_taken(connection: db.Connection, saved: Callable[..., Path]) -> None:
    file = saved(record(), record("https://www.pravda.com.ua/news/2026/02/20/8021337/"))
    pravda = [sources.load("pravda")]
    assert archive.load(connection, file, pravda).counts == {"other_site": 1, "stored": 1}
    assert cell(connection, "select source from raw.page") == "pravda"
    assert load(connection, file).counts == {"known": 1, "stored": 1}, "another choice reads the file anew"
    assert archive.load(connection, file, pravda).counts == {}


def test_what_an_own_export_holds_comes_back_as_it_was(connection: db.Connection, tmp_path: Path) -> None:
    moved = Page(
        MIST, "https://unn.ua/news/mist-u-verbivtsi-vidkryly-onovleno", 200, html(), AT.replace(microsecond=123456),
        redirects=("https://unn.ua/n/77",), headers={"content-type": "text/html; charset=utf-8", "etag": '"x1"'},
        peer="2001:db8::7",
    )  # fmt: skip
    plain = Page("https://unn.ua/news/druha-novyna-z-verbivky", "https://unn.ua/news/druha-novyna-z-verbivky", 200, html(), AT)
    gone = Page("https://unn.ua/news/tretia-novyna-z-verbivky", "https://unn.ua/news/tretia-novyna-z-verbivky", 404, b"x", AT)
    with db.transaction(connection):
        db.run(connection, "ensure_partitions", moment=AT)
        for page in (moved, plain, gone):
            store.save_page(connection, "unn", page, 1)
    window = Window(AT - timedelta(days=1), AT + timedelta(days=1))
    assert warc.export(connection, window, tmp_path) == {"2026-02-20": 3}
    (file,) = tmp_path.glob("warc/2026-02-20/*.warc.gz")
    assert load(connection, file).counts == {"known": 2, "gone": 1, "other_record": 2}
    kept = "select url, final_url, redirects, status, headers, encoding, body, peer, fetched_at from raw.page order by url"
    before = [row for row in rows(connection, kept) if row["status"] == 200]
    rows(connection, "with gone as (delete from raw.page returning 1) select count(*) from gone")
    assert load(connection, file, again=True).counts == {"stored": 2, "gone": 1, "other_record": 2}
    assert [{**row, "body": bytes(row["body"])} for row in rows(connection, kept)] == [
        {**row, "body": bytes(row["body"])} for row in before
    ]
    assert rows(connection, "select url from raw.announcement order by url") == [{"url": plain.url}, {"url": MIST}]


def test_pages_that_were_cut_when_they_were_fetched_are_exported_and_read_as_cut(
    connection: db.Connection, tmp_path: Path, site: SampleSite
) -> None:
    window = Window(moment("2026-02-16"), moment("2026-02-21"))
    with fetch.Client(fetching(site.url), UNN.politeness) as client:
        for feed in UNN.feeds:
            pipeline.discover(connection, UNN, feed, window, client)
        plan = pipeline.plan(connection, UNN, [feed.name for feed in UNN.feeds], window=window)
        counts = pipeline.fetch(connection, UNN, plan.numbers, client, planned_at=plan.planned_at).counts
    cut = rows(connection, "select url, cut, octet_length(body) as size from raw.page where cut is not null order by cut")
    assert [(row["cut"], row["size"] > 0) for row in cut] == [("disconnect", True), ("length", True)]
    assert counts["truncated"] == counts["too_large"] == 1
    today = datetime.now(UTC)
    warc.export(connection, Window(today - timedelta(days=1), today + timedelta(days=1)), tmp_path)
    told: dict[str, str] = {}
    for file in tmp_path.glob("warc/*/unn-*.warc.gz"):
        with file.open("rb") as stream:
            fields = [record.rec_headers for record in ArchiveIterator(stream, check_digests="raise")]
        told |= {one.get_header("WARC-Target-URI"): mark for one in fields if (mark := one.get_header("WARC-Truncated"))}
    assert told == {row["url"]: row["cut"] for row in cut}
    rows(connection, "truncate raw.page, raw.announcement, raw.unparsed, core.article restart identity cascade; select 1")
    loaded = Counter[str]()
    for file in tmp_path.glob("warc/*/unn-*.warc.gz"):
        loaded.update(load(connection, file).counts)
    assert loaded["truncated"] == len(cut)
    assert loaded["stored"] > 10
    assert not {row["url"] for row in rows(connection, "select url from raw.page")} & told.keys()


# --- what is passed over

OTHER = "https://example.com/news/mist-u-verbivtsi-vidkryly"


@pytest.mark.parametrize(
    ("code", "made"),
    {
        "other_site": record(OTHER),
        "not_article": record("https://unn.ua/"),
        "not_article 2": record("https://unn.ua/rss/news_uk.xml"),
        "not_article 3": record("https://unn.ua/news?page=2"),
        "not_article 4": record("https://t.me/durov/5"),
        "gone": record(status="HTTP/1.1 404 Not Found"),
        "gone 2": record(status="HTTP/1.0 410 Gone"),
        "refused": record(status="HTTP/1.1 403 Forbidden"),
        "throttled": record(status="HTTP/1.1 429 Too Many"),
        "server_error": record(status="HTTP/1.1 503 Busy"),
        "redirect": record(status="HTTP/1.1 301 Moved", headers=("Location: https://unn.ua/x",), body=b""),
        "not_html": record(headers=("Content-Type: application/pdf",), body=b"%PDF-1.7"),
        "not_html 2": record(headers=("Content-Type: text/html",), body=b"\x89PNG\r\n"),
        "not_html 3": record(status="SSH-2.0-OpenSSH_9"),
        "truncated": record(fields=("WARC-Truncated: length",)),
        "truncated 2": b"\r\n".join(record().split(b"\r\n")[:6]) + b"\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
        "undated": record(at="yesterday"),
        "undated 2": record(at="2026-02-20T18:00:00"),
        "undated 3": record(at="1066-10-14T09:00:00Z"),
        "undated 4": record(at="2199-01-01T00:00:00Z"),
        "other_record": record(None),
        "other_record 2": record("dns:unn.ua"),
        "other_record 3": record(kind="resource"),
        "revisit": record(kind="revisit", body=b""),
        "too_large": record(body=b"<!DOCTYPE html>" + b" " * archive.MAX_BYTES),
        "stored": record(body=b"<!DOCTYPE html>" + b" " * (5 << 20)),
        "stored 2": record(f"<{MIST}>"),
        "stored 3": record(at="2026-02-20T18:00:00.123456789Z"),
        "stored 4": record(fields=("WARC-IP-Address: nobody's",)),
        "stored 5": record(status="HTTP/2 200"),
        "stored 6": record(MIST.replace("https://", "http://www.") + "?utm_source=crawl#top"),
        "stored 7": record(headers=("Content-Type: text/html", "Server: \x01\x02ньюз")),
    }.items(),
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_every_record_ends_with_one_code(connection: db.Connection, saved: Callable[..., Path], code: str, made: bytes) -> None:
    last = record("https://unn.ua/news/ostannia-novyna-u-faili")
    file = saved(made, last)
    loaded = load(connection, file)
    expected = Counter([code.partition(" ")[0], "stored"])
    assert (loaded.counts, loaded.damage, loaded.position) == (expected, "", file.stat().st_size)
    assert cell(connection, "select count(*) from raw.page") == expected["stored"]
    assert cell(connection, "select counts from raw.archive") == expected
    assert set(normalise(connection)) <= {"ok", "no_text", "not_article", "no_title"}
    assert cell(connection, "select count(*) from raw.announcement where outcome is null or next_visit_at is not null") == 0


def chunked(body: bytes, size: int = 100) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x;ext=1\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def raw_deflate(body: bytes) -> bytes:
    squeezer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeezer.compress(body) + squeezer.flush()


CODED: dict[str, tuple[tuple[str, ...], bytes, str]] = {
    "gzip": (("Content-Encoding: gzip",), packed(html()), "stored"),
    "gzip by another name": (("content-encoding: X-GZIP",), packed(html()), "stored"),
    "zlib": (("Content-Encoding: deflate",), zlib.compress(html()), "stored"),
    "deflate without a header": (("Content-Encoding: deflate",), raw_deflate(html()), "stored"),
    "twice": (("Content-Encoding: gzip, gzip",), packed(packed(html())), "stored"),
    "chunks": (("Transfer-Encoding: chunked",), chunked(html()), "stored"),
    "chunks of gzip": (("Transfer-Encoding: chunked", "Content-Encoding: gzip"), chunked(packed(html())), "stored"),
    "decoded already, as the header does not say": (("Transfer-Encoding: chunked", "Content-Encoding: br"), html(), "stored"),
    "no coding": (("Content-Encoding: utf-8",), html(), "stored"),
    "brotli": (("Content-Encoding: br",), b"\x0b\x02\x80not really\x03", "undecodable"),
    "zstd": (("Content-Encoding: zstd",), b"\x28\xb5\x2f\xfd\x04\x00", "undecodable"),
    "broken": (("Content-Encoding: gzip",), packed(html())[:60] + bytes(200), "undecodable"),
    "cut": (("Content-Encoding: gzip",), packed(html())[:-20], "truncated"),
    "a bomb": (("Content-Encoding: gzip",), packed(b"<html>" + b"0" * (11 << 20)), "too_large"),
    "a bomb in a bomb": (("Content-Encoding: gzip, gzip",), packed(packed(bytes(60 << 20))), "too_large"),
}


@pytest.mark.parametrize("name", CODED)
def test_bodies_are_decoded_or_end_with_a_code(connection: db.Connection, saved: Callable[..., Path], name: str) -> None:
    headers, body, code = CODED[name]
    loaded = load(connection, saved(record(headers=("Content-Type: text/html", *headers), body=body)))
    assert loaded.counts == {code: 1}
    kept = rows(connection, "select body, encoding, headers from raw.page")
    assert [(bytes(row["body"]), row["encoding"], row["headers"]) for row in kept] == [
        (html(), "utf-8", {"content-type": "text/html"})
    ] * (code == "stored")


def test_a_page_that_no_column_takes_delays_no_other(
    connection: db.Connection, saved: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    save_page = store.save_page

    def spoil(opened: db.Connection, source: str, page: Page, run_id: int) -> int:
        return save_page(opened, source, replace(page, headers={"server": "\x00"}) if "persha" in page.url else page, run_id)

    monkeypatch.setattr(store, "save_page", spoil)
    file = saved(record("https://unn.ua/news/persha-novyna-dnia"), record())
    assert load(connection, file).counts == {"error": 1, "stored": 1}


# --- time


DAYS = [AT + timedelta(days=later) for later in (0, 1, 2)]
VERSIONS = [record(body=html(f"Заголовок {number}"), at=at) for number, at in enumerate(DAYS)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_several_visits_of_one_page_make_its_revisions_in_their_order(
    connection: db.Connection, saved: Callable[..., Path], order: tuple[int, ...]
) -> None:
    assert load(connection, saved(*(VERSIONS[number] for number in order))).counts == {"stored": 3}
    normalise(connection)
    (now,) = rows(connection, "select title, revision, page_fetched_at from core.article")
    assert now == {"title": "Заголовок 2", "revision": 3, "page_fetched_at": DAYS[2]}
    former = rows(connection, "select title, seen_to from core.article_revision order by revision")
    assert former == [{"title": f"Заголовок {number}", "seen_to": DAYS[number + 1]} for number in (0, 1)]
    (announced,) = rows(connection, "select visited_at, page_fetched_at from raw.announcement")
    assert set(announced.values()) == {DAYS[2]}


def test_an_archive_of_earlier_days_changes_nothing_in_what_came_later(
    connection: db.Connection, saved: Callable[..., Path]
) -> None:
    load(connection, saved(VERSIONS[2], name="late.warc"))
    normalise(connection)
    before = rows(connection, "select * from core.article") + rows(connection, "select * from raw.announcement")
    assert load(connection, saved(VERSIONS[0], name="early.warc")).counts == {"older": 1}
    assert normalise(connection) == {}
    assert rows(connection, "select * from core.article") + rows(connection, "select * from raw.announcement") == before
    assert cell(connection, "select count(*) from raw.page") == 2


def test_what_is_due_on_the_web_stays_due_and_is_asked_for_without_conditions(
    connection: db.Connection, saved: Callable[..., Path]
) -> None:
    page = Page("https://unn.ua/rss/news_uk.xml", "https://unn.ua/rss/news_uk.xml", 200, b"x", AT)
    with db.transaction(connection):
        db.run(connection, "ensure_partitions", moment=AT)
        number = store.save_page(connection, "unn", page, 1)
        announced = [Announcement("unn", "uk", MIST, title="З фіду", published_at=AT, time_origin=TimeOrigin.FEED)]
        store.save_announcements(connection, announced, page_id=number, now=AT, visit=True)
    rows(connection, "update raw.announcement set etag = 'x', last_modified = 'y' returning 1")
    load(connection, saved(record()))
    (found,) = rows(connection, "select title, next_visit_at, visited_at, etag, last_modified from raw.announcement")
    assert found == {"title": "З фіду", "next_visit_at": AT, "visited_at": AT, "etag": None, "last_modified": None}


# --- again, and broken off


def test_a_file_is_read_once_and_a_record_is_kept_once(connection: db.Connection, saved: Callable[..., Path]) -> None:
    file = saved(INFO, record(), compress=True)
    load(connection, file)
    assert load(connection, file).counts == {}
    moved = file.rename(file.with_name("elsewhere.warc.gz"))
    again = load(connection, moved)
    assert (again.counts, again.began_at, again.position) == ({}, moved.stat().st_size, moved.stat().st_size)
    assert load(connection, moved, again=True).counts == {"other_record": 1, "known": 1}
    assert load(connection, saved(record(), name="other.warc")).counts == {"known": 1}
    assert cell(connection, "select count(*) from raw.page") == 1
    assert [row["name"] for row in rows(connection, "select name from raw.archive order by 1")] == [
        "elsewhere.warc.gz",
        "other.warc",
    ]


def many(count: int = 130) -> list[bytes]:
    found = [INFO]
    for number in range(count):
        url = f"https://unn.ua/news/novyna-nomer-{number}"
        found.append(record(url, html(f"Новина номер {number}"), at=AT + timedelta(minutes=number)))
        found.append(record(f"https://example.com/{number}", b"<html>" + bytes(1000)))
    return found


CUTS = {"header": 40, "http": 230, "body": 600, "last byte": -5}


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("where", CUTS)
def test_a_file_that_ends_in_the_midst_of_a_record_is_read_as_far_as_it_goes_and_on_when_it_has_grown(
    connection: db.Connection, saved: Callable[..., Path], where: str, *, compress: bool
) -> None:
    noise = os.urandom(archive.HEAD)  # nothing of it can be compressed: the file is known by its first MiB
    filler = record("https://example.com/large", noise)
    last = record("https://unn.ua/news/ostannia-novyna-u-faili")
    file = saved(filler, record(), last, compress=compress)
    whole = file.read_bytes()
    begin = len(whole) - len(packed(last) if compress else last)
    cut = CUTS[where] if not compress or where == "last byte" else CUTS[where] // 3
    file.write_bytes(whole[: begin + cut] if cut > 0 else whole[:cut])
    loaded = load(connection, file)
    assert (loaded.counts, loaded.position) == ({"other_site": 1, "stored": 1}, begin)
    assert re.fullmatch(
        rf"(the file ends in the midst of a record|a record does not say how long it is), at byte {begin:,}", loaded.damage
    )
    again = load(connection, file)
    assert (again.counts, again.position, again.damage) == ({}, begin, loaded.damage)
    file.write_bytes(whole)
    rest = load(connection, file)
    assert (rest.counts, rest.began_at, rest.position, rest.damage) == ({"stored": 1}, begin, len(whole), "")
    assert cell(connection, "select size = position from raw.archive") is True
    assert normalise(connection) == {"ok": 2}


def spoilt(record_bytes: bytes, at: int) -> bytes:
    return record_bytes[:at] + bytes([record_bytes[at] ^ 0xFF]) + record_bytes[at + 1 :]


@pytest.mark.parametrize(
    ("name", "broken"),
    {
        "bytes changed in a compressed record": spoilt(packed(record()), 300),
        "checksum of a compressed record": spoilt(packed(record()), len(packed(record())) - 6),
        "no record": b"GET / HTTP/1.1\r\n\r\n",
        "binary": bytes(5000),
        "no length": record().replace(b"Content-Length", b"Content-Size", 1),
        "negative length": re.sub(rb"Content-Length: \d+", b"Content-Length: -5", record(), count=1),
        "length of another alphabet": re.sub(rb"Content-Length: \d+", "Content-Length: ٣".encode(), record(), count=1),
        "too short a length": re.sub(rb"Content-Length: \d+", b"Content-Length: 70", record(), count=1),
        "too long a length": re.sub(rb"Content-Length: \d+", b"Content-Length: 999999999", record(), count=1),
    }.items(),
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_stands_before_a_damaged_record_is_kept_and_the_place_is_named(
    connection: db.Connection, saved: Callable[..., Path], name: str, broken: bytes
) -> None:
    first = packed(record("https://unn.ua/news/persha-novyna-u-faili"))
    plain = record("https://unn.ua/news/persha-novyna-u-faili")
    head = first if broken.startswith(b"\x1f\x8b") else plain
    file = saved(head, broken, record("https://unn.ua/news/druha-novyna-u-faili"))
    loaded = load(connection, file)
    assert loaded.damage, name
    assert "https://unn.ua/news/persha-novyna-u-faili" in {row["url"] for row in rows(connection, "select url from raw.page")}
    assert loaded.position < file.stat().st_size
    assert len(head) <= loaded.position
    assert re.search(r", at byte [\d,]+$", loaded.damage)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no WARC file"),
        (b"Just a text.\n" * 1000, "no WARC file"),
        (packed(b"Just a text.\n"), "no WARC file"),
        (b"\x1f\x8b\x08\x00 no gzip at all", "no WARC file"),
        (b"filedesc://x.arc 0.0.0.0 20200101000000 text/plain 76\n1 0 x\n", "no WARC file"),
        (b"\x28\xb5\x2f\xfd\x00", "Zstandard"),
        (packed(INFO + record()), "warcio recompress"),
    ],
)
def test_a_file_that_is_no_warc_is_refused(connection: db.Connection, tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "crawl.warc.gz"
    file.write_bytes(content)
    with pytest.raises(archive.ArchiveError, match=said):
        load(connection, file)
    assert cell(connection, "select count(*) from raw.page") == 0


def test_two_readers_of_one_file_do_not_meet(connection: db.Connection, database_url: str, saved: Callable[..., Path]) -> None:
    file = saved(*many(50))
    other = db.connect(database_url)
    refused = []

    def meanwhile(_done: int) -> None:
        with pytest.raises(archive.ArchiveError, match="is being read by another process") as refusal:
            load(other, file)
        refused.append(refusal)

    load(connection, file, on_progress=meanwhile)
    assert refused
    assert load(other, file).counts == {}
    other.close()


def test_progress_is_told_in_bytes_up_to_the_end(connection: db.Connection, saved: Callable[..., Path]) -> None:
    file, told = saved(*many(), compress=True), list[int]()
    load(connection, file, on_progress=told.append)
    assert told == sorted(set(told))
    assert len(told) >= 3
    assert told[-1] == file.stat().st_size


CHILD = """
import os, signal, sys
from pathlib import Path
from newswire import archive, db, sources
from tests.killing import CHILD

point, nth = sys.argv[3], int(sys.argv[4])
run, transaction = db.run, db.transaction

def die(reached):
    global nth
    nth -= reached == point
    if nth == 0:
        os.kill(os.getpid(), signal.SIGKILL)

def watched(connection, name, /, **values):
    die(name)
    return run(connection, name, **values)

connection = db.connect(sys.argv[1])
with transaction(connection), connection.cursor() as cursor:
    cursor.execute("set application_name = %s", (CHILD,))
db.run = watched
archive.load(connection, Path(sys.argv[2]), sources.load_all(), on_progress=lambda _: die("committed"))
"""


def child(url: str, file: Path, point: str, nth: int) -> int:
    paths = os.pathsep.join((str(ROOT / "plugins"), str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-c", CHILD, url, str(file), point, str(nth)], env={**os.environ, "PYTHONPATH": paths}, check=False
    )
    wait_for_silence(url)
    return done.returncode


KEPT = (
    "select url, fetched_at, body_sha256, peer, headers from raw.page order by 1, 2",
    "select url, feed, outcome, visited_at, next_visit_at, page_fetched_at from raw.announcement order by 1",
    "select url, title, revision, published_at, page_fetched_at from core.article order by 1",
    "select name, size, position, counts from raw.archive",
    "select count(*) from raw.unparsed",
)


def test_a_reading_that_is_killed_again_and_again_loses_and_doubles_nothing(
    connection: db.Connection, database_url: str, saved: Callable[..., Path]
) -> None:
    file = saved(*many(), compress=True)
    points = [("advance_archive", 1), ("enqueue_page", 7), ("committed", 1), ("advance_archive", 2), ("visited_in_archive", 30)]
    deaths = [child(database_url, file, *point) for point in points]
    assert deaths == [-signal.SIGKILL] * len(points)
    assert 0 < cell(connection, "select position from raw.archive") < file.stat().st_size
    assert child(database_url, file, "", 1) == 0
    normalise(connection)
    killed = [rows(connection, statement) for statement in KEPT]
    assert len(killed[0]) == len(killed[2]) == 130
    assert killed[3][0]["counts"] == {"other_record": 1, "other_site": 130, "stored": 130}
    states = Counter(row["state"] for row in rows(connection, "select state from core.run where verb = 'ingest-warc'"))
    assert states == {"died": len(points), "done": 1}
    rows(
        connection,
        "truncate raw.page, raw.announcement, raw.unparsed, raw.archive, core.article restart identity cascade; select 1",
    )
    load(connection, file)
    normalise(connection)
    assert [rows(connection, statement) for statement in KEPT] == killed


# --- the verb


def call(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("NEWSWIRE_")}
    env = {
        **kept,
        "PYTHONPATH": str(ROOT / "plugins"),
        "NEWSWIRE_DATABASE_URL": url,
        "NEWSWIRE_HOSTS": "unn.ua=http://127.0.0.1:9",
    }
    command = [sys.executable, "-m", "newswire", "ingest-warc", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)


def test_the_verb_reads_files_and_says_what_became_of_them(
    connection: db.Connection, database_url: str, saved: Callable[..., Path]
) -> None:
    files = [str(saved(INFO, record(), record(OTHER), compress=True)), str(saved(VERSIONS[2], name="late.warc"))]
    done = call(database_url, *files)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "crawl.warc.gz: 3 records: other_record 1, other_site 1, stored 1",
        "late.warc: 1 records: stored 1",
        "articles: ok 1",
    ]
    (found,) = rows(connection, "select revision, judged, language from core.article")
    assert found == {"revision": 2, "judged": True, "language": "uk"}
    again = call(database_url, *files, "--source", "unn")
    assert again.stdout.splitlines()[-1] == "articles: nothing waited"
    whole = call(database_url, files[0])
    assert whole.stdout.splitlines()[0] == "crawl.warc.gz: was read whole before"


def test_the_verb_says_by_its_exit_code_how_it_went(database_url: str, tmp_path: Path, saved: Callable[..., Path]) -> None:
    cut = saved(record(), record()[:-100])
    done = call(database_url, str(cut))
    assert done.returncode == 1
    assert re.fullmatch(r"newswire: \S+crawl\.warc: the file ends in the midst of a record, at byte [\d,]+\n", done.stderr)
    (tmp_path / "notes.txt").write_text("No archive.")
    for arguments, said in (
        (["notes.txt"], "no WARC file"),
        (["nothing.warc"], "No such file"),
        (["crawl.warc", "--source", "nobody"], "no source is called 'nobody'"),
    ):
        wrong = call(database_url, str(tmp_path / arguments[0]), *arguments[1:])
        assert (wrong.returncode, wrong.stdout) == (2, "")
        (line,) = wrong.stderr.splitlines()
        assert said in line


@pytest.fixture(autouse=True)
def _no_noise(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """The reader of WARC records may complain on standard error: nothing that is tested here gives it a reason."""
    yield
    assert "Traceback" not in capfd.readouterr().err


def test_a_stream_of_members_is_read_to_the_byte() -> None:
    pieces = [os.urandom(size) for size in (1, archive._PIECE, 3 * archive._PIECE + 7)]
    stream = io.BytesIO(b"".join(map(packed, pieces)))
    for piece in pieces:
        assert io.BufferedReader(archive._Member(stream), 50).read() == piece
    assert stream.read() == b""
