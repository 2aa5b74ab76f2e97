"""Censor.net (censor.net): three editions under one host, told apart by the path."""

import re

from newswire.discover import site
from newswire.model import Feed, Politeness, Source
from newswire.parse import article

ARTICLE_PATH = re.compile(r"(?:/(?:ua|ru|en))?/(?:news|photo_?news|video_?news|resonance|events|columns|blogs)/\d{6,}/[^/]+")
"""Both `/ua/news/<id>/<slug>` and `/en/…` have the same number; the slug differs. Until 2021 there was a form without prefix."""

LISTING = "https://censor.net/{edition}/news/all/page/{{page}}/category/0/interval/5/sortby/date"

# Not seen live. Feeds: the Ukrainian one in several programs, the other two in one each. Listing: scrapers of the Ukrainian
# edition, of 2021 and 2023; inferred for the others.
FEEDS = tuple(
    Feed(
        name=language,
        languages=(language,),
        rss=(f"https://assets.censor.net/rss/censor.net/rss_{language}_news.xml",),
        listing=LISTING.format(edition=edition),
    )
    for language, edition in (("uk", "ua"), ("ru", "ru"), ("en", "en"))
)

SOURCE = Source(
    name="censor",
    title="Цензор.НЕТ",
    kind="site",
    feeds=FEEDS,
    discover=site(ARTICLE_PATH),
    parse=article,
    parser_version="1",
    home="https://censor.net/",
    schedule="0 */3 * * *",  # the length of the feed is unknown
    min_daily=80,  # a guess
    politeness=Politeness(pause=3.0),  # a scraper's author notes that it bans who reads its listings fast
)
