"""Nouns into rows and back: pages, announcements, articles with their revisions, readings and entities. Everything set-based."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg2.extras import Json

from newswire import db, text, tombstones
from newswire.entities import Entities, entities
from newswire.model import Announcement, Article, Block, BlockKind, Failed, Link, Outcome, Page, TimeOrigin
from newswire.quality import Quality

REVISIT_AGES = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
"""Ages at which an article is asked for again: a news text is edited mostly in its first hours (facts: peers)."""

MOST_TRIES = 12
"""Failed visits in a row before an announcement is left alone: with doubled pauses, about a month."""

FEW_TRIES = 3
"""The same for what the publisher says is gone: it comes back seldom."""


@dataclass(frozen=True, slots=True)
class Entered:
    """An announcement in the ledger."""

    announcement_id: int
    announcement: Announcement
    etag: str | None = None
    last_modified: str | None = None


def save_page(connection: db.Connection, source: str, page: Page, run_id: int) -> int:
    """Keep the bytes of a page; return its key. A page that was kept before keeps the key that it has."""
    if page.page_id is not None:
        return page.page_id
    saved = db.row(
        connection,
        "save_page",
        fetched_at=page.fetched_at,
        source=source,
        url=page.url,
        final_url=page.final_url,
        redirects=list(page.redirects),
        status=page.status,
        headers=Json(dict(page.headers)),
        encoding=page.encoding,
        body=page.body,
        peer=page.peer,
        cut=page.cut,
        run_id=run_id,
    )
    assert saved is not None  # the statement returns the row that it inserts
    return int(saved["page_id"])


def load_page(row: Mapping[str, Any], *, unchanged: bool = False) -> Page:
    """Return the page of a row of raw.page."""
    return Page(
        url=row["url"],
        final_url=row["final_url"],
        status=row["status"],
        body=bytes(row["body"]),
        fetched_at=row["fetched_at"],
        redirects=tuple(row["redirects"]),
        headers=row["headers"],
        encoding=row["encoding"],
        peer=row["peer"],
        page_id=row["page_id"],
        unchanged=unchanged,
        cut=row["cut"],
    )


def load_announcement(row: Mapping[str, Any]) -> Announcement:
    """Return the announcement of a row of raw.announcement."""
    origin = row["time_origin"]
    return Announcement(
        source=row["source"],
        feed=row["feed"],
        url=row["url"],
        title=row["title"],
        lead=row["lead"],
        published_at=row["published_at"],
        time_origin=TimeOrigin(origin) if origin else None,
        section=row["section"],
        guid=row["guid"],
    )


def save_announcements(
    connection: db.Connection, announcements: Iterable[Announcement], *, page_id: int, now: datetime, visit: bool
) -> dict[str, tuple[int, bool]]:
    """Enter announcements of one source into the ledger; return for each URL its number and whether it is new.

    `visit` says that each is to be fetched; False where its page has come with the announcement. What was taken down is not
    entered again, and is missing from what is returned.
    """
    every = list(announcements)
    buried = tombstones.forgotten(connection, every[0].source, [one.url for one in every]) if every else set()
    table = {
        one.url: (
            one.source, one.feed, one.url, one.title, one.lead, one.published_at, one.time_origin, one.section, one.guid,
            now, now, page_id, now if visit else None,
        )
        for one in every
        if one.url not in buried
    }  # fmt: skip
    # in the order of their keys, so that two runs that meet wait for one another instead of for ever
    found = db.run_values(connection, "save_announcements", [table[url] for url in sorted(table)])
    return {url: (number, new) for number, url, new in found}


def save_visit(connection: db.Connection, numbers: Sequence[int], page: Page, *, source: str, feed: str) -> None:
    """Record that a kept page came for these announcements, and queue it to be made into articles."""
    db.run(
        connection,
        "visited",
        announcements=list(numbers),
        page_id=page.page_id,
        page_fetched_at=page.fetched_at,
        etag=page.headers.get("etag"),
        last_modified=page.headers.get("last-modified"),
        visited_at=page.fetched_at,
        ages=list(REVISIT_AGES),
    )
    db.run(
        connection,
        "enqueue_page",
        page_id=page.page_id,
        page_fetched_at=page.fetched_at,
        source=source,
        feed=feed,
        announcements=list(numbers),
    )


def save_unchanged(connection: db.Connection, number: int, visited_at: datetime) -> None:
    """Record a visit that found the page as it was (304)."""
    db.run(
        connection,
        "visited",
        announcements=[number],
        page_id=None,
        page_fetched_at=None,
        etag=None,
        last_modified=None,
        visited_at=visited_at,
        ages=list(REVISIT_AGES),
    )


def save_miss(
    connection: db.Connection, numbers: Sequence[int], failed: Failed, *, page_id: int | None, visited_at: datetime
) -> None:
    """Record a visit that failed for these announcements, and when to try again; an article that is gone is marked as removed."""
    db.run(
        connection,
        "missed",
        announcements=list(numbers),
        outcome=failed.outcome,
        detail=failed.detail,
        visited_at=visited_at,
        page_id=page_id,
        page_fetched_at=failed.page.fetched_at if failed.page else None,
        most_tries=_most_tries(failed.outcome),
        retry_after=failed.retry_after or 0.0,
    )
    if failed.outcome is Outcome.GONE:
        db.run(connection, "removed", announcements=list(numbers), removed_at=visited_at)


def _most_tries(outcome: Outcome) -> int:
    if outcome in RETRY_OFTEN:
        return MOST_TRIES
    return FEW_TRIES if outcome in RETRY_SELDOM else 0


RETRY_OFTEN = frozenset(
    {Outcome.REFUSED, Outcome.THROTTLED, Outcome.SERVER_ERROR, Outcome.UNREACHABLE, Outcome.TRUNCATED, Outcome.ROBOTS}
)
"""What may be different on a later day."""

RETRY_SELDOM = frozenset({Outcome.GONE, Outcome.TOO_LARGE, Outcome.NOT_HTML, Outcome.FORBIDDEN_ADDRESS})
"""What hardly ever is."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """An article as one page gave it, ready to be stored."""

    article: Article
    announcement_id: int
    is_own: bool
    """The announcement named the article's own address, not one that leads to it."""
    page: Page
    parser_version: str
    hashes: Hashes
    quality: Quality


@dataclass(frozen=True, slots=True)
class Hashes:
    """What tells a changed article from an unchanged one."""

    content: bytes
    """Of what a reader reads: a change makes a revision."""
    record: bytes
    """Of all other stable fields: a change updates the row."""
    text: bytes | None
    """Of the normalised body, for exact duplicates; None without words."""
    words: int


def hashes(article: Article, *, channel: bool) -> Hashes:
    """Return the hashes of an article. `channel`: media addresses expire and are no part of any hash."""
    normalised = text.normalised(article.text)
    content = text.digest(
        article.title,
        article.lead,
        article.text,
        json.dumps([block.kind for block in article.body]),
        json.dumps([[media.kind, media.title] for media in article.media], ensure_ascii=False),
    )
    stable: dict[str, Any] = {
        "url": article.url,
        "dateline": article.dateline,
        "published_at": article.published_at.timestamp(),
        "time_origin": article.time_origin,
        "modified_at": article.modified_at and article.modified_at.timestamp(),
        "authors": article.authors,
        "section": article.section,
        "tags": article.tags,
        "image_url": None if channel else article.image_url,
        "links": [asdict(link) for link in article.links],
        "editions": dict(article.editions),
        "cited_source": article.cited_source,
        "forwarded_from": article.forwarded_from,
        "reply_to": article.reply_to,
        "edited": article.edited,
        "language": article.language,
        "is_mixed": article.is_mixed,
    }
    record = text.digest(json.dumps(stable, ensure_ascii=False, sort_keys=True))
    return Hashes(content, record, text.digest(normalised) if normalised else None, len(normalised.split()))


def save_articles(connection: db.Connection, source: str, batch: Sequence[Parsed], *, run_id: int) -> dict[int, Outcome]:
    """Store a batch of one source's articles, and return the outcome of each announcement.

    One look-up a turn of what is stored, then only new and changed rows are written (measured: 34,000 unchanged rows a second
    against 3,700 when each is offered to the database; facts: peers). A change of content keeps the former text as a
    revision; moved counters make a reading. A page that is older than the one which made the row changes nothing.
    The caller holds the transaction.
    """
    db.run(connection, "lock_source", source=source)
    outcomes = dict.fromkeys((one.announcement_id for one in batch), Outcome.REDIRECTED)
    for turn in _turns(batch):
        for number, outcome in _save_turn(connection, source, turn, run_id).items():
            if outcome is not Outcome.UNCHANGED or outcomes.get(number) is not Outcome.OK:
                outcomes[number] = outcome
    return outcomes


def _turns(batch: Sequence[Parsed]) -> list[dict[str, Parsed]]:
    """Return the batch by external_id in turns, older pages first: each page may have replaced what the one before said.

    Where an article's own address was fetched, pages of addresses that only lead to it are left out.
    """
    pages: dict[str, list[Parsed]] = {}
    for one in sorted(batch, key=lambda one: one.page.fetched_at):
        pages.setdefault(one.article.external_id, []).append(one)
    chosen = {key: [one for one in found if one.is_own] or found for key, found in sorted(pages.items())}
    longest = max(map(len, chosen.values()), default=0)
    return [{key: found[turn] for key, found in chosen.items() if turn < len(found)} for turn in range(longest)]


def _save_turn(connection: db.Connection, source: str, turn: Mapping[str, Parsed], run_id: int) -> dict[int, Outcome]:
    stored = {row["external_id"]: row for row in db.rows(connection, "article_states", source=source, external_ids=list(turn))}
    fresh = [one for key, one in turn.items() if not _is_older(one, stored.get(key)) and not _only_leads_to(one, stored.get(key))]
    changed = [one for one in fresh if _differs(one, stored.get(one.article.external_id))]
    _keep_revisions(connection, changed, stored)
    written = dict(db.run_values(connection, "save_articles", [_article_row(one, run_id) for one in changed]))
    _keep_entities(connection, changed, written)
    _confirm(connection, fresh, changed, stored)
    numbers = {key: row["article_id"] for key, row in stored.items()} | written
    _keep_readings(connection, fresh, stored, numbers)
    return _outcomes(turn, stored, set(written)) | _hand_over(connection, turn, stored)


def _keep_entities(connection: db.Connection, changed: Sequence[Parsed], written: Mapping[str, int]) -> None:
    articles = {one.article.external_id: one.article for one in changed}
    save_entities(connection, {number: entities(articles[key]) for key, number in written.items()})


def load_article(row: Mapping[str, Any]) -> Article:
    """Return the article of a row, as far as its entities are read from it (`due_entities`)."""
    return Article(
        source=row["source"],
        feed=row["feed"],
        external_id=row["external_id"],
        url=row["url"],
        title=row["title"],
        lead=row["lead"],
        body=tuple(Block(BlockKind.PARAGRAPH, line) for line in row["body"].split("\n")),
        published_at=row["published_at"],
        time_origin=TimeOrigin(row["time_origin"]),
        tags=tuple(row["tags"]),
        links=tuple(Link(**link) for link in row["links"]),
        forwarded_from=row["forwarded_from"],
        cited_source=row["cited_source"],
    )


def save_entities(connection: db.Connection, found: Mapping[int, Entities]) -> None:
    """Replace what some articles (by their numbers) name; rows that are there already are left untouched."""
    if not found:
        return
    tables = {
        "keep_hashtags": [_entity(number, hashtag=one) for number, all_of in found.items() for one in all_of.hashtags],
        "keep_mentions": [_entity(number, name=one) for number, all_of in found.items() for one in all_of.mentions],
        "keep_links": [_entity(number, **asdict(one)) for number, all_of in found.items() for one in all_of.links],
        "keep_forwards": [_entity(number, **asdict(all_of.forward)) for number, all_of in found.items() if all_of.forward],
        "keep_citations": [_entity(number, **asdict(all_of.citation)) for number, all_of in found.items() if all_of.citation],
    }
    for name, rows in tables.items():
        db.run(connection, name, articles=list(found), found=Json(rows))


def _entity(number: int, **values: Any) -> dict[str, Any]:
    return {"article_id": number, **values}


def _hand_over(
    connection: db.Connection, turn: Mapping[str, Parsed], stored: Mapping[str, Mapping[str, Any]]
) -> dict[int, Outcome]:
    """Give articles to the announcements of their own addresses, where one that only leads there had come first."""
    misled = [row for key, row in stored.items() if turn[key].is_own and row["announcement_id"] != turn[key].announcement_id]
    table = [(row["article_id"], turn[row["external_id"]].announcement_id) for row in misled]
    db.run_values(connection, "hand_over_articles", table)
    return {row["announcement_id"]: Outcome.REDIRECTED for row in misled}


def _is_older(one: Parsed, row: Mapping[str, Any] | None) -> bool:
    return row is not None and one.page.fetched_at < row["page_fetched_at"]


def _only_leads_to(one: Parsed, row: Mapping[str, Any] | None) -> bool:
    """Tell the page of an address that leads to an article which another announcement brought.

    What was announced there (a time, a section) would change the article back and forth.
    """
    return row is not None and not one.is_own and one.announcement_id != row["announcement_id"]


def _differs(one: Parsed, row: Mapping[str, Any] | None) -> bool:
    return row is None or (bytes(row["content_hash"]), bytes(row["record_hash"])) != (one.hashes.content, one.hashes.record)


def _keep_revisions(connection: db.Connection, changed: Sequence[Parsed], stored: Mapping[str, Mapping[str, Any]]) -> None:
    table = []
    for one in changed:
        row = stored.get(one.article.external_id)
        if row is not None and bytes(row["content_hash"]) != one.hashes.content:
            same_page = row["page_id"] == one.page.page_id
            table.append((row["article_id"], one.page.fetched_at, "parser" if same_page else "publisher"))
    db.run_values(connection, "save_revisions", table)


def _confirm(
    connection: db.Connection, fresh: Sequence[Parsed], changed: Sequence[Parsed], stored: Mapping[str, Mapping[str, Any]]
) -> None:
    written = {one.article.external_id for one in changed}
    table = []
    for one in fresh:
        row = stored.get(one.article.external_id)
        if row is None or one.article.external_id in written:
            continue
        if row["removed_at"] is not None or (row["parser_version"], row["quality"]) != (one.parser_version, one.quality.score):
            table.append((row["article_id"], one.parser_version, *_how_read(one)))
    db.run_values(connection, "confirm_articles", table)


def _how_read(one: Parsed) -> tuple[Any, ...]:
    return (one.quality.method, _json(dict(one.article.found_by)), list(one.quality.missing), one.quality.score)


def _keep_readings(
    connection: db.Connection, fresh: Sequence[Parsed], stored: Mapping[str, Mapping[str, Any]], numbers: Mapping[str, int]
) -> None:
    readings, counters = [], []
    for one in fresh:
        article = one.article
        row = stored.get(article.external_id)
        number = numbers[article.external_id]
        counted = article.views is not None or bool(article.reactions)
        moved = row is None or (row["views"], row["reactions"]) != (article.views, dict(article.reactions))
        if counted and moved:
            readings.append((number, one.page.fetched_at, article.views, Json(dict(article.reactions))))
        if row is not None and counted and (moved or row["media"] != _media(article)):
            counters.append((number, article.views, _json(dict(article.reactions)), _json(_media(article))))
    db.run_values(connection, "save_readings", readings)
    db.run_values(connection, "refresh_counters", counters)


def _outcomes(turn: Mapping[str, Parsed], stored: Mapping[str, Mapping[str, Any]], written: set[str]) -> dict[int, Outcome]:
    outcomes = {}
    for key, one in turn.items():
        owns = one.is_own or key not in stored or stored[key]["announcement_id"] == one.announcement_id
        saved = Outcome.OK if key in written else Outcome.UNCHANGED
        outcomes[one.announcement_id] = saved if owns else Outcome.REDIRECTED
    return outcomes


def _article_row(one: Parsed, run_id: int) -> tuple[Any, ...]:
    article, page = one.article, one.page
    return (
        article.source, article.feed, article.external_id, article.url, article.title, article.lead, article.text,
        _kinds(article), one.hashes.words, article.dateline, article.published_at, article.time_origin,
        article.modified_at, list(article.authors), article.section, list(article.tags), article.image_url,
        Json(_media(article)), Json([asdict(link) for link in article.links]), Json(dict(article.editions)),
        article.cited_source, article.language, article.language_confidence, article.views,
        Json(dict(article.reactions)), article.forwarded_from, article.reply_to, article.edited, page.fetched_at,
        page.fetched_at, one.announcement_id, page.page_id, page.fetched_at, one.parser_version, run_id,
        one.hashes.content, one.hashes.record, one.hashes.text, article.is_mixed, *_how_read(one),
    )  # fmt: skip


def _kinds(article: Article) -> list[str] | None:
    kinds = [block.kind.value for block in article.body]
    return None if all(kind == BlockKind.PARAGRAPH for kind in kinds) else kinds


def _media(article: Article) -> list[dict[str, Any]]:
    return [
        {"kind": media.kind, "url": media.url, "title": media.title, "details": dict(media.details)} for media in article.media
    ]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
