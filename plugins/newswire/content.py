"""Bodies of answers: received within limits, and judged by what they are."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Literal

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from newswire.encoding import encoding_of
from newswire.model import Outcome

Expect = Literal["html", "feed", "any"]
"""What a request is made for: a web page, a feed or sitemap (XML or JSON), or anything."""

_PIECE = 1 << 16
"""Bytes read at once."""

_EVIDENCE = 1 << 16
"""Bytes kept of a body that is of no use by its type, or larger than allowed by its own word."""

_UNREADABLE = frozenset({"br", "compress", "deflate", "dcb", "dcz", "x-compress", "zstd"})
"""Content codings that exist, and that we do not ask for. Any other word there is a server's mistake (`utf-8`, `none`)."""

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_VAGUE_TYPES = frozenset({"", "*/*", "application/octet-stream", "application/xml", "text/plain", "text/xml", "unknown/unknown"})
"""Types that say nothing: the bytes decide."""

_BINARY_TYPES = re.compile(r"(?:image(?!/svg)|audio|video|font)/|application/(?:pdf|zip|msword|vnd\.(?:ms-|openxml))")
_SIGNATURES = {
    b"%PDF-": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"RIFF": "WebP or WAV",
    b"PK\x03\x04": "ZIP",
    b"\x1f\x8b": "gzip",
    b"OggS": "Ogg",
    b"ID3": "MP3",
    b"\x1aE\xdf\xa3": "Matroska",
}
_HTML_START = re.compile(
    r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<(?:!doctype\s+html|html|head|body|title|meta|link|script|style|main|article|section|div|h1|p|table)"
    r"[\s/>]",
    re.DOTALL | re.IGNORECASE,
)
"""An HTML document, behind comments and an XML declaration. Atomic groups: nothing in it backtracks."""


@dataclass(frozen=True, slots=True)
class Received:
    """What was received of a body."""

    body: bytes
    """Decoded; the first bytes where it was cut."""
    outcome: Outcome = Outcome.OK
    """OK for a whole body, TOO_LARGE, TRUNCATED, UNREACHABLE (silence) or NOT_HTML (a coding that was not asked for)."""
    detail: str = ""

    @property
    def cut(self) -> str | None:
        """Why these are the first bytes alone, by the words of `WARC-Truncated`; None for a whole body."""
        return _CUT.get(self.outcome)


_CUT = {Outcome.TOO_LARGE: "length", Outcome.UNREACHABLE: "time", Outcome.TRUNCATED: "disconnect"}


class _Gzip:
    """Decodes a gzip stream of one or more members, never more than asked for at once."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self.whole = True
        """False in the midst of a member."""

    def decode(self, piece: bytes, at_most: int) -> bytes:
        """Return what `piece` decodes to, cut after `at_most` bytes; what stands behind the last member is dropped."""
        out = bytearray()
        while piece and len(out) < at_most:
            if self._member.eof:
                if not piece.startswith(b"\x1f"):
                    break
                self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            out += self._member.decompress(piece, at_most - len(out))
            self.whole, piece = self._member.eof, self._member.unused_data
        return bytes(out)


class _Plain:
    """Passes an uncoded body through."""

    whole = True

    def decode(self, piece: bytes, at_most: int) -> bytes:
        """Return the first `at_most` bytes."""
        return piece[:at_most]


def receive(response: requests.Response, max_bytes: int, expect: Expect) -> Received:
    """Read the body of a streamed response; of one that is of no use by its headers, only the first bytes.

    Both what comes over the wire and what it decodes to are limited, so a small bomb stays small. Never raises for what a
    server or a network does.
    """
    codings = {coding.strip() for coding in response.headers.get("content-encoding", "").lower().split(",")} - {"", "identity"}
    if codings & _UNREADABLE:
        return Received(b"", Outcome.NOT_HTML, f"sent as {', '.join(sorted(codings))}, which was not asked for")
    decoder = _Gzip() if codings & {"gzip", "x-gzip"} else _Plain()
    too_large = _declared_length(response) > max_bytes
    useless = expect == "html" and unfit(b"", response.headers.get("content-type"), expect)
    return _read(response, decoder, min(max_bytes, _EVIDENCE) if too_large or useless else max_bytes)


def _declared_length(response: requests.Response) -> int:
    """Return what the server says of the length; 0 when it says nothing of use."""
    match = re.fullmatch(r"\d{1,18}", response.headers.get("content-length", ""), re.ASCII)
    return int(match.group()) if match else 0


def _read(response: requests.Response, decoder: _Gzip | _Plain, limit: int) -> Received:
    body, seen = bytearray(), 0
    try:
        while piece := _next_piece(response):
            seen += len(piece)
            body += decoder.decode(piece, limit + 1 - len(body))
            if len(body) > limit or seen > limit:
                return Received(bytes(body[:limit]), Outcome.TOO_LARGE, f"larger than {limit} bytes; the first ones are kept")
    except ReadTimeoutError:
        return Received(bytes(body), Outcome.UNREACHABLE, f"silent after {len(body)} bytes")
    except (HTTPError, zlib.error) as error:
        return Received(bytes(body), Outcome.TRUNCATED, f"broken off after {len(body)} bytes: {str(error)[:200]}")
    if not decoder.whole:
        return Received(bytes(body), Outcome.TRUNCATED, f"the gzip stream ends after {len(body)} decoded bytes, before its end")
    return Received(bytes(body))


def _next_piece(response: requests.Response) -> bytes:
    """Return what has arrived, undecoded; nothing at the end. `read1` hands over each byte, also before a connection breaks."""
    piece: bytes = response.raw.read1(_PIECE, decode_content=False)
    return piece


def unfit(body: bytes, content_type: str | None, expect: Expect) -> tuple[Outcome, str] | None:
    """Return why a body is not what was expected (NOT_HTML or NOT_FEED, and one line); None when it is, or may be.

    An empty body is judged by its content type alone.
    """
    if expect == "any":
        return None
    outcome = Outcome.NOT_HTML if expect == "html" else Outcome.NOT_FEED
    media_type = re.split(r"[;,\s]", (content_type or "").strip().lower(), maxsplit=1)[0]
    signature = next((name for magic, name in _SIGNATURES.items() if body.startswith(magic)), None)
    if signature:
        return outcome, f"the bytes are {signature}"
    wrong = _no_page(body, media_type) if expect == "html" else _no_feed(body, media_type)
    return (outcome, wrong) if wrong else None


def _no_page(body: bytes, media_type: str) -> str | None:
    """Say why this is no web page."""
    if media_type in _HTML_TYPES:
        return None
    if media_type not in _VAGUE_TYPES:
        return f"the content type is {media_type}"
    return (
        None if not body or _begins_as_html(body) else f"the content type is {media_type or 'missing'}, and the bytes are no HTML"
    )


def _no_feed(body: bytes, media_type: str) -> str | None:
    """Say why this is no feed. Feeds are often sent as text/html, so that the bytes count for more than the type."""
    if _BINARY_TYPES.match(media_type):
        return f"the content type is {media_type}"
    return "the bytes are a web page" if _begins_as_html(body) else None


def _begins_as_html(body: bytes) -> bool:
    head = body[:4096]
    return _HTML_START.match(head.decode(encoding_of(head, None), errors="replace").lstrip("\ufeff")) is not None
