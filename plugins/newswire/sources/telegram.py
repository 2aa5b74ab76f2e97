"""Telegram channels, read through their public web preview. A channel is one line."""

from newswire import telegram
from newswire.model import Feed, Politeness, Source

# Names as they stand in public programs; not verified live.
CHANNELS = (
    Feed("V_Zelenskiy_official", ("uk",)),
    Feed("ukrpravda_news", ("uk",)),
    Feed("suspilnenews", ("uk",)),
    Feed("uniannet", ("uk",)),
    Feed("hromadske_ua", ("uk",)),
    Feed("truexanewsua", ("uk",)),
    Feed("insiderUKR", ("uk",)),
    Feed("operativnoZSU", ("uk",)),
    Feed("GeneralStaffZSU", ("uk",)),
    Feed("kpszsu", ("uk",)),
    Feed("DeepStateUA", ("uk",)),
    Feed("air_alert_ua", ("uk",)),
    Feed("KyivIndependent_official", ("en",)),
)

SOURCE = Source(
    name="telegram",
    title="Telegram",
    kind="channel",
    feeds=CHANNELS,
    discover=telegram.discover,
    parse=telegram.parse,
    visits=telegram.visits,
    parser_version="1",
    home="https://t.me/",
    open_feeds=True,
    canary="durov",  # the founder's own channel
    politeness=Politeness(pause=1.0),  # 3,034 pages of one channel were read at 0.5 to 1 s without a refusal
    min_daily=100,  # one busy channel alone posts as much in an hour
)
