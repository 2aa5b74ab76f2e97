"""RBC-Ukraine (rbc.ua): two editions under one host, told apart by the path."""

import re

from newswire import house
from newswire.discover import site
from newswire.model import Feed, Politeness, Source

ARTICLE_PATH = re.compile(r"/(?:ukr|rus)/[\w-]+/[^/]+-\d{10}\.html")
"""The number counts seconds since 1970, as a time of publication does."""

INVITATION = r"(?:Термінові та важливі повідомлення|Срочные и важные сообщения) .*Telegram\.?"

SOURCE = Source(
    name="rbc",
    title="РБК-Україна",
    kind="site",
    feeds=(
        # Not seen live. Feeds: calibre's recipes and many programs. Listing: one scraper asks for /rus/allnews/1 and 2, the
        # Ukrainian one is inferred. Headlines under /rus/ have been Ukrainian at times since 2022.
        Feed("uk", ("uk",), ("https://www.rbc.ua/static/rss/all.ukr.rss.xml",), "https://www.rbc.ua/ukr/allnews/{page}"),
        Feed("ru", ("ru", "uk"), ("https://www.rbc.ua/static/rss/all.rus.rss.xml",), "https://www.rbc.ua/rus/allnews/{page}"),
    ),
    discover=site(ARTICLE_PATH),
    parse=house.without(lines=INVITATION),
    parser_version="1",
    home="https://www.rbc.ua/",
    schedule="0 */3 * * *",  # the length of the feed is unknown
    min_daily=100,  # a guess: half of what UNIAN brings
    politeness=Politeness(pause=1.0),
)
