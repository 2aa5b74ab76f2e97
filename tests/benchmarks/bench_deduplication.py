"""How long 1,000 new articles take to be judged, by how many are stored; beside datasketch and rensa.

    python -m tests.benchmarks.bench_deduplication [--stored 10000 100000] [--repeats 5] [--hostile] [--no-peers]

Starts a PostgreSQL of its own with the project's settings, on disk, and fills it with made-up news of 90 days (`made_up_news.py`)
through the library: real texts, real sketches. `--stored 1000000` takes half an hour and 8 GB of disk. What is measured is the
verb itself without its stories (`bench_stories.py`), from texts stored as due to verdicts stored; each repetition brings other
new articles, whose copies are known. `--hostile` adds what hurts most: floods of one alert, one text a thousand times, a passage
that all articles have, a text of 8,000 words, all articles in one day.

The peers work in memory, on word 5-grams, and forget all when they end. They run on the Python beside the project's own that
`make bench` installs them for; one that is not installed is named as absent.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, wraps
from itertools import islice, permutations
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import numpy as np

from newswire import db, deduplication, duplicates, similarity, story_ledger, text
from newswire.deduplication import Sketched
from newswire.local.postgres import Cluster
from tests.benchmarks import made_up_news as news
from tests.benchmarks.made_up_news import Story

NEW = 1000
DAYS = 90
END = datetime(2026, 3, 1, tzinfo=UTC)
"""When the new articles come; the stored ones are spread evenly over the days before."""

COPIED_DAYS = 30
LATER = timedelta(hours=1)
"""New articles copy what was published in so many last days, an hour later than that: a short text is a copy within 36 hours."""

NEAR, EXCERPTS, STORED_COPIES, COPIES = 30, 40, 45, 50
"""Of 100 new articles those before the first place are near copies, those before the second excerpts, then exact copies, then
copies of others in the batch."""

STRIDE = 7919
"""Between the articles that are copied one after the other: a prime, so that none comes twice."""

BUILDERS = 2
CHUNK = 2000
"""Articles that a builder makes at a time."""

BATCH = 1000
AFTER_CHECKPOINT = 10
"""Batches behind a checkpoint whose insertion is measured apart: each page is logged whole when it is touched first."""

PEER_PERMUTATIONS = 128
PEER_THRESHOLD = 0.4
PEER_GRAM = 5
"""What served datasketch and rensa best on the labelled texts (facts: duplicates)."""

COLUMNS = (
    "article_id, source, feed, external_id, url, title, body, word_count, published_at, time_origin, language,"
    " language_confidence, first_seen_at, updated_at, announcement_id, page_id, page_fetched_at, parser_version, run_id,"
    " content_hash, record_hash, text_hash, judged"
)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


# --- stored articles


class Chunk(NamedTuple):
    """Articles made ready by a builder."""

    copy: str
    """Lines for COPY."""
    sketches: list[Sketched]
    copies: list[tuple[int, int]]


def build(numbers: range, total: int, days: float) -> Chunk:
    """Make stored articles with their sketches."""
    lines, sketches, copies = [], [], []
    for number in numbers:
        story, at = news.stored(number), published_at(number, total, days)
        lines.append(line(number + 1, story, at, judged=True))
        prepared = similarity.prepare(story.body, title=story.title, footer=footer(story.feed))
        sketches.append(Sketched(number + 1, at.date(), similarity.sketch(prepared)))
        source = news.copied(number)
        copies += [(source + 1, number + 1)] if source is not None and source < number else []
    return Chunk("".join(lines), sketches, copies)


@cache
def footer(feed: int) -> frozenset[str]:
    return similarity.footers([(news.tongue().footers[feed], similarity.FOOTER_POSTS)])


def line(article_id: int, story: Story, at: datetime, *, judged: bool) -> str:
    """Return an article as a line of COPY."""
    is_post = bool(story.feed % 2)
    hashed = f"\\\\x{text.digest(story.body).hex()}"
    values = (
        article_id, "telegram" if is_post else f"site{story.feed}", f"feed{story.feed}", f"{story.feed}/{article_id}",
        f"https://site{story.feed}.example/{article_id}", story.title or "\\N", story.body.replace("\n", "\\n"),
        len(story.body.split()), at, "post" if is_post else "feed", "uk", 1, at, at, 1, 1, at, "made/1", 1, hashed, hashed,
        hashed, judged,
    )  # fmt: skip
    return "\t".join(map(str, values)) + "\n"


def chunks(total: int, days: float) -> Iterator[Chunk]:
    """Yield all stored articles, made by several processes that stay a little ahead."""
    with ProcessPoolExecutor(BUILDERS, mp_context=multiprocessing.get_context("spawn")) as pool:
        asked = (pool.submit(build, range(at, min(at + CHUNK, total)), total, days) for at in range(0, total, CHUNK))
        ahead = deque(islice(asked, 2 * BUILDERS))
        while ahead:
            done = ahead.popleft().result()
            ahead.extend(islice(asked, 1))
            yield done


class Inserted(NamedTuple):
    """What it cost to insert the sketches of a batch."""

    articles: int
    seconds: float
    cpu: float
    """Seconds of processor, of this process and of the server's."""
    wal: int


def fill(connection: db.Connection, total: int, days: float) -> tuple[list[Inserted], list[Inserted]]:
    """Store so many articles; return what inserting their sketches cost, and the same of the batches behind a checkpoint."""
    execute(
        connection,
        "insert into raw.announcement (source, feed, url, first_seen_at, last_seen_at) values ('', '', '', now(), now())",
    )
    batches: list[Inserted] = []
    place = 0
    for chunk in chunks(total, days):
        copy(connection, chunk.copy)
        keep_copies(connection, chunk.copies)
        for start in range(0, len(chunk.sketches), BATCH):
            if len(batches) == total * 9 // (10 * BATCH):
                execute(connection, "checkpoint")
                place = len(batches)
            batches.append(insert(connection, chunk.sketches[start : start + BATCH]))
    execute(connection, "select setval(pg_get_serial_sequence('core.article', 'article_id'), max(article_id)) from core.article")
    execute(connection, "vacuum analyze")
    return batches, batches[place : place + AFTER_CHECKPOINT]


def execute(connection: db.Connection, statement: str) -> None:
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.autocommit = False


def copy(connection: db.Connection, lines: str) -> None:
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.copy_expert(f"copy core.article ({COLUMNS}) from stdin", io.StringIO(lines))


def keep_copies(connection: db.Connection, copies: Sequence[tuple[int, int]]) -> None:
    """Store what the verb would have found of these pairs."""
    with db.transaction(connection):
        db.run_values(connection, "save_similar", [(*pair, "near", 0.9, 0.9, "nearly the same text") for pair in copies])
        table = [(copied, original, "near", 0.9, "nearly the same text") for original, copied in copies]
        db.run_values(connection, "save_verdicts", table)


def insert(connection: db.Connection, sketches: Sequence[Sketched]) -> Inserted:
    before, cpu, started = wal(connection), processor(connection), time.perf_counter()
    with db.transaction(connection):
        deduplication.save_sketches(connection, sketches)
    spent = time.perf_counter() - started
    return Inserted(len(sketches), spent, processor(connection) - cpu, wal(connection) - before)


def processor(connection: db.Connection) -> float:
    """Return the seconds of processor that this process and the server's process behind the connection have had."""
    fields = Path(f"/proc/{connection.info.backend_pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wal(connection: db.Connection) -> int:
    """Return the bytes that the server has logged so far."""
    (row,) = db.select(connection, "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes")
    connection.rollback()
    return int(row["bytes"])


def cost(batches: Sequence[Inserted]) -> str:
    articles, seconds, cpu, logged = (sum(column) for column in zip(*batches, strict=True))
    rates = f"{articles / seconds:,.0f}/s ({articles / cpu:,.0f} a second of processor)"
    return f"{rates}, {logged / articles / 1000:.1f} kB WAL each"


# --- new articles


class Coming(NamedTuple):
    """New articles, and which of them copies what (numbers of articles)."""

    lines: str
    first: int
    """The number of the first is one more."""
    copies: dict[int, int]
    stories: list[Story]


def coming(total: int, days: float, first: int) -> Coming:
    """Make 1,000 new articles, the first under this number: of 100, 30 are near copies of stored ones, 10 excerpts, 5 exact
    copies, 5 copies of new ones; the others are new.
    """
    stories, copies, lines = [], {}, []
    for place in range(NEW):
        number, kind = first + place, place % 100
        source = number if kind >= COPIES else number + COPIES if kind >= STORED_COPIES else old(total, days, number)
        stories.append(news_story(number, source, kind))
        lines.append(line(number + 1, stories[-1], published_at(source, total, days) + LATER, judged=False))
        if source != number:
            copies[number + 1] = source + 1
    return Coming("".join(lines), first, copies, stories)


def old(total: int, days: float, number: int) -> int:
    """Return which stored article, no copy itself, the new one of this number copies."""
    source = total - 1 - number * STRIDE % int(total * min(1, COPIED_DAYS / days))
    return source if news.copied(source) is None else source - 1


def published_at(number: int, total: int, days: float) -> datetime:
    """Return when an article was published: the stored ones evenly over so many days, the new ones at the end."""
    return END - timedelta(days=days) * max(0, 1 - number / total)


def news_story(number: int, source: int, kind: int) -> Story:
    if kind < NEAR:
        return news.reworded(number, news.original(source))
    if kind < EXCERPTS:
        return news.excerpt(number, news.original(source))
    return news.original(source)


class Clock:
    """Seconds spent in named functions while it runs; those of a function called by another count for the inner one."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._inner = [0.0]

    def timed(self, call: Callable[..., Any], name: str | None) -> Callable[..., Any]:
        """Return the function with the clock on; without a name, that of the query which is its second argument."""

        @wraps(call)
        def run(*args: Any, **kwargs: Any) -> Any:
            self._inner.append(0.0)
            started = time.perf_counter()
            result = call(*args, **kwargs)
            spent = time.perf_counter() - started
            self.seconds[name or args[1]] += spent - self._inner.pop()
            self._inner[-1] += spent
            return result

        return run


TIMED = (
    (db, ("rows", "run", "run_values"), True),
    (similarity, ("prepare", "sketch", "judge", "refusal"), False),
    (duplicates, ("verdicts",), False),
)
"""Modules, their functions, and whether these are known by the name of their query."""


@contextmanager
def clocked() -> Iterator[Clock]:
    """Time the parts of the verb, which costs some per cent itself."""
    clock = Clock()
    kept = [(module, name, getattr(module, name), is_query) for module, names, is_query in TIMED for name in names]
    for module, name, call, is_query in kept:
        setattr(module, name, clock.timed(call, None if is_query else name))
    try:
        yield clock
    finally:
        for module, name, call, _ in kept:
            setattr(module, name, call)


class Judged(NamedTuple):
    """One repetition."""

    seconds: float
    cpu: float
    """Seconds of processor, of this process and of the server's."""
    recall: float
    """Share of the planted copies that were found with what they copy."""
    precision: float
    """Share of the new articles found in a group that were planted in one."""


def judge(connection: db.Connection, new: Coming) -> Judged:
    """Store new articles as due, and reach their verdicts."""
    copy(connection, new.lines)
    return Judged(*timed(connection), *quality(connection, new))


def timed(connection: db.Connection) -> tuple[float, float]:
    """Reach the verdicts that are due; return seconds by the clock and of processor."""
    started, cpu = time.perf_counter(), processor(connection)
    with mock.patch.object(story_ledger, "tell_stories", return_value={}):
        deduplication.deduplicate(connection)
    return time.perf_counter() - started, processor(connection) - cpu


def quality(connection: db.Connection, new: Coming) -> tuple[float, float]:
    """Return recall and precision on the planted copies."""
    head = {row["article_id"]: row["original_id"] for row in db.select(connection, "select * from core.duplicate")}
    connection.rollback()
    found = [number for number, source in new.copies.items() if head.get(number, number) == head.get(source, source)]
    planted = {*new.copies, *new.copies.values()}
    grouped = {number for pair in head.items() for number in pair if new.first < number <= new.first + NEW}
    return len(found) / len(new.copies), len(grouped & planted) / max(1, len(grouped))


class Measured(NamedTuple):
    """One size."""

    stored: int
    insertion: str
    after_checkpoint: str
    seconds: float
    cpu: float
    worst: float
    recall: float
    precision: float
    parts: Mapping[str, float]


def measure(connection: db.Connection, total: int, repeats: int, days: float = DAYS) -> Measured:
    """Fill an empty database, and judge 1,000 new articles several times; the first time warms up and is left out."""
    everything, behind = fill(connection, total, days)
    judge(connection, coming(total, days, total))
    runs = [judge(connection, coming(total, days, total + NEW * turn)) for turn in range(1, repeats + 1)]
    with clocked() as clock:
        judge(connection, coming(total, days, total + NEW * (repeats + 1)))
    middle = [statistics.median(column) for column in zip(*runs, strict=True)]
    return Measured(
        total, cost(everything), cost(behind), middle[0], middle[1], max(runs).seconds, middle[2], middle[3], clock.seconds
    )


def report(it: Measured, base: Measured | None) -> None:
    say(f"\n{it.stored:,} stored: sketches inserted {it.insertion}; behind a checkpoint {it.after_checkpoint}")
    growth = f", {it.seconds / base.seconds:.2f} times that at {base.stored:,}" if base else ""
    say(f"  {NEW:,} new judged in {it.seconds:.2f} s (worst {it.worst:.2f}, of processor {it.cpu:.2f}){growth}")
    say(f"  planted copies found {it.recall:.1%}, of the found planted {it.precision:.1%}")
    parts = sorted(it.parts.items(), key=lambda part: -part[1])
    say("  " + ", ".join(f"{name} {seconds * 1000:.0f}" for name, seconds in parts if seconds >= 0.001) + " ms")


# --- hostile shapes

ALERT = (
    "🔴 {at:%H:%M} Повітряна тривога у Сумській області, всім негайно пройти в укриття та чекати відбою тривоги,"
    " стежте за каналом"
)
ALERTS = 100_000
LONG_WORDS = 8000


def hostile(connection: db.Connection, total: int, first: int) -> None:
    """Print how long it takes to judge what hurts most, in a database of so many articles; the first new one has this number."""
    copied, dice = news.original(total - 1), np.random.default_rng(news.SEED)
    everywhere(connection)
    shapes = {
        "copies of one stored article": [copied] * NEW,
        "different copies of one stored article": [news.reworded(first + place, copied) for place in range(NEW)],
        f"with a passage that all {total:,} have": [common(first + place) for place in range(NEW)],
        f"text of {LONG_WORDS:,} words": [Story(0, None, "\n".join(news.prose(dice, LONG_WORDS)))],
    }
    for name, stories in shapes.items():
        store(connection, first, stories, [END] * len(stories))
        say(f"  {len(stories):,} {name}: {spent(timed(connection))}")
        first += len(stories)
    spans = [alert(connection, first, place) for place in range(0, ALERTS, NEW)]
    say(f"  {NEW:,} alerts of one template, first of {ALERTS:,}: {spent(spans[0])}; last: {spent(spans[-1])}")
    say(f"  the same, of all: {spent(max(spans))} at most")


def spent(seconds: tuple[float, float]) -> str:
    return f"{seconds[0]:.2f} s (of processor {seconds[1]:.2f})"


def alert(connection: db.Connection, first: int, place: int) -> tuple[float, float]:
    """Judge 1,000 alerts, those behind so many of the same month."""
    times = [END - timedelta(days=COPIED_DAYS) * (1 - (place + one) / ALERTS) for one in range(NEW)]
    stories = [Story(one % news.FEEDS | 1, None, ALERT.format(at=at)) for one, at in enumerate(times)]
    store(connection, first + place, stories, times)
    return timed(connection)


def store(connection: db.Connection, first: int, stories: Iterable[Story], times: Iterable[datetime]) -> None:
    rows = enumerate(zip(stories, times, strict=True), first + 1)
    copy(connection, "".join(line(number, story, at, judged=False) for number, (story, at) in rows))


COMMON_WORDS = 200


def common(number: int) -> Story:
    """Return a text that begins with words which all have."""
    story = news.original(number)
    return Story(story.feed, None, f"{phrase()} {story.body}")


@cache
def phrase() -> str:
    """Return three words whose hash is small enough for every sketch."""
    words = news.tongue().words.things[:COMMON_WORDS]
    phrases = (" ".join(three) for three in permutations(words, 3))
    return next(one for one in phrases if min(similarity.prepare(one).grams) < 2**64 // 10_000)


def everywhere(connection: db.Connection) -> None:
    """Give all articles the hash of that phrase."""
    (value,) = similarity.sketch(similarity.prepare(phrase()))
    execute(
        connection,
        "insert into core.article_sketch (hash, day, size, article_id)"
        f" select {value}, (published_at at time zone 'UTC')::date - date '2000-01-01', 20, article_id"
        " from core.article on conflict do nothing",
    )
    execute(connection, "vacuum analyze core.article_sketch")


# --- peers


def shingles(story: Story) -> list[str]:
    words = text.normalised(story.text).split()
    return [" ".join(words[at : at + PEER_GRAM]) for at in range(max(1, len(words) - PEER_GRAM + 1))]


class Peer(NamedTuple):
    """What a peer took."""

    load: float
    new: float
    megabytes: float


def datasketch() -> Callable[[int, Story], Any]:
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415 - a peer, which may be absent

    index = MinHashLSH(threshold=PEER_THRESHOLD, num_perm=PEER_PERMUTATIONS)

    def take(number: int, story: Story) -> Any:
        minhash = MinHash(num_perm=PEER_PERMUTATIONS)
        minhash.update_batch([gram.encode() for gram in shingles(story)])
        found = index.query(minhash)
        index.insert(number, minhash, check_duplication=False)
        return found

    return take


def rensa() -> Callable[[int, Story], Any]:
    from rensa import RMinHash, RMinHashLSH  # noqa: PLC0415 - a peer, which may be absent

    index = RMinHashLSH(threshold=PEER_THRESHOLD, num_perm=PEER_PERMUTATIONS, num_bands=32)

    def take(number: int, story: Story) -> Any:
        minhash = RMinHash(num_perm=PEER_PERMUTATIONS, seed=1)
        minhash.update(shingles(story))
        found = index.query(minhash)
        index.insert(number, minhash)
        return found

    return take


PEERS = {"datasketch": datasketch, "rensa": rensa}
ROOT = Path(__file__).parents[2]
PEERS_PYTHON = ROOT / ".venv/peers/bin/python"


def run_peer(name: str, total: int) -> Peer | None:
    """Load a peer with the stored texts and give it the new ones: it looks for each and keeps it. None where it is absent."""
    if importlib.util.find_spec(name) is None:
        return None
    take = PEERS[name]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    load = sum(paced(take, number, news.stored(number)) for number in range(total))
    stories = coming(total, DAYS, total).stories
    new = sum(paced(take, total + place, story) for place, story in enumerate(stories))
    return Peer(load, new, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


def paced(take: Callable[[int, Story], Any], number: int, story: Story) -> float:
    """Return how many seconds of processor a peer takes for a text."""
    started = time.process_time()
    take(number, story)
    return time.process_time() - started


def report_peers(total: int) -> None:
    for name in PEERS:
        python = PEERS_PYTHON if PEERS_PYTHON.exists() else sys.executable
        command = [str(python), "-m", "tests.benchmarks.bench_deduplication", "--peer", name, "--stored", str(total)]
        path = os.pathsep.join(str(ROOT / folder) for folder in ("", "plugins"))
        # a process of its own: its memory is measured, and goes
        done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, cwd=ROOT, capture_output=True, check=False)
        found = json.loads(done.stdout) if done.returncode == 0 else done.stderr.decode().strip().rpartition("\n")[2]
        say(f"  {name}: {in_words(found)}")


def in_words(found: list[float] | str | None) -> str:
    if not isinstance(found, list):
        return found or "not installed"
    it = Peer(*found)
    return f"{it.load:.0f} s of processor to load, {it.new:.2f} s for {NEW:,} new, {it.megabytes:,.0f} MB of memory"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stored", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--hostile", action="store_true")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--peer", choices=PEERS, help="run this one alone, and print its figures as JSON")
    args = parser.parse_args()
    if args.peer:
        say(json.dumps(run_peer(args.peer, args.stored[0])))
        return
    server = Cluster(Path(tempfile.mkdtemp(prefix="newswire-bench-", dir="/var/tmp")))
    server.start()
    try:
        base = None
        for total in args.stored:
            with database(server, f"stored_{total}") as connection:
                measured = measure(connection, total, args.repeats)
                report(measured, base)
                if args.hostile:
                    hostile(connection, total, total + NEW * (args.repeats + 2))
            if args.hostile:
                with database(server, f"one_day_{total}") as connection:
                    report(measure(connection, total, args.repeats, days=1), None)
            base = measured
            if not args.no_peers:
                report_peers(total)
    finally:
        server.stop()
        server.remove()


@contextmanager
def database(server: Cluster, name: str) -> Iterator[db.Connection]:
    """Open a migrated database, which goes at the end."""
    connection = db.connect(server.ensure_database(name))
    db.migrate(connection)
    yield connection
    connection.close()
    admin = db.connect(server.url())
    execute(admin, f"drop database {name}")
    admin.close()


if __name__ == "__main__":
    main()
