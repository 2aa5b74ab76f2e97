"""Ukrinform (ukrinform.ua), the national news agency: three of its editions, each on a domain of its own."""

import re

from newswire import house
from newswire.discover import site
from newswire.model import Feed, Politeness, Source

ARTICLE_PATH = re.compile(r"/rubric-[\w-]+/\d+-[^/]+\.html")

# Not seen live. The feeds stand in calibre's recipes and many programs; the Ukrainian `?page=` in two scrapers, the other two
# are inferred from it. A check of September 2026 reports that no page links to the feeds any more: where they are gone, the
# listings carry the day.
FEEDS = tuple(
    Feed(language, (language,), (f"https://{host}/rss/block-lastnews",), f"https://{host}/block-lastnews?page={{page}}")
    for language, host in (("uk", "www.ukrinform.ua"), ("ru", "www.ukrinform.ru"), ("en", "www.ukrinform.net"))
)

SOURCE = Source(
    name="ukrinform",
    title="Укрінформ",
    kind="site",
    feeds=FEEDS,
    discover=site(ARTICLE_PATH),
    parse=house.without(authors=("Ukrinform", "Укрінформ", "Укринформ")),  # a Person in its JSON-LD,
    parser_version="1",
    home="https://www.ukrinform.ua/",
    schedule="0 */3 * * *",  # the length of the feed is unknown
    min_daily=100,  # numbers in addresses rose by some 340 a day in 2026, for ten editions
    politeness=Politeness(pause=1.0),
)
