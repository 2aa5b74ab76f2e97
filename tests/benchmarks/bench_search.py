"""How well and how fast `mart.search` finds articles.

    python -m tests.benchmarks.bench_search [ARTICLES …]

First the queries of tests/search, beside what PostgreSQL has of its own and beside trigrams; then, for each number of articles
(default: 100,000), how long queries take over made-up texts with the word frequencies of the three languages, in a database of
its own with the project's settings, read by the verb.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from newswire import db, search
from newswire.local.postgres import Cluster
from tests import searching
from tests.searching import Asked
from tests.stored import keep

WORDS_OF_A_POST, WORDS_OF_AN_ARTICLE = 50, 220
"""Means of what is fetched; three of five rows are posts."""

SHARES = (("uk", 0.6), ("ru", 0.25), ("en", 0.15))
A_DAY = 1000
"""Articles a day: a million spans 33 months."""

START = datetime(2023, 6, 1, tzinfo=UTC)
QUERIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ветеринар", {}),
    ("ракета", {}),
    ("президент", {}),
    ("Україна", {}),
    ("рік", {}),
    ("удари по енергетиці", {}),
    ("новини сьогодні", {}),
    ("суд рішення", {}),
    ("україна росія війна", {}),
    ("івано-франківськ лікарня", {}),
    ("гіпопотам жонглер", {}),
    ("київ or львів or одеса", {}),
    ("рік or день or час", {}),
    ("міністр -оборони", {}),
    ('"верховна рада"', {}),
    ('"новий рік"', {}),
    ("президент встретился", {}),
    ("выборы", {}),
    ("power grid", {}),
    ("government", {}),
    ("people or time or new", {}),
    ("рік", {"from_day": date(2023, 8, 20), "languages": ["uk"]}),
    ("выборы", {"from_day": date(2023, 7, 1), "to_day": date(2023, 7, 8)}),
    ("government", {"languages": ["en"], "sources": ["bench"]}),
    ("президент", {"languages": ["en"]}),
    ("україна", {"originals": True}),
)
"""What is asked: words that are rare and that a fifth of all articles have, several of them, phrases, and what narrows it."""

REPEATS = 7


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="newswire-bench-", dir="/var/tmp") as folder:
        cluster = Cluster(Path(folder) / "postgres")
        cluster.start()
        try:
            compare(cluster)
            measure(cluster, sorted(int(argument) for argument in sys.argv[1:] or ["100000"]))
        finally:
            cluster.stop()
            cluster.remove()


# --- how well


Search = Callable[[str], list[str]]
"""The articles that a query finds, by name, the best first."""


def compare(cluster: Cluster) -> None:
    connection = database(cluster, "quality")
    keep(connection, *searching.articles())
    search.index(connection)
    names = {row["article_id"]: row["name"] for row in db.select(connection, NAMES)}
    asked = searching.queries()
    ways: dict[str, Search] = {
        "mart.search": lambda query: [names[hit.article_id] for hit in search.search(connection, query)],
        "russian": lambda query: own(connection, "russian", query),
        "simple": lambda query: own(connection, "simple", query),
        "trigrams": trigrams({article.external_id.removeprefix("news/"): text_of(article) for article in searching.articles()}),
    }
    report(f"{len(asked)} queries, {len(names)} articles: recall, precision of the first ten")
    for name, find in ways.items():
        found = {one: find(one.query) for one in asked}
        report(f"  {name:12} {searching.recall(found):.3f}  {searching.precision(found):.3f}  {by_language(found)}")
    connection.close()


NAMES = "select article_id, replace(external_id, 'news/', '') as name from core.article"


def by_language(found: dict[Asked, list[str]]) -> str:
    """Recall and precision by the language of most of what must come."""
    parts = []
    for code, _ in SHARES:
        some = {one: names for one, names in found.items() if one.language == code}
        parts.append(f"{code} {searching.recall(some):.3f} {searching.precision(some):.3f}")
    return "   ".join(parts)


def own(connection: db.Connection, configuration: str, query: str) -> list[str]:
    """What PostgreSQL finds with a configuration of its own."""
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute(
            "select replace(external_id, 'news/', '')"
            " from core.article, websearch_to_tsquery(%(configuration)s, %(query)s) as wanted,"
            " to_tsvector(%(configuration)s, concat_ws(' ', title, lead, body)) as document"
            " where document @@ wanted order by ts_rank_cd(document, wanted, 1) desc",
            {"configuration": configuration, "query": query},
        )
        return [name for (name,) in cursor.fetchall()]


def text_of(article: searching.Article) -> str:
    return " ".join([article.title or "", *(block.text for block in article.body)])


def trigrams(texts: dict[str, str]) -> Search:
    """`word_similarity(query, text) > 0.6` as pg_trgm has it by default, but over the whole text: the wheel is without it."""
    known = {name: grams(text) for name, text in texts.items()}

    def find(query: str) -> list[str]:
        wanted = grams(query)
        shares = {name: len(wanted & found) / max(len(wanted), 1) for name, found in known.items()}
        return sorted((name for name, share in shares.items() if share > 0.6), key=lambda name: -shares[name])

    return find


def grams(text: str) -> set[str]:
    words = "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
    return {padded[at : at + 3] for padded in (f"  {word} " for word in words) for at in range(len(padded) - 2)}


# --- how fast


def measure(cluster: Cluster, counts: list[int]) -> None:
    connection = database(cluster, "speed")
    stored = min(counts[0], DIFFERENT)
    load(connection, stored)
    started = time.monotonic()
    search.index(connection)
    report(f"{stored:,} articles indexed, {stored / (time.monotonic() - started):.0f}/s")
    for count in counts:
        for first in range(stored, count, DIFFERENT):
            repeat(connection, first, min(DIFFERENT, count - first))
        stored = count
        settle(connection)
        spans = [ask(connection, query, **filters) for query, filters in QUERIES]
        report(f"  on the processor: median {statistics.median(spans):.0f} ms, slowest {max(spans):.0f} ms")
    connection.close()


def settle(connection: db.Connection) -> None:
    """Bring the database to where autovacuum would; report its sizes."""
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("select core.flush_search()")
        cursor.execute("vacuum analyze core.article_search, core.article, core.word_form")
        cursor.execute(SIZES)
        report(", ".join(f"{name} {size}" for name, size in cursor.fetchall()))
    connection.autocommit = False


DIFFERENT = 20_000
"""Texts made up; more articles repeat them on other days, since making and reading a million takes an hour."""

SIZES = """
select 'articles ' || count(*), pg_size_pretty(pg_total_relation_size('core.article'))
from core.article
union all
select 'search', pg_size_pretty(sum(pg_total_relation_size(inhrelid)))
from pg_inherits
where inhparent = 'core.article_search'::regclass
union all
select 'word forms', pg_size_pretty(pg_total_relation_size('core.word_form'))
"""


def repeat(connection: db.Connection, first: int, count: int) -> None:
    """Store the first articles once more, on the days after those that are stored."""
    values = {"first": first, "count": count, "later": timedelta(days=first / A_DAY)}
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("alter table core.article disable trigger user")  # their entries are copied too
        cursor.execute(REPEAT_ARTICLES, values)
        cursor.execute("alter table core.article enable trigger user")
        cursor.execute(
            "select core.ensure_search_partitions(array(select generate_series("
            " %(start)s + %(later)s, %(start)s + %(later)s + %(span)s, interval '10 days')))",
            {**values, "start": START, "span": timedelta(days=count / A_DAY + 10)},
        )
        cursor.execute(REPEAT_ENTRIES, values)


COLUMNS = """
    source, feed, title, body, word_count, time_origin, language, language_confidence, first_seen_at, updated_at,
    announcement_id, page_id, page_fetched_at, parser_version, run_id, content_hash, record_hash
"""

REPEAT_ARTICLES = f"""
insert into core.article ({COLUMNS}, external_id, url, published_at)
select {COLUMNS}, (external_id::bigint + %(first)s)::text, url || '/' || %(first)s, published_at + %(later)s
from core.article
where article_id <= %(count)s
order by article_id
"""

REPEAT_ENTRIES = """
insert into core.article_search (article_id, published_at, source, language, document)
select article_id + %(first)s, published_at + %(later)s, source, language, document
from core.article_search
where article_id <= %(count)s
"""


def ask(connection: db.Connection, query: str, **filters: Any) -> float:
    """Report a query's median times in ms, by the clock and on the processor; return the latter: other work leaves it alone."""
    clock, processor = [], []
    for _ in range(REPEATS):
        started, used = time.perf_counter(), used_ms(connection)
        hits = search.search(connection, query, **filters)
        processor.append(used_ms(connection) - used)
        clock.append((time.perf_counter() - started) * 1000)
    median = statistics.median(processor)
    narrowed = " ".join(f"{name}={value}" for name, value in filters.items())
    spans = f"{statistics.median(clock):7.1f} ms by the clock, {median:6.1f} on the processor"
    report(f"  {spans}  {len(hits):3} rows  {query}  {narrowed}")
    return median


def used_ms(connection: db.Connection) -> float:
    """Time that the server's process of a connection has been on the processor; Linux only."""
    statistic = Path(f"/proc/{connection.info.backend_pid}/schedstat")
    return int(statistic.read_text().split()[0]) / 1e6


def load(connection: db.Connection, count: int) -> None:
    """Store made-up articles, past the verbs: what is measured is what comes behind them."""
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute(
            "insert into raw.announcement (source, feed, url, first_seen_at, last_seen_at)"
            " values ('bench', 'bench', 'https://bench.example/', now(), now()) returning announcement_id"
        )
        (announcement,) = cursor.fetchone() or (0,)
    for rows in batches(count, announcement):
        with db.transaction(connection), connection.cursor() as cursor:
            db.psycopg2.extras.execute_values(cursor, INSERT, rows, page_size=len(rows))


INSERT = """
insert into core.article (
    source, feed, external_id, url, title, body, word_count, published_at, time_origin, language, language_confidence,
    first_seen_at, updated_at, announcement_id, page_id, page_fetched_at, parser_version, run_id, content_hash, record_hash
)
values %s
"""


def batches(count: int, announcement: int) -> Iterator[list[tuple[object, ...]]]:
    dice = random.Random(8)
    texts = {code: vocabulary(code) for code, _ in SHARES}
    for first in range(0, count, 2000):
        rows = []
        for number in range(first, min(first + 2000, count)):
            (code,) = dice.choices([code for code, _ in SHARES], [share for _, share in SHARES])
            is_post = dice.random() < 0.6
            words, weights = texts[code]
            length = max(5, int(dice.expovariate(1 / (WORDS_OF_A_POST if is_post else WORDS_OF_AN_ARTICLE))))
            drawn = dice.choices(words, cum_weights=weights, k=length + 8)
            at = START + timedelta(days=number / A_DAY)
            mark = number.to_bytes(8, "big")
            rows.append((
                "telegram" if is_post else "bench", "bench", str(number), f"https://bench.example/{number}",
                None if is_post else " ".join(drawn[:8]), " ".join(drawn[8:]), length, at, "post" if is_post else "feed", code,
                1.0, at, at, announcement, 1, at, "bench/1", 1, mark, mark,
            ))  # fmt: skip
        yield rows


def vocabulary(code: str) -> tuple[list[str], list[float]]:
    """Words of a language, and their cumulated frequencies."""
    from wordfreq import get_frequency_dict  # noqa: PLC0415 - half a second, and only here

    words, total, cumulated = [], 0.0, []
    for word, frequency in get_frequency_dict(code, wordlist="large").items():
        total += frequency
        words.append(word)
        cumulated.append(total)
    return words, cumulated


# --- both


def database(cluster: Cluster, name: str) -> db.Connection:
    connection = db.connect(cluster.ensure_database(name))
    db.migrate(connection)
    return connection


def report(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
