"""UNIAN (unian.ua in Ukrainian, unian.net in Russian)."""

import re

from newswire.discover import site
from newswire.model import Feed, Politeness, Source
from newswire.parse import article

ARTICLE_PATH = re.compile(r"/(?:[\w-]+/)+[^/]+-\d{6,}\.html")

SOURCE = Source(
    name="unian",
    title="УНІАН",
    kind="site",
    feeds=(
        # Not seen live. Feeds: calibre's recipes, many programs, a recording of 2020. Listing: one scraper; unian.net inferred.
        # The English feed (news_eng.rss, for unian.info) is left out: a program that watched it in 2026 calls it dead.
        Feed("uk", ("uk",), ("https://rss.unian.net/site/news_ukr.rss",), "https://www.unian.ua/detail/all_news?page={page}"),
        Feed("ru", ("ru",), ("https://rss.unian.net/site/news_rus.rss",), "https://www.unian.net/detail/all_news?page={page}"),
    ),
    discover=site(ARTICLE_PATH),
    parse=article,
    parser_version="1",
    home="https://www.unian.ua/",
    schedule="0 * * * *",  # 50 items reached back 2 hours 16 minutes on a working day of 2020
    min_daily=150,  # the same feed: some 20 an hour at midday, for one edition
    politeness=Politeness(pause=1.0),
)
