"""The character encoding of a page or a file: what it says of itself, checked against its bytes."""

from __future__ import annotations

import codecs
import re

import charset_normalizer

_HEAD = 8192
"""Bytes in which a declaration is looked for. HTML asks for 1,024; real pages put scripts and comments before it."""

_SEEN = 1 << 20
"""Bytes that are looked at, so that ten megabytes of nonsense cost no second of time."""

_SAMPLE = 20_000
"""Bytes of text beyond ASCII that a guess is made from: enough to be sure, little enough to be quick."""

_UTF8_SHARE = 0.5
"""Share of the characters beyond ASCII that must be sound for a damaged text to be taken as UTF-8 all the same.
Recorded pages: 1.0 in UTF-8, at most 0.16 in the encodings of one byte."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_GUESSES = ["cp1251", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic", "cp1252"]
"""What a page without a usable label may be: the encodings that Ukrainian and Russian were written in, and Western."""

_ON_THE_WEB = re.compile(
    r"utf-8|utf-16(-[lb]e)?|cp(125\d|866|874|932|949)|iso8859-\d+|koi8-[ru]|mac-(cyrillic|roman)|gbk|gb2312|gb18030|big5"
    r"|euc_jp|euc_kr|shift_jis|iso2022_jp|ascii"
)
"""Codecs (as Python names them) that a page may ask for. Others (`hex`, `utf-7`, `unicode_escape`) are traps."""

_UNTRUSTED = frozenset({"iso8859-1", "ascii", "cp1252"})
"""Labels that servers and editors write by default: another label, or the bytes, count for more."""

_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_XML_DECLARATION = re.compile(rb"""\s*<\?xml[^<>]*?\bencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_META = re.compile(rb"""<meta\b[^<>]*?\bcharset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_HEADER = re.compile(r"""\bcharset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_WORDS = re.compile(rb"[A-Za-z']*[^\x00-\x7f][A-Za-z'\x80-\xff ,.-]*")
"""Words with a character beyond ASCII, and those behind them: Latin letters around it tell Western from Cyrillic."""


def encoding_of(body: bytes, content_type: str | None) -> str:
    """Return the encoding that `body` is to be decoded with; Python knows it, and it is lower-case (`windows-1251`).

    In the order of trust: a byte order mark; bytes that are UTF-8 and more than ASCII, whatever the labels say; the first
    label that fits the bytes, of the header, the XML declaration and `<meta>`; a guess. Nothing known makes `utf-8`.

    `content_type` is the header's value; None for a file.
    """
    body = body[:_SEEN]
    marked = next((name for mark, name in _BOMS if body.startswith(mark)), None) or _wide_xml(body)
    if marked:
        return marked
    if _is_utf8(body):
        return "utf-8"
    labels = [codec for label in _labels(body, content_type) if (codec := _known(label)) and _fits(body, codec)]
    trusted = next((codec for codec in labels if codec not in _UNTRUSTED), None)
    if trusted or body.isascii():
        return _web_name(trusted or "utf-8")
    return _web_name(_guess(body) or next(iter(labels), "utf-8"))


def _wide_xml(body: bytes) -> str | None:
    """Return UTF-16's byte order where a document begins with `<` in two bytes and has no mark."""
    return {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}.get(body[:2])


def _is_utf8(body: bytes) -> bool:
    """Return True for text beyond ASCII in UTF-8; a few broken characters, or a cut one at the end, do not count."""
    if body.isascii():
        return False
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(body)
    beyond = sum(map(len, re.findall(r"[^\x00-\x7f]+", text)))
    broken = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    return beyond > 0 and (beyond - broken) / beyond >= _UTF8_SHARE


def _labels(body: bytes, content_type: str | None) -> list[str]:
    """Return the encodings that the header, the XML declaration and the first `<meta>` name, in this order."""
    head = _COMMENT.sub(b"", body[:_HEAD])
    found = [match.group(1).decode("ascii") for match in (_XML_DECLARATION.match(head), _META.search(head)) if match]
    header = _HEADER.search(content_type or "")
    return ([header.group(1)] if header else []) + found


def _known(label: str) -> str | None:
    """Return Python's name of the codec, or None where the label names none that pages are written in."""
    try:
        codec = codecs.lookup(re.sub(r"^(?:x-|windows-(?=874))", "", label.lower()).replace("win-", "windows-")).name
    except LookupError:
        return None
    return codec if _ON_THE_WEB.fullmatch(codec) else None


def _fits(body: bytes, codec: str) -> bool:
    """Return True when the bytes can be text of this codec; a character cut at the end does not count."""
    if codec.startswith("utf-16") and b"\x00" not in body[:1024]:
        return False
    try:
        codecs.getincrementaldecoder(codec)("strict").decode(body)
    except UnicodeError:
        return codec in _UNTRUSTED  # they are read as windows-1252, whose few holes do no harm
    return True


def _guess(body: bytes) -> str | None:
    """Return the codec that makes the best text of what is beyond ASCII, or None."""
    sample = b" ".join(_WORDS.findall(body))[:_SAMPLE]
    best = charset_normalizer.from_bytes(sample, cp_isolation=_GUESSES).best()
    return codecs.lookup(best.encoding).name if best else None


def _web_name(codec: str) -> str:
    """Return the name that the web uses for a codec; the untrusted ones are windows-1252, as browsers read them."""
    if codec in _UNTRUSTED:
        return "windows-1252"
    return re.sub(r"^iso8859-", "iso-8859-", re.sub(r"^cp(?=125\d)", "windows-", codec)).replace("_", "-")
