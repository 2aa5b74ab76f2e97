"""The verb deduplicate: which stored articles are copies of which, and which tell one event; and `explain`, which says why.

Set-based: one statement finds the candidates of a batch, one all that hangs together with it. What was found alike is kept
(core.similar), so that verdicts are made anew of it whenever an article changes, goes, or a fuller one comes.

The order and the batches in which articles come make no difference to a verdict, but in three cases: a footer is known only once
five posts have it; the more articles have a passage by then, the less it makes a candidate, and beyond `NEWEST` it leads to the
newest of them; and copies are followed through others within `CHAIN_SPAN` of what is judged.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from newswire import db, duplicates, ledger, similarity, story_ledger
from newswire.duplicates import Candidate, Edge
from newswire.pipeline import Report
from newswire.similarity import Comparison, Match, Prepared

ARTICLES_A_JUDGEMENT = 1000
"""Articles whose verdicts are reached in one transaction: some thirty megabytes of texts with their candidates."""

WINDOW_DAYS = 30
"""Between the publication of a text and of its copy (facts: 96.5 to 99.7 % of copies come within a week)."""

NEWEST = 50
"""Articles that a hash leads to, and candidates of one article: what everybody writes leads to nobody (facts: duplicates)."""

POSTS_FOR_FOOTERS = 60
"""Newest articles of a feed in which its footer lines are looked for: the labelled channels have as many on average."""

CHAIN_SPAN = timedelta(days=WINDOW_DAYS)
"""Around the articles that are judged: what only resembles them through others is judged again within it."""

FIRST_DAY = date(2000, 1, 1)
"""The days of sketches are counted from here: two bytes each, up to 2089."""

LAST_DAY = date(2089, 8, 31)
EARLIEST_DAY = date(1910, 5, 1)
"""Between these, in whole months, two bytes hold a day. A publisher's time beyond is counted as the nearest: it is wrong in any
case, and must not stop the verdicts on all others."""

ALONE = f"no other text published within {WINDOW_DAYS} days has enough passages of three words in common with it to be compared"
"""Said of an article without candidates."""

EDITION = "it is the same article in another language: one story, and no copy"
"""Said of a candidate that is an edition."""


Footers = dict[tuple[str, str], frozenset[str]]
"""Footer lines of feeds, by source and feed."""


def deduplicate(connection: db.Connection, *, caller: str = "shell") -> Report:
    """Reach the duplicate verdicts that are due, and again those of all that hangs together with them; then tell the stories."""
    footers: Footers = {}
    with ledger.run(connection, "deduplicate", caller=caller) as run:
        for step in (partial(_judge_due, footers=footers), story_ledger.tell_stories):
            while True:
                with db.transaction(connection):
                    db.run(connection, "lock_verdicts")
                    db.row(connection, "plan_judgement")
                    counts = step(connection)
                if not counts:
                    break
                run.counts.update(counts)
        return Report(run.run_id, dict(run.counts))


def _judge_due(connection: db.Connection, *, footers: Footers) -> dict[str, int]:
    """Judge the next articles whose verdict is due; return counts, empty where none was."""
    due = db.rows(connection, "due_verdicts", limit=ARTICLES_A_JUDGEMENT)
    return _judge(connection, due, footers) if due else {}


def _judge(connection: db.Connection, due: Sequence[Mapping[str, Any]], footers: Footers) -> dict[str, int]:
    """Judge some articles, and return counts by what was found."""
    times = [row["published_at"] for row in due]
    numbers = [row["article_id"] for row in due]
    # what matched the former texts is judged again too
    former = db.rows(connection, "drop_similar", articles=numbers)
    judgements = _compare(connection, due, footers)
    linked = _linked(connection, {*numbers, *chain.from_iterable(row.values() for row in former)}, (min(times), max(times)))
    judged = sorted(linked)
    rows = db.rows(connection, "article_keys", articles=judged)
    candidates = [Candidate(**{**row, "editions": frozenset(row["editions"])}) for row in rows]
    found = duplicates.verdicts(candidates, _edges(connection, judged))
    db.run(connection, "drop_verdicts", judged=judged, copies=[one.article_id for one in found])
    table = [(one.article_id, one.original_id, one.kind, one.similarity, one.reason) for one in found]
    db.run_values(connection, "save_verdicts", table)
    story_ledger.verdicts_changed(connection, judged)
    db.run_values(connection, "mark_judged", [(number, judgements.get(number)) for number in numbers])
    kinds = [f"copies_{one.kind}" for one in found]
    return {"judged": len(numbers), **{kind: kinds.count(kind) for kind in sorted(set(kinds))}}


def _linked(connection: db.Connection, numbers: Iterable[int], span: tuple[datetime, datetime]) -> set[int]:
    """Return these articles and all that hang together with them, those that only resemble one another around a span of time."""
    known = set(numbers)
    asked = sorted(known)
    while asked:
        found = db.rows(
            connection,
            "linked_articles",
            articles=asked,
            known=sorted(known),
            short_words=duplicates.SHORT_WORDS,
            short_span=duplicates.SHORT_SPAN,
            since=span[0],
            till=span[1],
            around=CHAIN_SPAN,
        )
        asked = [row["article_id"] for row in found]
        known.update(asked)
    return known


def _edges(connection: db.Connection, numbers: Sequence[int]) -> Iterator[Edge]:
    for row in db.rows(connection, "similar_pairs", articles=list(numbers)):
        match = Match(row["kind"], row["similarity"], row["confidence"], row["reason"])
        yield Edge(row["article_id"], row["other_id"], match)


# --- similar texts


@dataclass(slots=True)
class _Texts:
    """Texts made ready to be compared, read from the database as they are asked for."""

    connection: db.Connection
    rows: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    footers: Footers = field(default_factory=dict)
    """Those that are known already; the others are learned."""
    prepared: dict[int, Prepared] = field(default_factory=dict)

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Make these articles ready; the footers of their feeds are learned once."""
        new = {row["article_id"]: row for row in rows}
        self._learn({(row["source"], row["feed"]) for row in new.values()} - self.footers.keys())
        self.rows |= new
        for number, row in new.items():
            footer = self.footers[row["source"], row["feed"]]
            self.prepared[number] = similarity.prepare(row["body"], title=row["title"], lead=row["lead"], footer=footer)

    def read(self, numbers: Iterable[int]) -> None:
        """Read and make ready those of these articles that are not yet."""
        missing = sorted(set(numbers) - self.rows.keys())
        if missing:
            self.add(db.rows(self.connection, "article_texts", articles=missing))

    def _learn(self, feeds: Iterable[tuple[str, str]]) -> None:
        feeds = sorted(feeds)
        if not feeds:
            return
        lines: defaultdict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
        found = db.rows(
            self.connection,
            "repeated_lines",
            sources=[source for source, _ in feeds],
            feeds=[feed for _, feed in feeds],
            newest=POSTS_FOR_FOOTERS,
            longest=similarity.FOOTER_LENGTH,
        )
        for row in found:
            lines[feeds[row["place"] - 1]].append((row["line"], row["times"]))
        self.footers |= {key: similarity.footers(lines[key]) for key in feeds}

    def day(self, number: int) -> date:
        """Return the UTC day of an article's publication, or the nearest that a sketch can have."""
        published_at: datetime = self.rows[number]["published_at"]
        return min(max(published_at.astimezone(UTC).date(), EARLIEST_DAY), LAST_DAY)

    def hours(self, a: int, b: int) -> float:
        """Return how many hours lie between two articles."""
        between: timedelta = self.rows[a]["published_at"] - self.rows[b]["published_at"]
        return abs(between.total_seconds()) / 3600

    def are_same(self, a: int, b: int) -> bool:
        """Tell two texts that are copies by their hash, whatever is found alike."""
        one, other = self.rows[a], self.rows[b]
        is_long = one["word_count"] >= duplicates.SHORT_WORDS
        return is_long and one["text_hash"] == other["text_hash"] and not self.are_editions(a, b)

    def are_editions(self, a: int, b: int) -> bool:
        """Tell one article in two languages, which is never a copy."""
        one, other = self.rows[a], self.rows[b]
        return duplicates.are_editions(one["url"], one["editions"], other["url"], other["editions"])

    def match(self, a: int, b: int) -> Match | None:
        """Return how one is a copy of the other, or None."""
        if self.are_editions(a, b):
            return None
        return similarity.judge(self.prepared[a], self.prepared[b], self.hours(a, b))

    def refusal(self, a: int, b: int) -> str:
        """Return why one is no copy of the other."""
        return EDITION if self.are_editions(a, b) else similarity.refusal(self.comparison(a, b))

    def comparison(self, a: int, b: int) -> Comparison:
        """Return how the two stand to each other."""
        return similarity.compare(self.prepared[a], self.prepared[b], self.hours(a, b))


def _compare(connection: db.Connection, due: Sequence[Mapping[str, Any]], footers: Footers) -> dict[int, str]:
    """Compare articles with their candidates and keep the matches; return what is to be said of the nearest that is none."""
    texts = _Texts(connection, footers=footers)
    texts.add(due)
    candidates = _candidates(texts, [row["article_id"] for row in due], keep=True)
    pairs = {_pair(number, other) for number, others in candidates.items() for other in others}
    same = {pair for pair in pairs if texts.are_same(*pair)}
    matches = {pair: match for pair in sorted(pairs - same) if (match := texts.match(*pair))}
    table = [(*pair, match.kind, match.similarity, match.confidence, match.reason) for pair, match in matches.items()]
    db.run_values(connection, "save_similar", table)
    copies = same | matches.keys()
    refused = {number: [one for one in others if _pair(number, one) not in copies] for number, others in candidates.items()}
    return {
        number: _judgement(texts, number, refused[number])
        for number, others in candidates.items()
        if refused[number] or not others
    }


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _candidates(texts: _Texts, numbers: Sequence[int], *, keep: bool) -> dict[int, list[int]]:
    """Return for each of these articles those that share passages with it, read, the likeliest first; `keep` their sketches."""
    connection = texts.connection
    sketches = [Sketched(number, texts.day(number), similarity.sketch(texts.prepared[number])) for number in numbers]
    if keep:
        save_sketches(connection, sketches, former=[number for number in numbers if texts.rows[number]["sketched"]])
    found: dict[int, list[int]] = {number: [] for number in numbers}
    for row in db.rows(
        connection,
        "sketch_candidates",
        **_columns(sketches),
        window_days=WINDOW_DAYS,
        newest=NEWEST,
        few=similarity.FEW_HASHES,
        least_likeness=similarity.LEAST_LIKENESS,
    ):
        found[row["article_id"]].append(row["other_id"])
    texts.read(chain.from_iterable(found.values()))
    # the hashes of an article that was taken away stand until their month is dropped
    return {number: [other for other in others if other in texts.rows] for number, others in found.items()}


class Sketched(NamedTuple):
    """The sketch of an article."""

    article_id: int
    day: date
    """UTC day of its publication."""
    hashes: tuple[int, ...]

    @property
    def day_number(self) -> int:
        """The day as the table has it."""
        return (self.day - FIRST_DAY).days


def save_sketches(connection: db.Connection, sketches: Iterable[Sketched], *, former: Collection[int] = ()) -> None:
    """Enter sketches, so that later articles find these. The caller is the only writer.

    Of the articles in `former` hashes may be there already, and stay.
    """
    table, known = [one for one in sketches if one.hashes], frozenset(former)
    db.row(connection, "ensure_sketch_partitions", days=sorted({one.day for one in table}))
    kept = _kept(connection, [one for one in table if one.article_id in known])
    new = [
        (value, f"{value}\t{end}")
        for one in table
        for end in [f"{one.day_number}\t{len(one.hashes)}\t{one.article_id}\n"]
        for value in one.hashes
        if (one.article_id, value) not in kept
    ]
    # in the order of the index, so that each of its pages is visited once
    lines = "".join([line for _, line in sorted(new)])
    with connection.cursor() as cursor:
        cursor.copy_expert(db.query("save_sketches"), io.StringIO(lines))


def _kept(connection: db.Connection, sketches: Sequence[Sketched]) -> set[tuple[int, int]]:
    """Return article and hash of what is entered of these sketches."""
    found = db.rows(connection, "kept_sketches", **_columns(sketches)) if sketches else []
    return {(row["article_id"], row["hash"]) for row in found}


def _columns(sketches: Sequence[Sketched]) -> dict[str, list[Any]]:
    """Return sketches as arrays; the hashes of each as text, for one statement carries twenty thousand of them."""
    return {
        "articles": [one.article_id for one in sketches],
        "days": [one.day_number for one in sketches],
        "sizes": [len(one.hashes) for one in sketches],
        "sketches": [f"{{{','.join(map(str, one.hashes))}}}" for one in sketches],
    }


def _judgement(texts: _Texts, number: int, refused: Sequence[int]) -> str:
    """Return why the nearest candidate is no copy."""
    if not refused:
        return ALONE
    return f"no copy of article {refused[0]}: {texts.refusal(number, refused[0])}"


# --- explain


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A candidate of an article, and what was made of it."""

    article_id: int
    url: str
    published_at: datetime
    comparison: Comparison
    match: Match | None
    """None: no copy."""
    reason: str
    """Why it is a copy, or why it is none."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an article is or is not a copy."""

    verdict: Mapping[str, Any]
    """Row of `explain.sql`: the article, and its verdict as it stands (`original_id` is None for an original)."""
    neighbours: tuple[Neighbour, ...]
    """Its candidates, the likeliest first."""


def explain(connection: db.Connection, article_id: int) -> Explanation:
    """Return why an article is or is not a copy of its nearest candidates, by its text as it stands now. Writes nothing.

    Raises:
        KeyError: there is no such article.
    """
    verdict = db.row(connection, "explain", article_id=article_id)
    if verdict is None:
        raise KeyError(f"no article {article_id}")
    db.row(connection, "plan_judgement")
    texts = _Texts(connection)
    texts.read([article_id])
    others = _candidates(texts, [article_id], keep=False)[article_id]
    neighbours = [_neighbour(texts, article_id, other) for other in others]
    return Explanation(verdict, tuple(sorted(neighbours, key=lambda one: (one.match is None, -one.comparison.words))))


def _neighbour(texts: _Texts, number: int, other: int) -> Neighbour:
    row, match = texts.rows[other], texts.match(number, other)
    reason = match.reason if match else texts.refusal(number, other)
    return Neighbour(other, row["url"], row["published_at"], texts.comparison(number, other), match, reason)
