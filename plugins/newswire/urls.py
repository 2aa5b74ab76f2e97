"""Canonical URLs: one address for one article, whatever it was decorated with on its way."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urljoin, urlsplit, urlunsplit

LONGEST = 2000
"""Characters; what is longer is no address that browsers and servers agree on, and no key that PostgreSQL indexes."""

TRACKING = re.compile(
    r"utm_\w*|(?:fb|g|y|ms|dc|tw|wbra|gbra)clid|igshid|_ga|_gl|mc_[ce]id|yclid|ysclid|cmpid|from_source|_amp|amp|__twitter_impression",
    re.IGNORECASE,
)
"""Query parameters that say where a reader came from, not what is read."""

_EDITION_HOST = re.compile(r"^(?:(?:www\d?|m|mobile|amp)\.)+(?=[^.]+\.[^.]+)")
_NO_HOST = re.compile("[\x00-\x20\x7f-\xa0\ud800-\udfff]")
_AMP_PATH = re.compile(r"^((?:/(?!amp/)[a-z]{2,3})?)(?:/amp)+(?=/)|(?:/amp)+$|/index\.amp$|-amp(?=\.html$)")
"""`/amp/…`, `/ru/amp/…`, `…/amp`, `…/index.amp`, `…-amp.html`."""
_DEFAULT_PORT = re.compile(r":(?:80|443)$")


def canonical(url: str, base: str | None = None) -> str:
    """Return the URL under which an article is known.

    https; the host in lower case without `www.`, `m.`, `amp.` and the default port; the path without an AMP part,
    a doubled or a closing slash, percent-encoded one way; tracking parameters dropped, the others sorted; no fragment.
    `base` resolves a relative `url`.

    Raises:
        ValueError: it is no http(s) URL with a host, or longer than `LONGEST`.
    """
    joined = urljoin(base, url.strip()) if base else url.strip()
    parts = urlsplit(joined)
    wrong = not parts.hostname or _NO_HOST.search(parts.netloc) or parts.port == 0  # .port raises for what is no port
    if parts.scheme.lower() not in ("http", "https") or wrong:
        raise ValueError(f"not a web address: {url!r}")
    host = _EDITION_HOST.sub("", _DEFAULT_PORT.sub("", parts.netloc.rpartition("@")[2].lower()))
    # as bytes, because not every site writes UTF-8; in pieces, because an encoded slash is none
    pieces = [quote(unquote_to_bytes(piece), safe="/:@!$&'()*+,;=~-._") for piece in re.split("%2[Ff]", parts.path)]
    path = _without_amp(re.sub(r"/{2,}", "/", "%2F".join(pieces)))
    pairs = parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
    query = sorted((key, value) for key, value in pairs if not TRACKING.fullmatch(key))
    found = urlunsplit(("https", host, path or "/", urlencode(query, errors="surrogateescape"), ""))
    if len(found) > LONGEST:
        raise ValueError(f"an address of {len(found)} characters: {found[:80]}…")
    return found


def _without_amp(path: str) -> str:
    while (shorter := _AMP_PATH.sub(r"\1", path).rstrip("/")) != path:
        path = shorter
    return path


def canonical_or_none(url: str | None, base: str | None = None) -> str | None:
    """Return `canonical(url, base)`, or None where there is no web address."""
    try:
        return canonical(url, base) if url else None
    except ValueError:
        return None


def absolute(base: str, address: str) -> str | None:
    """Return an address of the web made absolute, otherwise as it is written; None where it leads elsewhere (`mailto:`)."""
    try:
        resolved = urljoin(base, address.strip()) if address else ""
    except ValueError:
        return None
    return resolved if resolved.startswith(("http://", "https://")) else None


def host(url: str) -> str:
    """Return the host of a URL in lower case, without its port; an empty string when it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def path_id(url: str, home: str | None = None) -> str:
    """Return what identifies an article within its site: the canonical URL's path and query, without the leading slash.

    With the site's start page as `home` the host stands in front where it is another one: an edition or a sister site on a host
    of its own may give the same path to another article.
    """
    parts = urlsplit(canonical(url))
    host_of_its_own = f"{parts.netloc}/" if home and parts.netloc != urlsplit(canonical(home)).netloc else ""
    return host_of_its_own + parts.path.lstrip("/") + (f"?{parts.query}" if parts.query else "")
