"""NV (nv.ua, The New Voice of Ukraine): two editions under one host, the English one on a host of its own."""

import re

from newswire import house
from newswire.discover import site
from newswire.model import Feed, Politeness, Source

ARTICLE_PATH = re.compile(r"/(?:[\w-]+/)+[^/]+-\d{6,}\.html")

INVITATION = r"(?:Приєднуйтесь до нас|Присоединяйтесь к нам) .*"

SOURCE = Source(
    name="nv",
    title="NV",
    kind="site",
    feeds=(
        # Not seen live. Feeds: calibre's recipes and many programs. Listing: two scrapers of the Ukrainian edition; inferred for
        # the Russian one, unknown for the English.
        Feed("uk", ("uk",), ("https://nv.ua/ukr/rss/all.xml",), "https://nv.ua/ukr/allnews.html?page={page}"),
        Feed("ru", ("ru",), ("https://nv.ua/rss/all.xml",), "https://nv.ua/allnews.html?page={page}"),
        Feed("en", ("en",), ("https://english.nv.ua/rss/all_english.xml",)),
    ),
    discover=site(ARTICLE_PATH),
    parse=house.without(lines=INVITATION),
    parser_version="1",
    home="https://nv.ua/",
    schedule="0 */3 * * *",  # the length of the feed is unknown
    min_daily=100,  # a guess
    politeness=Politeness(pause=1.0),
)
