"""TSN (tsn.ua), the news of the channel 1+1: two editions under one host, told apart by the path."""

import re

from newswire.discover import site
from newswire.model import Feed, Politeness, Source
from newswire.parse import article

ARTICLE_PATH = re.compile(r"/(?:[\w-]+/)+[^/]+-\d{6,}\.html")
"""`/ukrayina/<slug>-<id>.html`, `/ru/svit/<slug>-<id>.html`."""

SOURCE = Source(
    name="tsn",
    title="ТСН",
    kind="site",
    feeds=(
        # Not seen live. Ukrainian feed and listing: many programs; the feed calls itself "all news of the last day". Russian
        # feed: one program; its listing is inferred.
        Feed("uk", ("uk",), ("https://tsn.ua/rss/full.rss",), "https://tsn.ua/news/page-{page}"),
        Feed("ru", ("ru",), ("https://tsn.ua/ru/rss/full.rss",), "https://tsn.ua/ru/news/page-{page}"),
    ),
    discover=site(ARTICLE_PATH),
    parse=article,
    parser_version="1",
    home="https://tsn.ua/",
    schedule="0 */6 * * *",
    min_daily=50,  # numbers in addresses rose by some 106 a day from December 2024 to July 2026
    politeness=Politeness(pause=1.0),
)
