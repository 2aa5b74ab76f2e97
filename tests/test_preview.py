"""The preview of a discovery: what it tells is what a discovery then enters, and it writes nothing."""

from __future__ import annotations

from datetime import datetime

import pytest

from newswire import db, fetch, pipeline, sources
from newswire.model import Window
from newswire.preview import SAMPLE, Preview, preview
from tests.killing import fetching
from tests.site.content import KYIV
from tests.site.server import SampleSite

WINDOW = Window(datetime(2026, 2, 16, tzinfo=KYIV), datetime(2026, 2, 21, tzinfo=KYIV))


def previewed(connection: db.Connection, site: SampleSite, name: str, feed: str, window: Window = WINDOW) -> Preview:
    source = sources.load(name)
    with fetch.Client(fetching(site.url), source.politeness) as client:
        return preview(connection, source, source.feed(feed), window, client)


def discover(connection: db.Connection, site: SampleSite, name: str, feed: str) -> None:
    source = sources.load(name)
    with fetch.Client(fetching(site.url), source.politeness) as client:
        pipeline.discover(connection, source, source.feed(feed), WINDOW, client)


def urls(connection: db.Connection) -> set[str]:
    inside = "published_at is null or published_at >= '2026-02-16T00:00+02' and published_at < '2026-02-21T00:00+02'"
    return {row["url"] for row in db.select(connection, f"select url from raw.announcement where {inside}")}


def written(connection: db.Connection) -> int:
    tables = ("raw.page", "raw.announcement", "raw.validator", "core.coverage", "core.run")
    return sum(db.select(connection, f"select count(*) from {table}")[0]["count"] for table in tables)


@pytest.mark.parametrize(("name", "feed"), [("unn", "en"), ("telegram", "nw_sample_live")])
def test_it_tells_what_a_discovery_then_enters_and_writes_nothing(
    connection: db.Connection, site: SampleSite, name: str, feed: str
) -> None:
    first = previewed(connection, site, name, feed)
    assert written(connection) == 0
    discover(connection, site, name, feed)
    assert set(first.new) == urls(connection)
    assert first.announced == len(first.new) > SAMPLE
    again = previewed(connection, site, name, feed)
    assert (again.announced, again.new, again.failure) == (first.announced, (), None)


def test_what_lies_outside_the_window_is_not_counted(connection: db.Connection, site: SampleSite) -> None:
    day = Window(datetime(2026, 2, 18, tzinfo=KYIV), datetime(2026, 2, 19, tzinfo=KYIV))
    whole, part = (previewed(connection, site, "telegram", "nw_sample_live", window) for window in (WINDOW, day))
    assert 0 < part.announced < whole.announced
    assert set(part.new) < set(whole.new)


def test_a_site_that_does_not_answer_is_told_in_one_line(connection: db.Connection, site: SampleSite) -> None:
    site.soft_ban = True
    found = previewed(connection, site, "telegram", "nw_sample_live")
    assert found.new == ()
    assert found.lines()[0] == "nw_sample_live: 0 announced in the window, 0 of them new"
    assert found.lines()[1].startswith("nw_sample_live: soft_ban at https://t.me/")


def test_a_few_addresses_are_named_and_not_all() -> None:
    many = tuple(f"https://unn.ua/news/{number}" for number in range(50))
    assert Preview("uk", 60, many, None).lines() == [
        "uk: 60 announced in the window, 50 of them new",
        *(f"  {url}" for url in many[:SAMPLE]),
    ]
