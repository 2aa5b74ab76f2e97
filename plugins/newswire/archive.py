"""The verb ingest-warc: pages out of web archives (WARC files, such as CC-NEWS) in the place of fetched ones. No network.

Every record ends with one code that is counted. A page of a known source is kept in raw.page as its archive has it (when and from
which address it came), its address is entered as announced, and it waits in the queue of `pipeline.normalise` like a fetched
one. Nothing becomes due by it: an archive of last year makes no request today.

A file may be read in pieces: how far it was read moves in the transaction that stores what was read, so that a reading which was
killed goes on there, and loses and doubles nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from psycopg2.extras import Json
from warcio.bufferedreaders import ChunkedDataReader
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from newswire import db, discover, ledger, pipeline, recordings, store, tombstones, warc
from newswire.content import unfit
from newswire.encoding import encoding_of
from newswire.fetch import KEPT_HEADERS
from newswire.model import Announcement, Article, Judgement, Outcome, Page, Source, TimeOrigin
from newswire.text import clean
from newswire.urls import canonical_or_none, host

MAX_BYTES = 10 * 1024 * 1024
"""Size of a page, coded and decoded: the same as of a fetched one (`fetch.Settings.max_bytes`)."""

HEAD = 1 << 20
"""Bytes at the beginning of a file that it is known by: the first record alone carries an id and a time of its own."""

PAGES_AT_ONCE, BYTES_AT_ONCE, RECORDS_AT_ONCE = 40, 1 << 25, 1_000
"""What is stored in one transaction at the most, whichever is reached first; and how often the progress moves."""

EARLIEST = datetime(1996, 1, 1, tzinfo=UTC)
"""The web was not archived before. A time outside of what can be would make partitions that nobody needs."""

_PIECE = 1 << 14
"""Bytes read at once: most records are shorter, and what is read of the next one is read again."""

_CHANNEL_PATH = re.compile(r"/s/[A-Za-z]\w{3,31}(?:/\d+)?", re.ASCII)
_HTTP = StatusAndHeadersParser(["HTTP/"], verify=False)
_UNCODED = frozenset({"", "identity", "none"})
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


class Code(StrEnum):
    """What became of a record, beside the outcomes of `model.Outcome` that say what was wrong with its page."""

    STORED = "stored"
    """A page that is kept now and waits to be made into articles, or has been since."""
    KNOWN = "known"
    """This very answer is kept already."""
    OLDER = "older"
    """Kept; but a newer page has made the article already, and an older one changes nothing there."""
    OTHER_RECORD = "other_record"
    """No answer of a web server: a request, metadata, a note on the file."""
    REVISIT = "revisit"
    """A visit that found what an earlier record holds."""
    OTHER_SITE = "other_site"
    """Of no publisher that was asked for."""
    REDIRECT = "redirect"
    UNDATED = "undated"
    """Without a time that can be."""
    UNDECODABLE = "undecodable"
    """Coded in a way for which there is no decoder here (brotli, zstd), or not as its header says."""


class ArchiveError(ValueError):
    """The file cannot be read as WARC: one line for a person. Nothing was stored."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What reading one file came to."""

    counts: Mapping[str, int]
    """Records by what became of them, of this reading."""
    began_at: int
    """Bytes that an earlier reading had done."""
    position: int
    """Bytes that are done now: the file's size when it was read whole."""
    damage: str = ""
    """Why the reading ended before the end of the file; empty when it did not."""


def load(
    connection: db.Connection,
    file: Path,
    sources: Sequence[Source],
    *,
    again: bool = False,
    caller: str = "shell",
    on_progress: Callable[[int], None] = lambda _: None,
) -> Loaded:
    """Store the pages of a WARC file that belong to the sources; `pipeline.normalise` then makes them into articles.

    It goes on where an earlier reading for the same sources ended; `again` begins anew (a source may have learnt to read more).
    `on_progress` is told how many bytes of the file are done.

    Raises:
        ArchiveError: the file is no WARC, or another process is reading it.
        OSError: it cannot be opened.
    """
    wanted = sources[0].name if len(sources) == 1 else ""
    with file.open("rb") as stream:
        size = file.stat().st_size
        head_sha256 = _identity(stream, file)
        with (
            ledger.run(connection, "ingest-warc", source=wanted or None, caller=caller) as run,
            _opened(connection, head_sha256=head_sha256, wanted=wanted, name=file.name, size=size, again=again) as archive,
        ):
            stream.seek(archive["position"])
            position, damage = _load(_Job(connection, run, archive["archive_id"]), stream, _Sites(sources), on_progress)
            return Loaded(dict(run.counts), archive["position"], position, damage)


def _identity(stream: BinaryIO, file: Path) -> bytes:
    """Return what the file is known by.

    Raises:
        ArchiveError: it is no WARC.
    """
    head = stream.read(HEAD)
    if head.startswith(_ZSTD):
        raise ArchiveError(f"{file} is compressed with Zstandard, which is not read here: decompress it first (zstd -d)")
    begins = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        text = begins.decompress(head, 5) if head.startswith(_GZIP) else head
    except zlib.error:
        text = b""
    if not text.startswith(b"WARC/"):
        raise ArchiveError(f"{file} is no WARC file: it does not begin with a WARC record")
    return hashlib.sha256(head).digest()


@contextmanager
def _opened(connection: db.Connection, **values: Any) -> Iterator[dict[str, Any]]:
    """Yield the archive's row, and hold other readers off as long as it is read."""
    with db.transaction(connection):
        archive = db.row(connection, "open_archive", **values)
        assert archive is not None  # the statement returns the row that it inserts or finds
        lock = db.row(connection, "lock_archive", archive_id=archive["archive_id"])
        if not lock or not lock["locked"]:
            raise ArchiveError(f"{values['name']} is being read by another process")
    try:
        yield archive
    finally:
        if not connection.closed:  # the lock ends with the session
            connection.rollback()
            with db.transaction(connection):
                db.run(connection, "unlock_archive", archive_id=archive["archive_id"])


@dataclass(slots=True)
class _Job:
    """What a reading works with."""

    connection: db.Connection
    run: ledger.Run
    archive_id: int
    months: set[tuple[int, int]] = field(default_factory=set)
    """Months whose partitions are there."""


def _load(job: _Job, stream: BinaryIO, sites: _Sites, on_progress: Callable[[int], None]) -> tuple[int, str]:
    """Store the rest of the file, batch by batch; return where it ended, and why it did so early: nothing where it did not."""
    records, position = _Records(stream, sites), stream.tell()
    for batch in _batches(records):
        with db.transaction(job.connection):
            counts = Counter(batch.codes)
            counts.update(_store_all(job, batch.pages))
            db.run(
                job.connection,
                "advance_archive",
                archive_id=job.archive_id,
                position=batch.end,
                counts=Json(dict(counts)),
            )
        job.run.counts.update(counts)
        position = batch.end
        on_progress(position)
    return position, records.damage


# --- the file's records


class _BrokenError(Exception):
    """A record is damaged, or the file ends in the midst of it."""


class _Member(io.RawIOBase):
    """One member of a gzip file, decompressed as it is read. Each record of a WARC file is one."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._coded = b""

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as one step goes; return 0 at the end of the member, where the file then stands."""
        while not self._inflater.eof:
            self._coded = self._coded or self._stream.read(_PIECE)
            if not self._coded:
                raise _BrokenError("the file ends in the midst of a record")
            try:
                plain = self._inflater.decompress(self._coded, len(buffer))
            except zlib.error as error:
                raise _BrokenError(f"a record cannot be decompressed: {error}") from error
            self._coded = self._inflater.unconsumed_tail
            if self._inflater.eof:
                self._stream.seek(-len(self._inflater.unused_data), io.SEEK_CUR)
            if plain:
                buffer[: len(plain)] = plain
                return len(plain)
        return 0


@dataclass(slots=True)
class _Records:
    """The records of a file, from where it stands on: an iterator of where each ends, and of what became of it."""

    stream: BinaryIO
    sites: _Sites
    damage: str = ""
    """Why the records end before the file does; empty when they do not."""

    def __iter__(self) -> Iterator[tuple[int, _Taken | str]]:
        """Yield where each record ends, and the page that it holds or the code under which it is passed over."""
        loader = ArcWarcRecordLoader(verify_http=False, arc2warc=False)
        while beginning := self.stream.read(2):
            begin = self.stream.seek(-len(beginning), io.SEEK_CUR)
            member = io.BufferedReader(_Member(self.stream), _PIECE) if beginning == _GZIP else None
            try:
                record = _parsed(loader, member or self.stream)
                found = _judged(record, self.sites)
                end = _passed(record, self.stream, member)
            except _BrokenError as error:
                self.damage = f"{error}, at byte {begin:,}"
                return
            yield end, found


def _parsed(loader: ArcWarcRecordLoader, source: Any) -> ArcWarcRecord:
    line = _behind_blank_lines(source)
    if not line.startswith(b"WARC/"):
        raise _BrokenError("no record begins where one should")
    record = loader.parse_record_stream(source, line, known_format="warc", no_record_parse=True)
    if not (record.rec_headers.get_header("Content-Length") or "").strip().isdecimal():
        raise _BrokenError("a record does not say how long it is")
    return record


def _behind_blank_lines(source: Any) -> bytes:
    while (line := source.readline(_PIECE)) in (b"\r\n", b"\n"):
        pass
    return bytes(line)


def _passed(record: ArcWarcRecord, stream: BinaryIO, member: io.BufferedReader[_Member] | None) -> int:
    """Pass over the rest of a record, and what stands behind it; return where the next one begins."""
    while record.raw_stream.read(_PIECE):
        pass
    if record.raw_stream.limit > 0:
        raise _BrokenError("the file ends in the midst of a record")
    if member is None:
        return _at_next_line(stream)
    if b"WARC/" in member.read(_PIECE):
        raise ArchiveError("the file is compressed as a whole, not record by record: run `warcio recompress` on it first")
    while member.read(_PIECE):
        pass
    return stream.tell()


def _at_next_line(stream: BinaryIO) -> int:
    end = stream.tell()
    while stream.readline(_PIECE) in (b"\r\n", b"\n"):
        end = stream.tell()
    return stream.seek(end)


# --- what becomes of a record


@dataclass(frozen=True, slots=True)
class _Taken:
    """A page that is to be kept."""

    source: Source
    feed: str
    url: str
    """Canonical."""
    page: Page


@dataclass(slots=True)
class _Batch:
    """Records that are settled in one transaction."""

    end: int = 0
    """Where the next record begins."""
    pages: list[_Taken] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    """Of the records that are passed over."""
    weight: int = 0
    """Bytes of the pages."""

    def add(self, end: int, found: _Taken | str) -> None:
        """Add one record."""
        self.end = end
        if isinstance(found, _Taken):
            self.pages.append(found)
            self.weight += len(found.page.body)
        else:
            self.codes.append(found)

    @property
    def is_full(self) -> bool:
        """Whether it is time to store."""
        records = len(self.pages) + len(self.codes)
        return len(self.pages) >= PAGES_AT_ONCE or self.weight >= BYTES_AT_ONCE or records >= RECORDS_AT_ONCE


class _Skip(Exception):  # noqa: N818 - no error: most records of an archive are somebody else's
    """A record is passed over."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _judged(record: ArcWarcRecord, sites: _Sites) -> _Taken | str:
    """Return the page that a record holds, or the code under which it is passed over."""
    try:
        return _taken(record, sites)
    except _Skip as skip:
        return skip.code


def _batches(records: Iterable[tuple[int, _Taken | str]]) -> Iterator[_Batch]:
    batch = _Batch()
    for end, found in records:
        batch.add(end, found)
        if batch.is_full:
            yield batch
            batch = _Batch()
    if batch.pages or batch.codes:
        yield batch


@dataclass(slots=True)
class _Sites:
    """Whose an address is."""

    sources: Sequence[Source]
    _by_domain: dict[str, Source] = field(init=False)

    def __post_init__(self) -> None:
        self._by_domain = {domain: source for source in self.sources for domain in _domains(source)}

    def of(self, url: str) -> Source:
        """Return the source of an address.

        Raises:
            _Skip: it is of none, or no article's.
        """
        source = self._by_domain.get(discover.registrable(host(url)))
        if source is None:
            raise _Skip(Code.OTHER_SITE)
        pattern = _CHANNEL_PATH if source.visits else _article_path(source)
        if not pattern.fullmatch(unquote(urlsplit(url).path)):
            raise _Skip(Outcome.NOT_ARTICLE)
        return source


def _domains(source: Source) -> set[str]:
    addresses = [source.home, *(url for feed in source.feeds for url in (*feed.rss, feed.listing or ""))]
    return {discover.registrable(host(url)) for url in addresses if url}


def _article_path(source: Source) -> re.Pattern[str]:
    """Return the pattern by which the source's discovery tells articles from other links: `discover.site(ARTICLE_PATH)`."""
    told = source.discover.keywords.get("article_path") if isinstance(source.discover, partial) else None
    return told if isinstance(told, re.Pattern) else discover.ARTICLE_PATH


def _taken(record: ArcWarcRecord, sites: _Sites) -> _Taken:
    """Return the page of a record.

    Raises:
        _Skip: there is none to take.
    """
    if record.rec_type != "response":
        raise _Skip(Code.REVISIT if record.rec_type == "revisit" else Code.OTHER_RECORD)
    fields = record.rec_headers
    answered = canonical_or_none(fields.get_header("WARC-Target-URI"))
    asked = canonical_or_none(fields.get_header(warc.REQUESTED)) or answered
    if not asked or not answered:
        raise _Skip(Code.OTHER_RECORD)  # dns:, ftp:, or no address at all
    source = sites.of(asked)
    feed, holds = recordings.place_of(source, asked)
    if holds is not recordings.Holds.ARTICLES:
        raise _Skip(Outcome.NOT_ARTICLE)
    return _Taken(source, feed, asked, _page(record, fields))


def _page(record: ArcWarcRecord, fields: StatusAndHeaders) -> Page:
    """Return the page as its archive has it: bytes decoded, headers that matter, time and peer of the record."""
    fetched_at = _moment(fields.get_header("WARC-Date"))
    answer = _answer(record)
    status = _status(answer)
    if fields.get_header("WARC-Truncated"):
        raise _Skip(Outcome.TRUNCATED)
    content_type = answer.get_header("content-type")
    body = _body(record, answer)
    if unfit(body, content_type, "html"):
        raise _Skip(Outcome.NOT_HTML)
    final_url = clean(fields.get_header("WARC-Target-URI"))
    return Page(
        url=clean(fields.get_header(warc.REQUESTED) or final_url),
        final_url=final_url,
        status=status,
        body=body,
        fetched_at=fetched_at,
        redirects=_redirects(fields.get_header(warc.REDIRECTS)),
        headers={name: clean(value) for name in KEPT_HEADERS if (value := answer.get_header(name))},
        encoding=encoding_of(body, content_type),
        peer=_peer(fields.get_header("WARC-IP-Address")),
    )


def _moment(said: str | None) -> datetime:
    try:
        value = datetime.fromisoformat((said or "").strip())
    except ValueError:
        raise _Skip(Code.UNDATED) from None
    if value.tzinfo is None or not EARLIEST <= value.astimezone(UTC) <= datetime.now(UTC) + timedelta(days=1):
        raise _Skip(Code.UNDATED)
    return value.astimezone(UTC)


def _peer(said: str | None) -> str | None:
    try:
        return str(ip_address((said or "").strip()))
    except ValueError:
        return None


def _redirects(said: str | None) -> tuple[str, ...]:
    try:
        found = json.loads(said or "[]")
    except ValueError:
        return ()
    return tuple(clean(url) for url in found if isinstance(url, str)) if isinstance(found, list) else ()


def _answer(record: ArcWarcRecord) -> StatusAndHeaders:
    """Return the status line and the headers that the server sent; the record then stands at the body."""
    try:
        return _HTTP.parse(record.raw_stream)
    except EOFError:
        raise _Skip(Outcome.TRUNCATED) from None


def _status(answer: StatusAndHeaders) -> int:
    code = answer.get_statuscode()
    if not re.fullmatch(r"[1-9]\d\d", code, re.ASCII):
        raise _Skip(Outcome.NOT_HTML)  # whatever it was, it was no answer of a web server
    status = int(code)
    if status not in (200, 203):
        raise _Skip(_NO_PAGE.get(status) or _NO_PAGES.get(status // 100, Outcome.SERVER_ERROR))
    return status


_NO_PAGE = {206: Outcome.TRUNCATED, 404: Outcome.GONE, 410: Outcome.GONE, 429: Outcome.THROTTLED}
_NO_PAGES = {3: Code.REDIRECT, 4: Outcome.REFUSED}
"""What a status means that brings no page, by itself and by its first digit; all else is the server's fault."""


# --- bytes


def _body(record: ArcWarcRecord, answer: StatusAndHeaders) -> bytes:
    """Return the body without chunks and codings."""
    chunked = "chunked" in (answer.get_header("transfer-encoding") or "").lower()
    # what says that it is chunked and is not, as after some crawlers, is read as it is
    source = ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream
    body: bytes = source.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise _Skip(Outcome.TOO_LARGE)
    codings = [coding.strip() for coding in (answer.get_header("content-encoding") or "").lower().split(",")]
    for coding in reversed(codings):
        body = _decoded(body, coding)
    return body


def _decoded(body: bytes, coding: str) -> bytes:
    """Return the body without one coding; as it is where a crawler has taken the coding off and left the header."""
    if coding in _UNCODED or not body or unfit(body, None, "html") is None:
        return body
    if coding in ("gzip", "x-gzip"):
        return _inflated(body, zlib.MAX_WBITS | 16) if body.startswith(_GZIP) else body
    if coding == "deflate":
        zlib_header = (body[0] & 0x0F) == zlib.DEFLATED and int.from_bytes(body[:2], "big") % 31 == 0
        return _inflated(body, zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)
    raise _Skip(Code.UNDECODABLE)


def _inflated(body: bytes, window_bits: int) -> bytes:
    inflater = zlib.decompressobj(window_bits)
    try:
        plain = inflater.decompress(body, MAX_BYTES + 1)
    except zlib.error:
        raise _Skip(Code.UNDECODABLE) from None
    if len(plain) > MAX_BYTES:
        raise _Skip(Outcome.TOO_LARGE)
    if not inflater.eof:
        raise _Skip(Outcome.TRUNCATED)
    return plain


# --- storing


def _store_all(job: _Job, pages: Sequence[_Taken]) -> Iterator[str]:
    """Store pages, and yield what became of each."""
    for name in sorted({one.source.name for one in pages}):
        db.run(job.connection, "lock_source", source=name)
    for one in pages:
        _ensure_partition(job, one.page.fetched_at)
        try:
            with db.savepoint(job.connection):
                yield _store(job, one)
        except db.UNSTORABLE:
            yield Outcome.ERROR


def _ensure_partition(job: _Job, moment: datetime) -> None:
    month = (moment.year, moment.month)
    if month not in job.months:
        db.run(job.connection, "ensure_partitions", moment=moment)
        job.months.add(month)


def _store(job: _Job, one: _Taken) -> Code | Outcome:
    """Keep a page, enter what it answers as announced, and queue it; return what became of it."""
    connection, page, name = job.connection, one.page, one.source.name
    digest = hashlib.sha256(page.body).digest()
    if db.row(connection, "known_page", source=name, url=page.url, fetched_at=page.fetched_at, body_sha256=digest):
        return Code.KNOWN
    if tombstones.forgotten(connection, name, [one.url]):
        return Outcome.FORGOTTEN
    page_id = store.save_page(connection, name, page, job.run.run_id)
    announced = _announced(one, page_id)
    entered = store.save_announcements(connection, announced, page_id=page_id, now=page.fetched_at, visit=False)
    numbers = [number for number, _ in entered.values()]
    if not one.source.visits and db.row(connection, "read_later", announcements=numbers, fetched_at=page.fetched_at):
        return Code.OLDER
    kept = {"page_id": page_id, "page_fetched_at": page.fetched_at, "announcements": numbers}
    db.run(connection, "visited_in_archive", **kept)
    db.run(connection, "enqueue_page", source=name, feed=one.feed, **kept)
    return Code.STORED


def _announced(one: _Taken, page_id: int) -> list[Announcement]:
    """Return what a page answers: its own address, or the posts that a channel's page shows."""
    if not one.source.visits:
        return [Announcement(one.source.name, one.feed, one.url)]
    shown = pipeline.parse_page(one.source, {**asdict(one.page), "page_id": page_id, "feed": one.feed}, [], _no_language)
    posts = [_post(article) for article in shown.articles]
    return posts + [Announcement(one.source.name, one.feed, url) for url in dict.fromkeys(item.url for item in shown.rejected)]


def _post(article: Article) -> Announcement:
    return Announcement(
        article.source,
        article.feed,
        article.url,
        published_at=article.published_at,
        time_origin=TimeOrigin.POST,
        guid=article.external_id,
    )


def _no_language(_text: str, _expected: Sequence[str]) -> Judgement:
    """Detect nothing: the text is read here for its addresses alone."""
    return Judgement("und", 0.0, is_mixed=False)


def queued(connection: db.Connection, sources: Sequence[Source]) -> dict[str, list[str]]:
    """Return the editions or channels, by source, of which pages wait to be made into articles."""
    with db.transaction(connection):
        rows = db.rows(connection, "queued_feeds", sources=[source.name for source in sources])
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["source"], []).append(row["feed"])
    return found
