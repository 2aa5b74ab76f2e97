"""Cleaning of text: what every field goes through before it is stored, and what it is compared by."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata

_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udfff]"
)
"""Soft hyphens, zero-width marks, directional marks, BOM, control characters, halves of characters (JSON can spell them, UTF-8
cannot). U+200C and U+200D stay: emoji need them."""

_APOSTROPHES = re.compile("[’ʼ‘`´]")
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")

_LOOK_ALIKES = str.maketrans("aceiopxykmhtb", "асеіорхукмнтв")
"""Latin letters that look like Cyrillic ones: typed by mistake, or to pass a filter (facts: «УВАГA вciм»)."""

_MIXED_WORD = re.compile("(?<![a-z\u0400-\u04ff])(?:[\u0400-\u04ff]++[a-z]|[a-z]++[\u0400-\u04ff])[a-z\u0400-\u04ff]*+")
"""A word of both alphabets. Never given back a letter: a word of a million letters is looked at once."""


def clean(text: str) -> str:
    """Return text in NFC with every run of white space as one space, and nothing invisible in it."""
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split())


def clean_lines(text: str) -> str:
    """Return `text` cleaned line by line: its line breaks stay, at most one blank line in a row, none at either end."""
    lines = [clean(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def clean_or_none(text: str | None) -> str | None:
    """Return `clean(text)`, or None where nothing is left."""
    return (clean(text) or None) if text else None


def unescape(text: str) -> str:
    """Return text with its HTML entities resolved, twice: some publishers escape what is escaped already."""
    return html.unescape(html.unescape(text))


def words(text: str) -> list[str]:
    """Return the words and numbers of a text in lower case, with one apostrophe, Latin look-alikes in Cyrillic words repaired."""
    return _WORD.findall(repair_look_alikes(_APOSTROPHES.sub("'", text.casefold())))


def repair_look_alikes(text: str) -> str:
    """Return lower-case text in which a word of both alphabets is wholly Cyrillic where its Latin letters allow it."""
    return _MIXED_WORD.sub(lambda match: match[0].translate(_LOOK_ALIKES), text)


def normalised(text: str) -> str:
    """Return what two texts are compared by: the words alone, folded, one space between; no links, no punctuation."""
    return " ".join(words(re.sub(r"https?://\S+", " ", unicodedata.normalize("NFKC", text))))


def digest(*parts: str | None) -> bytes:
    """Return the SHA-256 of the parts; a missing part differs from an empty one."""
    joined = "\x1f".join("\x00" if part is None else part for part in parts)
    return hashlib.sha256(joined.encode("utf-8", errors="surrogatepass")).digest()
