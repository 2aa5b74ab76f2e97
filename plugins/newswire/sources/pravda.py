"""Ukrainska Pravda (pravda.com.ua): three editions, and the sister sites of the house, whose items stand in the same feeds."""

import re

from newswire import house
from newswire.discover import site
from newswire.model import Feed, Politeness, Source

ARTICLE_PATH = re.compile(r"/(?:(?:rus|eng)/)?[a-z_-]+/(?:\d{4}/\d\d?/\d\d?/\d+|[^/]+-\d{5,})")
"""`/rus/news/2020/09/29/7268111`, in which only the prefix is the edition's, and sister sites' newer `/finances/<slug>-<id>`."""

# Not seen live; in calibre's recipes and many programs. News and articles are asked for apart: 20 items of everything reached
# back 83 minutes on a working day of 2020. No listing: /news/ and the sitemap answered 403 to a check of September 2026.
EDITIONS = tuple(
    Feed(language, (language,), tuple(f"https://www.pravda.com.ua/{prefix}rss/{kind}/" for kind in ("view_news", "view_pubs")))
    for language, prefix in (("uk", ""), ("ru", "rus/"), ("en", "eng/"))
)
# Items of a sister site are kept because one of these feeds stands on it; those of others (Champion, Mezha) are left out.
SISTERS = (
    Feed("life", ("uk",), ("https://life.pravda.com.ua/rss/",)),
    Feed("economy", ("uk",), ("https://epravda.com.ua/rss/",)),
    Feed("europe", ("uk",), ("https://www.eurointegration.com.ua/rss/",)),
)

SOURCE = Source(
    name="pravda",
    title="Українська правда",
    kind="site",
    feeds=(*EDITIONS, *SISTERS),
    discover=site(ARTICLE_PATH),
    parse=house.without(lines=r"[^.]{3,80}, УП\.?"),  # who signs below the text is named above it
    parser_version="1",
    home="https://www.pravda.com.ua/",
    schedule="0 * * * *",  # without a listing, what leaves the feed between two runs is lost
    min_daily=150,  # numbers in addresses rose by 150 a day in August 2026; an edition shares them with the others
    politeness=Politeness(pause=1.0),
)
