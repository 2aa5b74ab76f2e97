"""How well and how fast articles are told apart by event.

    python -m tests.benchmarks.bench_stories [--stored 6000 20000] [--events 100]

Pairs: the labelled pairs of one event beside the project, with the share of them that the keys find. Groups: a thousand made-up
articles on a hundred events in three languages (`tests/events.py`), told from the database. Pace: 1,000 new articles against many
stored ones, made-up news of six days with words by Zipf's law (`made_up_news.py`): a story looks back three days, so what is
older costs nothing, and 66,000 are as many as of a million articles in three months stand in six days. Starts a PostgreSQL of its
own with the project's settings, on disk.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import combinations, islice
from pathlib import Path
from typing import Any

from newswire import db, stories, story_ledger
from newswire.local.postgres import Cluster
from newswire.model import Article, Block, BlockKind, TimeOrigin
from tests import events
from tests.benchmarks import made_up_news as news

DATA = Path(__file__).parents[3] / "shared/bench/duplicates/data"
LIKELY = 0.5
"""What the scorer asks of a pair."""

NEW = 1000
REPEATS = 3
DAYS = 6
NEW_DAYS = 1
BATCH = 2000
ANNOUNCEMENT = 1
"""All articles are said to come of one: nothing here asks for it."""

COLUMNS = (
    "source, feed, external_id, url, title, body, word_count, published_at, time_origin, language, language_confidence,"
    " first_seen_at, updated_at, announcement_id, page_id, page_fetched_at, parser_version, run_id, content_hash, record_hash,"
    " editions, judged"
)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


# --- pairs


def labelled() -> Iterator[tuple[bool, stories.Telling, stories.Telling]]:
    for line in (DATA / "story_dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["label"] == "OK", told(row["a"]), told(row["b"])


def told(doc: Mapping[str, str]) -> stories.Telling:
    return stories.telling(doc.get("title"), doc["text"])


def pairs() -> None:
    counts: Counter[tuple[bool, bool]] = Counter()
    found = 0
    for same, a, b in labelled():
        likely = stories.same_story(a, b) > LIKELY
        counts[same, likely] += 1
        found += same and likely and not set(stories.keys(a)).isdisjoint(stories.keys(b))
    right = counts[True, True]
    f1 = 2 * right / (2 * right + counts[True, False] + counts[False, True])
    say(f"labelled pairs: F1 {f1:.3f}; {found} of the {right} that are found share a key")


# --- groups


def event_of(name: str) -> str:
    return name.removeprefix("news/").partition("-")[0]


def agreement(found: Iterable[Sequence[str]], names: Iterable[str]) -> tuple[float, float]:
    """Return precision and recall of the pairs of articles that stand in one story."""
    sizes = Counter(map(event_of, names))
    wanted = sum(size * (size - 1) // 2 for size in sizes.values())
    same = [event_of(a) == event_of(b) for members in found for a, b in combinations(members, 2)]
    return sum(same) / (len(same) or 1), sum(same) / wanted


def groups(connection: db.Connection, count: int) -> None:
    articles = [article for event in events.events(count, count / 10) for article in events.articles(event)]
    store(connection, articles)
    tell(connection)
    rows = select(
        connection,
        "select array_agg(external_id) from core.story_article join core.article using (article_id) group by story_id",
    )
    found = [members for (members,) in rows]
    precision, recall = agreement(found, [article.external_id for article in articles])
    f1 = 2 * precision * recall / (precision + recall)
    say(
        f"{len(articles)} made-up articles on {count} events: {len(found)} stories, the largest of {max(map(len, found))};"
        f" of the pairs precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}"
    )


# --- pace


def announce(connection: db.Connection) -> None:
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute(
            "insert into raw.announcement (announcement_id, source, feed, url, first_seen_at, last_seen_at)"
            " overriding system value values (%s, 'x', 'x', 'x', now(), now())",
            (ANNOUNCEMENT,),
        )


def store(connection: db.Connection, articles: Iterable[Article]) -> None:
    """Put articles into the database as judged and due."""
    with db.transaction(connection), connection.cursor() as cursor:
        lines = "".join("\t".join(map(cell, values(article))) + "\n" for article in articles)
        cursor.copy_expert(f"copy core.article ({COLUMNS}) from stdin", io.StringIO(lines))


def cell(value: object) -> str:
    if value is None:
        return r"\N"
    return str(value).replace("\\", r"\\").replace("\t", " ").replace("\n", r"\n")


def values(article: Article) -> tuple[object, ...]:
    hashed = r"\x" + hashlib.sha256(article.external_id.encode()).hexdigest()
    at = article.published_at.isoformat()
    return (
        article.source, article.feed, article.external_id, article.url, article.title, article.text, 20, at, "feed",
        article.language, 1.0, at, at, ANNOUNCEMENT, 1, at, "x/1", 1, hashed, hashed, json.dumps(dict(article.editions)), "true",
    )  # fmt: skip


def select(connection: db.Connection, statement: str) -> list[tuple[Any, ...]]:
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def tell(connection: db.Connection) -> float:
    """Tell all that is due, and return how many seconds it took."""
    started = time.perf_counter()
    while True:
        with db.transaction(connection):
            db.run(connection, "lock_verdicts")
            if not story_ledger.tell_stories(connection):
                return time.perf_counter() - started


def news_of(numbers: Sequence[int], start: datetime, days: float) -> Iterator[Article]:
    """Yield made-up news, spread evenly over so many days; every tenth tells again what another one told."""
    for place, number in enumerate(numbers):
        text = news.stored(number)
        site, name = f"site{text.feed}", f"news/{number}"
        yield Article(
            site, "uk", name, f"https://{site}.example/{name}", (Block(BlockKind.PARAGRAPH, text.body),),
            start + timedelta(days=days * place / len(numbers)), TimeOrigin.FEED, title=text.title, language="uk",
        )  # fmt: skip


def pace(connection: db.Connection, stored: int) -> None:
    started = time.perf_counter()
    articles = news_of(range(stored), events.START, DAYS)
    while batch := list(islice(articles, BATCH)):
        store(connection, batch)
        tell(connection)
    built = time.perf_counter() - started
    vacuum(connection)
    last = events.START + timedelta(days=DAYS - NEW_DAYS)
    walls, here, there = [], [], []
    for repeat in range(REPEATS):
        store(connection, news_of(range(stored + repeat * NEW, stored + (repeat + 1) * NEW), last, NEW_DAYS))
        before, served = time.process_time(), server_time(connection)
        walls.append(tell(connection))
        here.append(time.process_time() - before)
        there.append(server_time(connection) - served)
    ((keys, size),) = select(
        connection,
        "select (select count(*) from core.story_key) / count(*),"
        " (select sum(pg_total_relation_size(inhrelid)) from pg_inherits where inhparent = 'core.story_key'::regclass) / count(*)"
        " from core.article",
    )
    say(
        f"{stored} stored ({stored / built:.0f}/s): 1,000 new told in {statistics.median(walls):.2f} s; of processor time"
        f" {statistics.median(here):.2f} here and {statistics.median(there):.2f} in the database (medians of {REPEATS});"
        f" {keys} keys and {size:.0f} bytes of them an article"
    )


def server_time(connection: db.Connection) -> float:
    """Return the seconds of processor time that this connection's server process has taken."""
    ((process,),) = select(connection, "select pg_backend_pid()")
    spent = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")


def vacuum(connection: db.Connection) -> None:
    connection.commit()
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze core.article, core.story_key, core.story_article")
    connection.autocommit = False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stored", type=int, nargs="*", default=[6_000, 20_000], help="articles that are there already")
    parser.add_argument("--events", type=int, default=100, help="made-up events of ten articles each")
    asked = parser.parse_args()
    if DATA.exists():
        pairs()
    with tempfile.TemporaryDirectory() as folder:
        server = Cluster(Path(folder))
        server.start()
        try:
            for number, stored in enumerate([0, *asked.stored]):
                connection = db.connect(server.ensure_database(f"bench_{number}"))
                db.migrate(connection)
                announce(connection)
                pace(connection, stored) if stored else groups(connection, asked.events)
                connection.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
