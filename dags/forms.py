"""The forms with which people start runs: their fields, and what of them does not go together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import Param

from newswire.model import Feed, Source
from wiring import WINDOW_PARAMS, asked_window

CHANNEL = re.compile(
    r"(?:(?:https?://)?(?:www\.)?(?:t|telegram)\.me/(?:s/)?|@)?([A-Za-z][A-Za-z0-9_]{3,63})(?:/\d+)?/?(?:\?.*)?", re.IGNORECASE
)
"""A name as people write it, or a link to the channel or its posts. Telegram's own rule is 5 to 32; some old names are of 4."""

LONGEST_DAYS = 93
"""A quarter: Airflow maps a task 1,024 times at the most (`max_map_length`), each fetches fifty pages, and the busiest source
announces some 450 a day."""


def choice(
    names: Sequence[str], title: str, description: str = "", *, chosen: Sequence[str] = (), is_open: bool = False
) -> Param:
    """Return a field in which several names may be chosen; `is_open`: others may be given too, by whoever does without the form.

    Airflow's form shows a multi-select only where a field has `examples`, and sends null when the last name is taken away.
    """
    allowed: dict[str, Any] = {} if is_open else {"items": {"type": "string", "enum": list(names)}}
    return Param(
        list(chosen), type=["null", "array"], examples=list(names), title=title, description=description or None, **allowed
    )  # fmt: skip


def ingest_params(source: Source) -> dict[str, Param]:
    """Return the form of a publisher's Dag."""
    names, kind = [feed.name for feed in source.feeds], "Channels" if source.kind == "channel" else "Editions"
    others = Param(
        None, type=["null", "string"], title="Other channels",
        description="Any public ones, beside those above, with spaces between: durov, @durov or https://t.me/durov.",
    )  # fmt: skip
    return {
        **WINDOW_PARAMS,
        "feeds": choice(names, kind, "By default all of them.", chosen=names, is_open=source.open_feeds),
        **({"others": others} if source.open_feeds else {}),
        "dry_run": Param(
            default=False, type="boolean", title="Dry run",
            description="Only ask feeds and listings; the logs tell what is new and due. Nothing is fetched or written.",
        ),
        "limit": Param(
            None, type=["null", "integer"], minimum=1, title="Limit", section="Seldom needed",
            description="Pages to fetch at the most; the rest stays due for the next run.",
        ),
        "refetch": Param(
            default=False, type="boolean", title="Fetch again", section="Seldom needed",
            description="Every page of the window, due or not; needs From.",
        ),
    }  # fmt: skip


def asked_feeds(context: Mapping[str, Any], source: Source) -> list[Feed]:
    """Return the editions or channels that a publisher's form names.

    Raises:
        ValueError: what the form asks for does not go together; the message is a sentence for whoever filled it in.
        KeyError: it names an edition that the source does not have.
    """
    params = context["params"]
    names = [*(params["feeds"] or []), *map(_channel, re.split(r"[\s,;]+", (params.get("others") or "").strip(" ,;\n")))]
    feeds = {feed.name.casefold(): feed for feed in (source.feed(name) for name in names if name)}
    if not feeds:
        raise ValueError(f"nothing is chosen: choose at least one of {', '.join(feed.name for feed in source.feeds)}")
    if params["refetch"] and not params["start"]:
        raise ValueError("'Fetch again' needs From: without it every page that was ever announced would be asked for again")
    asked, now = asked_window(context), pendulum.now("UTC")
    if asked and asked.start >= now:
        raise ValueError(f"From is still to come: {asked.start:%Y-%m-%d %H:%M %Z}")
    if asked and asked.end - asked.start > timedelta(days=LONGEST_DAYS):
        raise ValueError(
            f"the window is {(asked.end - asked.start).days} days long, and one run takes {LONGEST_DAYS} at the most:"
            " choose a part of it (From and To), or Backfill, which makes a run a day"
        )
    return list(feeds.values())


def _channel(written: str) -> str:
    found = CHANNEL.fullmatch(written)
    if written and not found:
        raise ValueError(f"{written!r} is no channel's name or link: write durov, @durov or https://t.me/durov")
    return found[1] if found else ""
