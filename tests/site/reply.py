"""What a site answers, before it goes over the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Question:
    """One request, as far as it decides the answer."""

    host: str
    path: str
    query: dict[str, str]
    now: datetime
    attempt: int = 1
    """How many times this very address was asked for, this time included."""


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": HTML})
    changed_at: datetime | None = None
    """For `Last-Modified`; None where the server does not say (and gives no ETag)."""
    pause: float = 0.0
    """Seconds that the server takes to begin."""
    fault: str = ""
    """`truncated`: fewer bytes than declared; `endless`: the body is repeated, chunked, past 12 MiB."""


def page(html: str, status: int = 200, **more: str) -> Reply:
    """Return a reply with a page of text."""
    return Reply(status, html.encode(), {"Content-Type": HTML, **{key.replace("_", "-"): value for key, value in more.items()}})


def redirect(location: str, status: int = 302) -> Reply:
    """Return a reply that sends the client elsewhere."""
    return page(f'<html><body><a href="{location}">Moved</a></body></html>', status, Location=location)
