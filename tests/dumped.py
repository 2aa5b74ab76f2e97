"""All that two ways to the same rows must agree on, read out of a database to be compared."""

from __future__ import annotations

from collections import Counter
from typing import Any

from newswire import db

DUMPS = {
    "announcements": """
        select announcement.source, feed, announcement.url, title, lead, published_at, time_origin, section, guid, outcome,
            outcome_detail, visited_at is null, tries, next_visit_at is null, etag, last_modified, page.url, page.body_sha256
        from raw.announcement
        left join raw.page on page.page_id = announcement.page_id and page.fetched_at = announcement.page_fetched_at""",
    "articles": """
        select article.source, article.feed, external_id, article.url, article.title, article.lead, article.body, body_kinds,
            word_count, dateline, article.published_at, article.time_origin, modified_at, authors, article.section, tags,
            image_url, media::text, links::text, editions::text, cited_source, language, language_confidence, views,
            reactions::text, forwarded_from, reply_to, edited, revision, removed_at is null, announcement.url, page.body_sha256,
            parser_version, content_hash, record_hash, text_hash, judged
        from core.article
        join raw.announcement on announcement.announcement_id = article.announcement_id
        join raw.page on page.page_id = article.page_id and page.fetched_at = article.page_fetched_at""",
    "revisions": """
        select external_id, former.revision, former.title, former.lead, former.body, former.body_kinds, former.modified_at,
            cause, former.parser_version
        from core.article_revision as former join core.article on article.article_id = former.article_id""",
    "readings": """
        select external_id, reading.views, reading.reactions::text
        from core.article_reading as reading join core.article on article.article_id = reading.article_id""",
    "duplicates": """
        select copy.external_id, original.external_id, kind, similarity, reason
        from core.duplicate
        join core.article as copy on copy.article_id = duplicate.article_id
        join core.article as original on original.article_id = original_id""",
    "coverage": "select distinct source, feed, asked_from, asked_to, reached_from, reached_to, failure from core.coverage",
    "queue": """
        select distinct page.url, page.body_sha256,
            (select array_agg(url order by url) from raw.announcement where announcement_id = any(announcements))
        from raw.unparsed join raw.page on page.page_id = unparsed.page_id""",
    "pages": "select distinct source, url, final_url, redirects, status, encoding, body_sha256 from raw.page",
    "validators": "select url, etag, last_modified from raw.validator",
}
"""What two runs must agree on. Left out: numbers that a sequence gives, and the moments at which something was seen; `distinct`
stands where an honest second run adds a row (a page that was fetched, but not stored, before the kill is fetched again)."""


def table(connection: db.Connection, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection, connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return [tuple(_plain(value) for value in row) for row in cursor.fetchall()] if cursor.description else []


def _plain(value: Any) -> Any:
    return bytes(value).hex() if isinstance(value, memoryview) else value


def dump(connection: db.Connection, *names: str) -> dict[str, list[str]]:
    return {name: sorted(map(repr, table(connection, DUMPS[name]))) for name in names or DUMPS}


def dump_of(url: str, *names: str) -> dict[str, list[str]]:
    connection = db.connect(url)
    try:
        return dump(connection, *names)
    finally:
        connection.close()


def assert_same(found: dict[str, list[str]], expected: dict[str, list[str]]) -> None:
    """Fail with what one of two dumps has more than the other."""
    differing = [name for name in expected if found[name] != expected[name]]
    more = {name: sorted((Counter(found[name]) - Counter(expected[name])).elements()) for name in differing}
    less = {name: sorted((Counter(expected[name]) - Counter(found[name])).elements()) for name in differing}
    assert (more, less) == ({}, {})
