"""Kept pages as WARC 1.1 (ISO 28500), which web archives read: one file a source and day, each record compressed by itself.

The bytes are those of raw.page, after transfer and content decoding, so a header that spoke of the bytes on the wire is kept as
`X-Archive-Orig-…`, as other archives do. Of a redirected page the answer stands under the address that gave it; the redirects
themselves were not kept and are not made up: the record's extension fields name the addresses, and a metadata record says `via`
and `hopsFromSeed` as Heritrix does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from psycopg2.extras import RealDictCursor
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newswire import db, delivery, ledger, store
from newswire.model import Page, Window
from newswire.window import kyiv_day

FORMAT = "warc"
LAYOUT = "warc/{day}"

REQUESTED = "X-Newswire-Requested-URI"
"""Field of a record: the address that was asked for, where another one answered. Readers pass over unknown fields."""
REDIRECTS = "X-Newswire-Redirect-URIs"
"""Field of a record: the addresses between, as a JSON list."""

PAGES_AT_ONCE = 20
"""Pages that the server hands over at a time: two megabytes as a rule, two hundred at the worst."""

_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers that do not hold for the bytes as they are kept."""

Row = Mapping[str, Any]


def export(
    connection: db.Connection,
    window: Window,
    folder: Path | delivery.StorePath,
    *,
    sources: Sequence[str] | None = None,
    caller: str = "shell",
) -> dict[str, int]:
    """Write the pages that were fetched on the days of a window; return how many of each day.

    A day is `warc/DAY/SOURCE-DAY.warc.gz`, one file a source, with a manifest (see `delivery`). It is a day of UTC, unlike in
    all other exports: pages are kept and dropped by months of UTC, so a day is there whole or not at all. A source's day is
    replaced only where there are pages of it: what was dropped from the database since stays in its file.
    The same pages make the same bytes.
    """
    days, target = _days(window), delivery.target(folder)
    asked = list(sources) if sources else None
    with ledger.run(connection, "export", window=window, caller=caller) as run, delivery.alone(connection, folder):
        with db.transaction(connection), _stream(connection, start=days.start, end=days.end, sources=asked) as rows:
            for day, of_day in groupby(rows, key=itemgetter("day")):
                run.counts[day] = _write_day(target, day, of_day)
        return dict(run.counts)


def _days(window: Window) -> Window:
    """Return the days of UTC that have the dates of the window's days in Kyiv."""
    first, last = (kyiv_day(value) for value in (window.start, window.end - timedelta(microseconds=1)))
    return Window(_midnight(first), _midnight(last) + timedelta(days=1))


def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


@contextmanager
def _stream(connection: db.Connection, **conditions: Any) -> Iterator[Iterator[Row]]:
    with connection.cursor(name="export_pages", cursor_factory=RealDictCursor) as cursor:
        cursor.itersize = PAGES_AT_ONCE
        cursor.execute(db.query("export_pages"), conditions)
        yield iter(cursor)


def _write_day(target: delivery.Target, day: str, rows: Iterator[Row]) -> int:
    place, parts = LAYOUT.format(day=day), {}
    with target.scratch(place) as built:
        for source, of_source in groupby(rows, key=itemgetter("source")):
            name = f"{delivery.file_name(source)}-{day}.warc.gz"
            count = write(built / name, source, (store.load_page(row) for row in of_source))
            parts[f"{FORMAT} {source}"] = delivery.Part(count, {"source": source}, {name: count})
        target.deliver(place, built, parts, parts)
    return sum(part.rows for part in parts.values())


def write(file: Path, source: str, pages: Iterable[Page]) -> int:
    """Write one source's pages, in their order, as a WARC file; return how many. They may be more than there is memory."""
    with file.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="1.1")
        count, warcinfo = 0, ""
        for page in pages:
            warcinfo = warcinfo or _write_info(writer, file.name, source, page.fetched_at)
            _write_page(writer, page, warcinfo)
            count += 1
    return count


def _write_info(writer: WARCWriter, name: str, source: str, made_at: datetime) -> str:
    """Write what the file is; return the record's id. It is dated like its first page, so that the same pages make one file."""
    record = writer.create_warcinfo_record(
        name,
        {
            "software": "Newswire",
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "isPartOf": source,
            "description": "Pages as they were fetched, after transfer and content decoding.",
        },
    )
    identity = _identity(name, source, made_at)
    record.rec_headers.replace_header("WARC-Record-ID", identity)
    record.rec_headers.replace_header("WARC-Date", _date(made_at))
    writer.write_record(record)
    return identity


def _write_page(writer: WARCWriter, page: Page, warcinfo: str) -> None:
    identity = _identity(page.page_id, page.url, page.fetched_at)
    fields = {"WARC-Record-ID": identity, "WARC-Date": _date(page.fetched_at), "WARC-Warcinfo-ID": warcinfo}
    if page.peer:
        fields["WARC-IP-Address"] = page.peer
    redirected = {REQUESTED: page.url, REDIRECTS: json.dumps(page.redirects)} if page.final_url != page.url else {}
    writer.write_record(
        writer.create_warc_record(
            page.final_url,
            "response",
            payload=BytesIO(page.body),
            length=len(page.body),
            http_headers=StatusAndHeaders(_status_line(page.status), _headers(page), protocol="HTTP/1.1"),
            warc_headers_dict=fields | redirected | ({"WARC-Truncated": page.cut} if page.cut else {}),
        )
    )
    if redirected:
        _write_way(writer, page, fields)


def _write_way(writer: WARCWriter, page: Page, fields: Mapping[str, str]) -> None:
    """Write how a redirected page was come by."""
    hops = (page.url, *page.redirects)
    told = f"via: {hops[-1]}\r\nhopsFromSeed: {'R' * len(hops)}\r\n".encode()
    names = {
        "WARC-Record-ID": _identity(page.page_id, "metadata", page.url, page.fetched_at),
        "WARC-Concurrent-To": fields["WARC-Record-ID"],
    }
    record = writer.create_warc_record(
        page.final_url, "metadata", payload=BytesIO(told), length=len(told), warc_headers_dict={**fields, **names}
    )
    writer.write_record(record)


def _headers(page: Page) -> list[tuple[str, str]]:
    kept = [(f"X-Archive-Orig-{name}" if name in _OF_THE_WIRE else name, value) for name, value in page.headers.items()]
    # of a page that was cut nobody knows how long it is
    return kept if page.cut else [*kept, ("Content-Length", str(len(page.body)))]


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:  # a number that the standard does not know
        return f"{status} Unknown"


def _date(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _identity(*parts: object) -> str:
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, ' '.join(map(str, parts)))}>"
