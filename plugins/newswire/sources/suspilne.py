"""Suspilne (suspilne.media), the public broadcaster: national news and those of its regional newsrooms, in Ukrainian."""

import re

from newswire.discover import site
from newswire.model import Feed, Politeness, Source
from newswire.parse import article

ARTICLE_PATH = re.compile(r"/(?:[a-z-]+/)?\d{5,}-[^/]+")
"""`/<id>-<slug>`, of a region or a section `/kyiv/<id>-<slug>`."""

SOURCE = Source(
    name="suspilne",
    title="Суспільне",
    kind="site",
    feeds=(
        # Not seen live. A check of September 2026 reports 200 items in the feed, and `?page=` of the listing.
        Feed("uk", ("uk",), ("https://suspilne.media/rss/all.rss",), "https://suspilne.media/latest/?page={page}"),
    ),
    discover=site(ARTICLE_PATH),
    parse=article,
    parser_version="1",
    home="https://suspilne.media/",
    schedule="0 */3 * * *",
    min_daily=150,  # numbers in addresses rose by some 760 a day in August 2026, not all of them articles
    politeness=Politeness(pause=1.0),
)
