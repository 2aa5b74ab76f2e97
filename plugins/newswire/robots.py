"""robots.txt as RFC 9309 reads it: fetched once for each origin, remembered as long as the client lives."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from newswire.model import Failed, Outcome, Page

MAX_BYTES = 500 * 1024
"""What is read of a robots.txt; RFC 9309 asks for at least this much."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin's robots.txt asks of us."""

    protego: Protego
    closed: Failed | None = None
    """Why it could not be read, so that nothing may be fetched; None when it was read, or there is none."""

    def refusal(self, url: str, robot: str) -> str | None:
        """Return why the robot of this name may not fetch `url`; None when it may."""
        if self.closed:
            return f"robots.txt could not be read, so the host is left alone in this run: {self.closed.detail}"
        return None if self.protego.can_fetch(url, robot) else "robots.txt disallows it"

    def crawl_delay(self, robot: str) -> float:
        """Return the seconds that are asked for between two requests; 0 when none are."""
        return self.protego.crawl_delay(robot) or 0.0


class Robots:
    """The rules of all origins that a client met. Threads may share it: each file is fetched by one of them."""

    def __init__(self, fetch: Callable[[str], Page | Failed]) -> None:
        self._fetch = fetch
        self._rules: dict[str, Rules] = {}
        self._locks: dict[str, threading.Lock] = {}

    def of(self, url: str) -> Rules:
        """Return the rules of the origin that an absolute `url` belongs to, fetched where they are not known yet."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._locks.setdefault(origin, threading.Lock()):
            if origin not in self._rules:
                self._rules[origin] = rules_in(self._fetch(f"{origin}/robots.txt"))
            return self._rules[origin]


def rules_in(answer: Page | Failed) -> Rules:
    """Return the rules that the answer to a request for robots.txt makes.

    No such file (4xx, or a redirect that leads nowhere) allows everything; no answer (5xx, network) allows nothing.
    """
    page = answer if isinstance(answer, Page) else answer.page
    if isinstance(answer, Page) or answer.outcome is Outcome.TOO_LARGE:
        return Rules(Protego.parse(page.text if page else ""))
    if page and 300 <= page.status < 500 and answer.outcome is not Outcome.FORBIDDEN_ADDRESS:  # noqa: PLR2004 - HTTP's classes
        return Rules(Protego())
    return Rules(Protego(), closed=answer)
