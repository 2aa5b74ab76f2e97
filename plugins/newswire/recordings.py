"""Recordings: pages kept as fixtures, each with what its source should make of it.

A recording is a folder `<source>/<day>-<slug>` of three files:

- `page.html`, or `page.xml` for a feed, with `.gz` behind it where it is large: the bytes exactly as they came;
- `page.json`: how they came (`url`, `final_url`, `status`, `headers`, `encoding`, `fetched_at`), of which `feed` of the source,
  what it `holds`, its `origin`, and what the publisher had announced of it (`announcement`);
- `expected.json`: what the source reads from it, made to be read by a person: empty fields are left out, times are Kyiv time,
  a body is a list of `[kind, text]`, one block a line.

Language is no part of an expectation: the pipeline detects it, with an engine that can be chosen; no parser does.
"""

from __future__ import annotations

import codecs
import gzip
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from difflib import unified_diff
from enum import StrEnum
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from newswire.discover import registrable
from newswire.encoding import encoding_of
from newswire.model import (
    Announcement,
    Article,
    Block,
    Failed,
    Feed,
    Fetch,
    Known,
    Outcome,
    Page,
    Rejected,
    Source,
    TimeOrigin,
    Window,
)
from newswire.settings import ROOT
from newswire.urls import canonical, canonical_or_none, host
from newswire.window import KYIV, kyiv_day, moment

FIXTURES = ROOT / "tests" / "fixtures"
"""Where the test suite looks for recordings."""

EXPECTED = "expected.json"
"""Name of the file that holds the expectation."""

RECORDED = "recorded"
"""Origin of what a publisher really sent."""
BY_HAND = "made by hand in the site's shape"
"""Origin of what nobody sent: it tests that a shape is read, not that the site has it."""

_LARGE = 200_000
"""Bytes above which a page is kept compressed: UNN's pages have 100,000, others up to two megabytes."""

_LONGEST_SLUG = 60

_OF_PAGE = frozenset(
    ("url", "final_url", "redirects", "status", "headers", "encoding", "fetched_at", "feed", "holds", "origin", "announcement")
)
_OF_ANNOUNCEMENT = frozenset(("url", "title", "lead", "published_at", "time_origin", "section", "guid"))

_LATIN = str.maketrans(
    dict(zip("абвгґдезиіїйклмнопрстуфыэё", "abvhgdezyiiiklmnoprstufyee", strict=True))
    | {"є": "ie", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia", "ь": "", "ъ": ""}
)
"""How Ukraine writes its names in Latin letters (resolution 55 of 2010), and Russian letters likewise."""

_FEED_START = re.compile(r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<(?:rss|feed|rdf:RDF)[\s>]", re.DOTALL)
"""Behind comments and an XML declaration. Atomic groups: nothing in it backtracks."""


class BrokenRecordingError(ValueError):
    """A recording is not what it should be: one line that names the file. Of what a parser raises, nothing becomes this."""


class Holds(StrEnum):
    """What a recorded page holds, which says how it is read."""

    ARTICLES = "articles"
    """An article, or a channel's posts: `Source.parse` reads it."""
    FEED = "feed"
    """Announcements in RSS or Atom: `Source.discover` reads it."""
    LISTING = "listing"
    """Announcements on a web page: `Source.discover` reads it."""


Item = Article | Rejected | Announcement
"""One thing that a source reads from a recorded page."""

Expectation = dict[str, list[dict[str, Any]]]
"""`expected.json`: under `parsed` articles and rejections in the page's order, or under `announced` announcements."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A page that is kept as a fixture. Its source's name is that of the folder above its own."""

    folder: Path
    page: Page
    announcement: Announcement
    """What the publisher had said of it; of a feed or listing only feed and URL count."""
    holds: Holds = Holds.ARTICLES
    origin: str = RECORDED
    """`RECORDED` or `BY_HAND`."""


# --- files


def folders(root: Path = FIXTURES) -> list[Path]:
    """Return the folders of all recordings, by source and day."""
    return sorted(folder for folder in root.glob("*/*") if folder.is_dir())


def folder_for(root: Path, source: str, url: str, fetched_at: datetime) -> Path:
    """Return the folder for a page: day and slug, with a piece of the URL's hash where another page has taken that name.

    It may be there already: then it holds a recording of this URL from this day.
    """
    slug = slug_of(url)
    folder = root / source / f"{kyiv_day(fetched_at)}-{slug}"
    taken = (folder / "page.json").is_file() and canonical_or_none(_read_page_json(folder).get("url")) != canonical(url)
    return folder.with_name(f"{folder.name}-{_digest(url)}") if taken else folder


def slug_of(url: str) -> str:
    """Return the last part of a URL's path as a safe name of a folder: `a-z`, `0-9` and hyphens, 1 to 60 of them."""
    parts = urlsplit(url)
    last = unquote(parts.path).rstrip("/").rpartition("/")[2] or parts.hostname or ""
    latin = unicodedata.normalize("NFC", last).lower().translate(_LATIN)
    plain = unicodedata.normalize("NFKD", re.sub(r"\.\w{1,5}$", "", latin)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG].strip("-") or _digest(url)


def _digest(url: str) -> str:
    return sha256(canonical(url).encode()).hexdigest()[:8]


def save(recording: Recording, *, replace: bool = False) -> Path:
    """Write page and `page.json`; return the page's file. An expectation from before is deleted: it was another page's.

    Raises:
        FileExistsError: the folder is there, and is not to be replaced.
    """
    recording.folder.mkdir(parents=True, exist_ok=replace)
    for file in (*recording.folder.glob("page.*"), recording.folder / EXPECTED):
        file.unlink(missing_ok=True)
    body = recording.page.body
    suffix = "xml" if recording.holds is Holds.FEED else "html"
    large = len(body) > _LARGE
    file = recording.folder / (f"page.{suffix}.gz" if large else f"page.{suffix}")
    file.write_bytes(gzip.compress(body, mtime=0) if large else body)
    (recording.folder / "page.json").write_text(_written(_page_json(recording)) + "\n", encoding="utf-8")
    return file


def _page_json(recording: Recording) -> dict[str, Any]:
    page, announcement = recording.page, _as_json(recording.announcement)
    said = {key: value for key, value in announcement.items() if key in _OF_ANNOUNCEMENT}
    if said["url"] == canonical(page.url):
        del said["url"]
    return {
        "url": page.url,
        "final_url": page.final_url,
        **({"redirects": list(page.redirects)} if page.redirects else {}),
        "status": page.status,
        "headers": dict(page.headers),
        "encoding": page.encoding,
        "fetched_at": _as_json(page.fetched_at),
        "feed": recording.announcement.feed,
        "holds": recording.holds.value,
        "origin": recording.origin,
        **({"announcement": said} if said else {}),
    }


def load(folder: Path) -> Recording:
    """Return a recording. `page.json` must say url, fetched_at, feed and origin; the rest is as a rule where it is left out.

    Raises:
        BrokenRecordingError: a file is missing or is not what it should be.
    """
    told = _read_page_json(folder)
    try:
        body = _body(folder)
        headers = dict(told.get("headers", {}))
        encoding = told.get("encoding") or encoding_of(body, headers.get("content-type"))
        codecs.lookup(encoding)
        page = Page(
            url=told["url"],
            final_url=told.get("final_url", told["url"]),
            status=int(told.get("status", 200)),
            body=body,
            fetched_at=moment(told["fetched_at"]),
            redirects=tuple(told.get("redirects", ())),
            headers=headers,
            encoding=encoding,
        )
        announcement = announced(folder.parent.name, told["feed"], page.url, told.get("announcement", {}))
        return Recording(folder, page, announcement, Holds(told.get("holds", Holds.ARTICLES)), told["origin"])
    except KeyError as error:
        raise BrokenRecordingError(f"{folder / 'page.json'} does not say {error}") from error
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise BrokenRecordingError(f"{folder / 'page.json'}: {error}") from error


def _body(folder: Path) -> bytes:
    """Return the page's bytes."""
    files = sorted(file for file in folder.glob("page.*") if file.name != "page.json")
    if len(files) != 1:
        raise ValueError(f"beside it must stand one page, and there are {len(files)}: {[file.name for file in files]}")
    body = files[0].read_bytes()
    if files[0].suffix != ".gz":
        return body
    try:
        return gzip.decompress(body)
    except (EOFError, OSError) as error:
        raise ValueError(f"{files[0].name}: {error}") from error


def _read_page_json(folder: Path) -> dict[str, Any]:
    told = _read_json(folder / "page.json")
    strange = told.keys() - _OF_PAGE
    if strange:
        raise BrokenRecordingError(
            f"{folder / 'page.json'} says {', '.join(sorted(strange))}; it may say {', '.join(sorted(_OF_PAGE))}"
        )
    for key in ("url", "final_url"):
        if key in told and not isinstance(told[key], str):
            raise BrokenRecordingError(f"{folder / 'page.json'}: {key} is no text: {told[key]!r}")
    return told


def _read_json(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BrokenRecordingError(f"{file} is missing") from error
    except ValueError as error:
        raise BrokenRecordingError(f"{file} is no JSON in UTF-8: {error}") from error
    if not isinstance(found, dict):
        raise BrokenRecordingError(f"{file} must hold one JSON object")
    return found


def announced(source: str, feed: str, url: str, said: Mapping[str, str]) -> Announcement:
    """Return the announcement of a page, of which the publisher said this: `published_at`, `title`, `lead`, ….

    Raises:
        ValueError: announcements say no such thing, or a time is none.
    """
    strange = said.keys() - _OF_ANNOUNCEMENT
    if strange:
        raise ValueError(
            f"an announcement says no {', '.join(sorted(strange))}; it may say {', '.join(sorted(_OF_ANNOUNCEMENT))}"
        )
    published_at = moment(said["published_at"]) if "published_at" in said else None
    return Announcement(
        source=source,
        feed=feed,
        url=canonical(said.get("url", url)),
        title=said.get("title"),
        lead=said.get("lead"),
        published_at=published_at,
        time_origin=TimeOrigin(said.get("time_origin", TimeOrigin.FEED)) if published_at else None,
        section=said.get("section"),
        guid=said.get("guid"),
    )


# --- whose address it is


def is_of(source: Source, url: str) -> bool:
    """Tell whether an address stands on one of the sites of a source: of its start page, feeds and listings."""
    own = {registrable(host(address)) for feed in source.feeds for address in (source.home, *_addresses(feed))}
    return registrable(host(url)) in own


def _addresses(feed: Feed) -> tuple[str, ...]:
    return (*feed.rss, feed.listing) if feed.listing else feed.rss


def place_of(source: Source, url: str) -> tuple[str, Holds]:
    """Return the feed of a source that an address belongs to, by name, and what its page holds.

    An edition is known by its host and the beginning of its paths, a channel by its name; where nothing tells editions apart,
    it is the first.
    """
    if source.open_feeds:
        channel = urlsplit(url).path.strip("/").removeprefix("s/").partition("/")[0]
        return channel or source.feeds[0].name, Holds.ARTICLES
    for feed in source.feeds:
        if canonical(url) in map(canonical, feed.rss):
            return feed.name, Holds.FEED
        if feed.listing and re.fullmatch(r"\d+".join(map(re.escape, feed.listing.split("{page}"))), url):
            return feed.name, Holds.LISTING
    return max(source.feeds, key=partial(_nearness, url=url)).name, Holds.ARTICLES


def _nearness(feed: Feed, url: str) -> tuple[bool, int, bool, int]:
    """Return how much an address looks like those of a feed.

    By the host; by the first parts of the path; by the feed's name in it; and the edition that has no part of its own in its
    paths has what none of the others has (`/ukr/…` is one edition's, so all else is the other's).
    """
    own = [canonical(address) for address in _addresses(feed)]
    path, paths = _path(canonical(url)), [_path(address) for address in own]
    same_host = host(canonical(url)) in map(host, own)
    alike = max((_common(path, other) for other in paths), default=0)
    return same_host, alike, feed.name in path, -min(map(len, paths), default=0)


def _path(url: str) -> list[str]:
    return urlsplit(url).path.strip("/").split("/")


def _common(one: Iterable[str], other: Iterable[str]) -> int:
    """Return how many parts two paths begin with alike."""
    alike = [mine == theirs and mine != "" for mine, theirs in zip(one, other, strict=False)]
    return (*alike, False).index(False)


def looks_like_feed(page: Page) -> bool:
    """Tell whether a page is RSS or Atom."""
    return _FEED_START.match(page.text[:2000].lstrip("\ufeff")) is not None


# --- what a source reads from it


def replay(source: Source, recording: Recording) -> tuple[Item, ...]:
    """Return what a source reads from a recorded page, as it does in a run.

    Raises:
        BrokenRecordingError: the source has no such feed, or finds no announcements where they should be.
    """
    try:
        feed = source.feed(recording.announcement.feed)
    except KeyError as error:
        raise BrokenRecordingError(f"{recording.folder / 'page.json'}: {error.args[0]}") from error
    if recording.holds is Holds.ARTICLES:
        return tuple(source.parse(source, recording.page, recording.announcement))
    return _discovered(source, feed, recording)


def _discovered(source: Source, feed: Feed, recording: Recording) -> tuple[Announcement, ...]:
    """Return what the page announces: the first page that the source's own discovery finds when there is no other."""
    page = recording.page
    alone = (
        Feed(feed.name, feed.languages, rss=(page.url,))
        if recording.holds is Holds.FEED
        else Feed(feed.name, feed.languages, listing=page.url)
    )
    walk = source.discover(source, alone, _day_before(page), _only(page), Known())
    try:
        return next(walk).announcements
    except StopIteration as end:
        reason = end.value.failure.detail if end.value.failure else "nothing was found"
        raise BrokenRecordingError(f"{recording.folder}: no {recording.holds}: {reason}") from end


def _day_before(page: Page) -> Window:
    return Window(page.fetched_at - timedelta(days=1), page.fetched_at)


def _only(page: Page) -> Fetch:
    """Return a way of fetching that knows one page."""

    def fetch(url: str) -> Page | Failed:
        return page if url == page.url else Failed(url, Outcome.UNREACHABLE, "is not recorded")

    return fetch


# --- expectations


def described(recording: Recording, items: Iterable[Item]) -> Expectation:
    """Return what was read as an expectation: plain JSON, without what is empty and what the recording says for all."""
    told = {"source": recording.announcement.source, "feed": recording.announcement.feed}
    found = [{key: value for key, value in _as_json(item).items() if told.get(key) != value} for item in items]
    return {"parsed" if recording.holds is Holds.ARTICLES else "announced": found}


def _as_json(value: Any) -> Any:
    """Return a noun of the model as JSON: a dataclass as its fields that are not empty, a block as `[kind, text]`."""
    if isinstance(value, Block):
        return [value.kind.value, value.text]
    if isinstance(value, datetime):
        return value.astimezone(KYIV).isoformat()
    if is_dataclass(value):
        pairs = {each.name: getattr(value, each.name) for each in fields(value) if not _is_empty(each, value)}
        return {_NAMES.get(name, name): _as_json(content) for name, content in pairs.items()}
    if isinstance(value, Mapping):
        return {str(key): _as_json(content) for key, content in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_json(each) for each in value]
    return value.value if isinstance(value, StrEnum) else value


_NAMES = {"outcome": "rejected"}
"""Fields of the model that are called otherwise in an expectation: it tells articles from rejections by it."""


def _is_empty(each: Field[Any], value: Any) -> bool:
    """Tell whether a field says nothing: it is as where nobody set it, or holds nothing."""
    default = each.default_factory() if each.default_factory is not MISSING else each.default
    return getattr(value, each.name) in (default, None, "", ())


def write_expectation(folder: Path, expectation: Expectation) -> Path:
    """Write `expected.json` and return its path."""
    file = folder / EXPECTED
    file.write_text(_written(expectation) + "\n", encoding="utf-8")
    return file


def _written(value: Any, indent: str = "") -> str:
    """Return JSON that is easy to read and to compare: sorted keys, letters as they are, a list of plain values in one line."""
    inner = f"{indent}  "
    if isinstance(value, dict) and value:
        lines = [f"{inner}{json.dumps(key, ensure_ascii=False)}: {_written(value[key], inner)}" for key in sorted(value)]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(each, (dict, list)) for each in value):
        return "[\n" + ",\n".join(f"{inner}{_written(each, inner)}" for each in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)


def read_expectation(folder: Path) -> Expectation | None:
    """Return what was expected; None where it is not written yet.

    Raises:
        BrokenRecordingError: the file is not what it should be.
    """
    file = folder / EXPECTED
    if not file.exists():
        return None
    found = _read_json(file)
    of_items = all(isinstance(items, list) and all(isinstance(item, dict) for item in items) for items in found.values())
    if len(found) != 1 or not found.keys() <= {"parsed", "announced"} or not of_items:
        raise BrokenRecordingError(f"{file} must hold a list of objects, called `parsed` or `announced`")
    return found


def differences(expected: Expectation, found: Expectation) -> list[str]:
    """Return in which fields what was found differs from what was expected, a few lines each; nothing where it does not."""
    (wanted_kind, wanted), (kind, items) = *expected.items(), *found.items()
    if wanted_kind != kind:
        return [f"items {wanted_kind} were expected, and the page gives items {kind}"]
    if len(wanted) == len(items):
        return [line for pair in zip(wanted, items, strict=True) for line in _item_differences(*pair)]
    mine, theirs = _by_name(wanted), _by_name(items)
    pairs = ((mine.get(name, {}), theirs.get(name, {})) for name in dict.fromkeys((*mine, *theirs)))
    counted = f"{len(wanted)} items were expected, {len(items)} found"
    return [counted, *(line for pair in pairs for line in _item_differences(*pair))]


def _by_name(items: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int], Mapping[str, Any]]:
    """Return items by what they are known by, and how often that was there before."""
    found: dict[tuple[str, int], Mapping[str, Any]] = {}
    for item in items:
        name = _name(item)
        found[name, sum(1 for other, _ in found if other == name)] = item
    return found


def _name(item: Mapping[str, Any]) -> str:
    return str(item.get("external_id") or item.get("url"))


def _item_differences(expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    name = _name(expected or found)
    if not expected or not found:
        return [f"{name}: {'was not expected' if found else 'is missing'}"]
    differing = [key for key in sorted(expected.keys() | found.keys()) if expected.get(key) != found.get(key)]
    return [f"{name}: {key}:\n{_contrast(expected.get(key), found.get(key))}" for key in differing]


def _contrast(expected: Any, found: Any) -> str:
    """Return two values of a field below one another, `-` expected and `+` found; of long ones the lines that differ."""
    if not isinstance(expected, list) or not isinstance(found, list):
        shown = ["(none)" if value is None else _written(value, "    ") for value in (expected, found)]
        return f"  - {shown[0]}\n  + {shown[1]}"
    compared = unified_diff(list(map(_written, expected)), list(map(_written, found)), n=0, lineterm="")
    return "\n".join(f"  {line[0]} {line[1:]}" for line in list(compared)[2:] if not line.startswith("@@"))
