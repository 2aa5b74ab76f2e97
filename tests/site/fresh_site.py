"""A unn.ua whose news are of the last hours by the real clock: for what looks at today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.site.content import EDITIONS
from tests.site.reply import Reply, page
from tests.site.server import SampleSite

HOURS = 30
"""How far back its feeds reach."""


class FreshSite(SampleSite):
    """Serves three editions that publish evenly, day and night.

    Attributes:
        daily: articles a day of each edition.
        age: how old the newest article is.
        bent: paths that are answered otherwise.
        textless: when True, article pages have lost their text.
    """

    def __init__(self, daily: int = 60) -> None:
        self.daily = daily
        self.age = timedelta(minutes=5)
        self.bent: dict[str, Reply] = {}
        self.textless = False
        self.began_at = datetime.now(UTC).replace(microsecond=0)
        super().__init__()

    def answer(self, host: str, target: str) -> Reply:
        """Answer for unn.ua; other hosts and robots.txt are the sample site's."""
        if host != "unn.ua" or target == "/robots.txt":
            return super().answer(host, target)
        feeds = {f"/rss/news_{edition}.xml": edition for edition in EDITIONS}
        if target in self.bent:
            return self.bent[target]
        if target in feeds:
            return Reply(200, self._feed(feeds[target]).encode(), {"Content-Type": "application/rss+xml; charset=utf-8"})
        return page(self._article(target)) if "-" in target else page("<html><body>404</body></html>", 404)

    def asked(self, part: str) -> list[str]:
        """Return the paths that were asked for, those that hold `part`."""
        return [served.path for served in self.requests if part in served.path]

    def _times(self) -> Iterator[datetime]:
        step = timedelta(hours=24) / self.daily
        newest = self.began_at - self.age
        return (newest - number * step for number in range(int(timedelta(hours=HOURS) / step) + 1))

    def _feed(self, edition: str) -> str:
        items = "".join(
            f"<item><title>Новина {number}</title><link>https://unn.ua{EDITIONS[edition]}/news/novyna-pro-{number}</link>"
            f"<pubDate>{format_datetime(at)}</pubDate></item>"
            for number, at in enumerate(self._times())
        )
        return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>УНН</title>{items}</channel></rss>'

    def _article(self, path: str) -> str:
        number = path.rpartition("-")[2]
        line = f"<p>Новина номер {number} розповідає про те, що сталося сьогодні в місті, і чому це важливо для мешканців.</p>"
        body = "" if self.textless else line * 5
        return (
            f'<html><head><meta charset="utf-8"/></head><body><h1 class="newsTitle__a1">Новина {number}</h1>'
            f'<div class="single-news-card_body__a1">{body}</div></body></html>'
        )
