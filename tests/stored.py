"""Articles put into a database without a site."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from newswire import db, quality, store
from newswire.model import Announcement, Article, Page, TimeOrigin


def keep(connection: db.Connection, *articles: Article) -> None:
    """Store articles as the pipeline does; one that is stored already is changed."""
    now = datetime.now(UTC)
    with db.transaction(connection):
        for article in articles:
            page = Page(article.url, article.url, 200, b"x", now)
            page = replace(page, page_id=store.save_page(connection, article.source, page, 1))
            announced = Announcement(article.source, article.feed, article.url)
            entered = store.save_announcements(connection, [announced], page_id=page.page_id, now=now, visit=False)
            number, _ = entered[article.url]
            channel = article.time_origin is TimeOrigin.POST
            hashes, read = store.hashes(article, channel=channel), quality.assess(article, channel=channel)
            parsed = store.Parsed(article, number, is_own=True, page=page, parser_version="unn/1", hashes=hashes, quality=read)
            store.save_articles(connection, article.source, [parsed], run_id=1)
