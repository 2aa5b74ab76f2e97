"""What is wrong with a source, and what a person should do: judged from mart.source_health and mart.feed_health. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from newswire.model import Outcome, Source

LATE_RUN = timedelta(hours=26)
"""The rarest schedule is daily; a run may take two hours."""

BELOW_USUAL = 0.5
"""Of the usual number: weekdays, holidays and the hour make half of it common, less is not."""

FEWEST_USUAL = 6
"""Below that the usual number says little: half of four is two."""

WAITING_PAGES = timedelta(hours=1)
"""A page becomes an article within minutes of its fetch."""

FEW_VISITS = 10
"""Fewer visits make no share."""

MANY_ERRORS, MANY_TROUBLES, MANY_UNREADABLE = 0.05, 0.2, 0.3
"""Shares of a day's visits from which a person is needed: pages that break our parser, that the site does not give, that hold no
article. The first is a bug, the second may be a bad hour, and of the third each site has some."""

SILENT, SILENT_BUSY = timedelta(days=2), timedelta(days=1)
"""Without anything new, an edition or channel that announces one thing a day as a rule is amiss, and one that announces ten."""

FEWEST_DAILY, BUSY_DAILY = 1, 10

REFUSALS = (Outcome.REFUSED, Outcome.SOFT_BAN, Outcome.THROTTLED)
OUTAGES = (Outcome.UNREACHABLE, Outcome.SERVER_ERROR, Outcome.TRUNCATED)
ENDED = (Outcome.NO_CHANNEL, Outcome.PREVIEW_OFF)
"""What no later run mends: somebody must change the source's file."""
UNREADABLE = (Outcome.NO_TEXT, Outcome.NO_TITLE, Outcome.NO_DATE, Outcome.NOT_ARTICLE)


class Level(IntEnum):
    """How much a person is needed."""

    GOOD = 0
    LOOK = 1
    """When there is time."""
    ACT = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    code: str
    """What it is: `finding_CODE` in the catalogue says it, and `do_CODE` what to do."""
    level: Level
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the sentences name."""


NEVER_RAN = Finding("never_ran", Level.GOOD)
"""Not every source that is there is wanted."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A source with its figures and what is wrong with it."""

    name: str
    row: Mapping[str, Any]
    """The row of mart.source_health; empty before the first run."""
    source: Source | None
    """None when its file is gone and its rows are still there."""
    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level:
        """The worst of its findings."""
        return max((finding.level for finding in self.findings), default=Level.GOOD)


def judge(name: str, row: Mapping[str, Any], feeds: Sequence[Mapping[str, Any]], source: Source | None, now: datetime) -> Judged:
    """Return what is wrong with one source and its editions or channels (rows of mart.feed_health), the worst first."""
    found = _findings(row, feeds, source, now) if row else iter([NEVER_RAN])
    return Judged(name, row, source, tuple(sorted(found, key=lambda finding: -finding.level)))


def _findings(
    row: Mapping[str, Any], feeds: Sequence[Mapping[str, Any]], source: Source | None, now: datetime
) -> Iterator[Finding]:
    if source is None:
        return  # nobody expects anything of it any more
    yield from _of_runs(row, now)
    yield from _of_volume(row, source)
    yield from _of_outcomes(row)
    yield from _of_gaps(row, now)
    asked = [feed for feed in feeds if now - feed["asked_at"] <= LATE_RUN]  # a channel that was asked once is not waited for
    yield from _of_failed(asked, now)
    yield from _of_silent(asked, source, now)


def _of_runs(row: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    if row["run_started_at"] is None:
        yield NEVER_RAN
        return
    if row["run_state"] == "failed":
        yield Finding("run_failed", Level.ACT, {"error": row["run_error"] or "?"})
    if now - row["run_started_at"] > LATE_RUN:
        yield Finding("run_late", Level.ACT, {"hours": int((now - row["run_started_at"]) / timedelta(hours=1))})
    if row["unread"] and now - row["unread_since"] > WAITING_PAGES:
        yield Finding("unread", Level.ACT, {"pages": row["unread"]})


def _of_volume(row: Mapping[str, Any], source: Source) -> Iterator[Finding]:
    came, usual = row["articles_24h"], row["usual_24h"]
    expected = source.min_daily if usual is None else usual
    values = {"articles": came, "usual": round(expected)}
    if not came and expected >= 1:
        yield Finding("silent", Level.ACT, values)
    elif usual is not None and usual >= FEWEST_USUAL and came < usual * BELOW_USUAL:
        yield Finding("below_usual", Level.ACT, values)
    elif usual is None and came < source.min_daily:
        yield Finding("below_usual", Level.LOOK, values)


def _of_outcomes(row: Mapping[str, Any]) -> Iterator[Finding]:
    outcomes, visits = row["outcomes_24h"], row["visits_24h"] or 0
    errors = outcomes.get(Outcome.ERROR, 0)
    if errors:
        level = Level.ACT if errors > visits * MANY_ERRORS else Level.LOOK
        yield Finding("parser_errors", level, {"pages": errors, "outcome": Outcome.ERROR})
    for code, kinds, share in (
        ("refused", REFUSALS, MANY_TROUBLES), ("outage", OUTAGES, MANY_TROUBLES), ("unreadable", UNREADABLE, MANY_UNREADABLE),
    ):  # fmt: skip
        counts = {kind: outcomes.get(kind, 0) for kind in kinds}
        if visits >= FEW_VISITS and sum(counts.values()) > visits * share:
            most = max(counts, key=lambda kind: counts[kind])
            yield Finding(code, Level.ACT, {"pages": sum(counts.values()), "visits": visits, "outcome": most})


def _of_gaps(row: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    if row["gaps"]:
        # the next run reaches back over a day by itself
        level = Level.ACT if row["gap_from"] < now - LATE_RUN else Level.LOOK
        hours = max(1, round(row["unseen"] / timedelta(hours=1)))
        reason = f" ({row['gap_reason']})" if row["gap_reason"] else ""
        yield Finding("gap", level, {"hours": hours, "feeds": ", ".join(row["gap_feeds"]), "reason": reason})


def _of_failed(feeds: Sequence[Mapping[str, Any]], now: datetime) -> Iterator[Finding]:
    ended = [feed for feed in feeds if feed["failure"] in ENDED]
    if ended:
        yield Finding("feed_ended", Level.ACT, {"feeds": _named(ended)})
    failed = [feed for feed in feeds if feed["failure"] and feed not in ended]
    if failed:
        lasting = any(feed["reached_at"] is None or now - feed["reached_at"] > LATE_RUN for feed in failed)
        yield Finding("feed_failed", Level.ACT if lasting else Level.LOOK, {"feeds": _named(failed)})


def _named(feeds: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{feed['feed']} ({feed['failure_detail'] or feed['failure']})" for feed in feeds)


def _of_silent(feeds: Sequence[Mapping[str, Any]], source: Source, now: datetime) -> Iterator[Finding]:
    silent = [feed for feed in feeds if not feed["failure"] and _is_silent(feed, now)]
    if silent:
        # a channel may rest, an edition of a site does not
        code, level = ("channel_silent", Level.LOOK) if source.kind == "channel" else ("feed_silent", Level.ACT)
        yield Finding(code, level, {"feeds": ", ".join(f"{feed['feed']} ({(now - feed['newest_at']).days})" for feed in silent)})


def _is_silent(feed: Mapping[str, Any], now: datetime) -> bool:
    if feed["newest_at"] is None or feed["usual_daily"] < FEWEST_DAILY:
        return False
    return bool(now - feed["newest_at"] > (SILENT_BUSY if feed["usual_daily"] >= BUSY_DAILY else SILENT))
