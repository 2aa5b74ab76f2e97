"""Interfax-Ukraine (interfax.com.ua): three editions, each on a host of its own."""

import re

from newswire.discover import site
from newswire.model import Feed, Politeness, Source
from newswire.parse import article

ARTICLE_PATH = re.compile(r"/news/[\w-]+/\d+\.html")

# Not seen live. The feeds stand in calibre's recipes and many programs; `latest-<number>.html` in one scraper of 2021, for the
# Ukrainian edition (then at ua.interfax.com.ua): the other two are inferred.
FEEDS = tuple(
    Feed(language, (language,), (f"https://{host}/news/last.rss",), f"https://{host}/news/latest-{{page}}.html")
    for language, host in (("uk", "interfax.com.ua"), ("ru", "ru.interfax.com.ua"), ("en", "en.interfax.com.ua"))
)

SOURCE = Source(
    name="interfax",
    title="Інтерфакс-Україна",
    kind="site",
    feeds=FEEDS,
    discover=site(ARTICLE_PATH),
    parse=article,
    parser_version="1",
    home="https://interfax.com.ua/",
    schedule="0 */3 * * *",  # the length of the feed is unknown
    min_daily=100,  # numbers in addresses rose by some 270 a day in July 2026, for all editions
    politeness=Politeness(pause=1.0),
)
