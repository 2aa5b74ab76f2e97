"""What a discovery would find: the same walk over feeds, listings or a channel, with nothing written."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial

from newswire import db
from newswire.model import Announcement, Feed, Found, Known, Reached, Source, Window
from newswire.pipeline import Client, failure_line

SAMPLE = 5
"""Addresses that are named: enough to see what kind of pages they are."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a feed announces in a window."""

    feed: str
    announced: int
    """URLs in the window, and those without a time."""
    new: tuple[str, ...]
    """Those of them that no earlier run has entered, newest first."""
    failure: str | None
    """What stopped the walk, in one line; None when nothing did."""

    def lines(self) -> list[str]:
        """Return it for a person."""
        counts = f"{self.feed}: {self.announced} announced in the window, {len(self.new)} of them new"
        stopped = [f"{self.feed}: {self.failure}"] if self.failure else []
        return [counts, *(f"  {url}" for url in self.new[:SAMPLE]), *stopped]


def preview(connection: db.Connection, source: Source, feed: Feed, window: Window, client: Client) -> Preview:
    """Walk as `pipeline.discover` does, and return what would be new. Asks the publisher's listings, writes nothing."""
    walk = source.discover(source, feed, window, partial(client.get, expect="any"), Known())
    announced: dict[str, None] = {}
    reached = _walk(walk, window, announced)
    known = db.rows(connection, "announcements_by_url", source=source.name, urls=sorted(announced))
    connection.rollback()
    entered = {row["url"] for row in known}
    failure = failure_line(reached.failure) if reached.failure else None
    return Preview(feed.name, len(announced), tuple(url for url in announced if url not in entered), failure)


def _walk(walk: Generator[Found, None, Reached], window: Window, announced: dict[str, None]) -> Reached:
    while True:
        try:
            found = next(walk)
        except StopIteration as stop:
            reached: Reached = stop.value
            return reached
        announced.update(dict.fromkeys(one.url for one in found.announcements if _is_inside(one, window)))


def _is_inside(announcement: Announcement, window: Window) -> bool:
    # a page without times is fetched to learn them
    return announcement.published_at is None or window.start <= announcement.published_at < window.end
