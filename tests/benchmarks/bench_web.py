"""How long each view of the Newswire page takes on 100,000 articles, from the request to the last byte.

    python -m tests.benchmarks.bench_web [--articles 100000] [--repeats 20]

Starts a PostgreSQL of its own with the project's settings, fills it with made-up rows of a hundred days up to now, and asks the
application over loopback: all of it is in the time but Airflow's login. Takes some minutes, most of them for the search index.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import requests

from newswire import db, search
from newswire.local.postgres import Cluster
from newswire.web.app import create_app
from tests.serving import serving

DAYS = 100

PLANT = (
    """
    select raw.ensure_partitions(now() - interval '%(days)s days' * 1.1, now())
    """,
    """
    -- 27,000 words of three syllables, the first ones as common as in a language, in sentences of which the texts are made
    create temporary table sentence as
    with syllable as (
        select array_agg(syllable) as syllables
        from string_to_table(
            'ба ве го да жи зу кі ла мо ну пе ра си те фа ху ця чо ша ще ров ський ник тор ман вал дин кор пол стан', ' '
        ) as syllable
    )
    select n, string_agg(syllables[1 + w %% 30] || syllables[1 + w / 30 %% 30] || syllables[1 + w / 900], ' ') || '.' as text
    from syllable, generate_series(0, 4999) as n
    cross join lateral (select floor(27000 * random() ^ 2.2)::integer as w from generate_series(1, 14) where n >= 0) as words
    group by n
    """,
    "create unique index on sentence (n)",
    "analyze sentence",
    """
    create temporary table item as
    select
        n,
        split_part('unn unn unn pravda suspilne nv interfax ukrinform telegram telegram', ' ', 1 + n %% 10) as source,
        (array['uk', 'uk', 'uk', 'uk', 'uk', 'ru', 'ru', 'en', 'en', 'uk', 'ru', 'uk', 'uk'])[1 + n %% 13] as language,
        now() - (n::double precision / %(articles)s) * interval '%(days)s days' as at
    from generate_series(1, %(articles)s * 25 / 24) as n  -- one in 25 is rejected
    """,
    """
    insert into raw.page (fetched_at, source, url, final_url, status, encoding, body, body_sha256)
    select at, source, 'https://' || source || '.test/' || n, 'https://' || source || '.test/' || n, 200, 'utf-8',
        convert_to(repeat('<p>сторінка ' || n || '</p>', 20), 'UTF8'), sha256(n::text::bytea)
    from item
    order by n
    """,
    """
    insert into raw.announcement (
        source, feed, url, title, published_at, first_seen_at, last_seen_at, outcome, outcome_detail, visited_at, page_id,
        page_fetched_at
    )
    select item.source, language, item.url, 'Заголовок ' || n, at, at, at,
        case when n %% 25 = 0 then (array['gone', 'no_text', 'no_date', 'not_article', 'error', 'unreachable'])[1 + n %% 6]
            when n %% 3 = 0 then 'unchanged' else 'ok' end,
        case when n %% 25 = 0 then 'one line for a person' end,
        least(at + (n %% 48) * interval '1 hour', now()), page_id, fetched_at
    from (select *, 'https://' || source || '.test/' || n as url from item) as item
    join raw.page on page.url = item.url
    order by n
    """,
    """
    insert into core.article (
        source, feed, external_id, url, title, lead, body, word_count, published_at, time_origin, language, language_confidence,
        first_seen_at, updated_at, announcement_id, page_id, page_fetched_at, parser_version, run_id, content_hash, record_hash,
        judged, revision
    )
    select source, language, url, url, case when source <> 'telegram' then title.text end, lead.text, texts.body, 200, at,
        case when source = 'telegram' then 'post' else 'feed' end, case when item.n %% 997 = 0 then 'und' else item.language end,
        0.99, at, at, announcement_id, page_id, page_fetched_at, source || '/1', 1, sha256(item.n::text::bytea),
        sha256(item.n::text::bytea), true, case when item.n %% 10 = 0 then 2 else 1 end
    from (
        select item.*, announcement_id, page_id, page_fetched_at, url
        from item
        join raw.announcement using (source)
        where url = 'https://' || source || '.test/' || n
    ) as item
    join sentence as title on title.n = item.n %% 5000
    join sentence as lead on lead.n = (item.n * 7) %% 5000
    cross join lateral (
        select string_agg(text, E'\\n') as body from sentence
        where sentence.n in ((item.n * 3) %% 5000, (item.n * 11) %% 5000, (item.n * 13) %% 5000, (item.n * 17) %% 5000,
            (item.n * 19) %% 5000, (item.n * 23) %% 5000, (item.n * 29) %% 5000, (item.n * 31) %% 5000)
    ) as texts
    where item.n %% 25 <> 0
    """,
    """
    insert into core.article_revision (
        article_id, revision, title, lead, body, seen_from, seen_to, cause, page_id, page_fetched_at, parser_version
    )
    select article_id, 1, title || ' (раніше)', lead, replace(body, 'ба', 'бо'), published_at, published_at + interval '1 hour',
        'publisher', page_id, page_fetched_at, parser_version
    from core.article
    where revision = 2
    """,
    """
    insert into core.duplicate (article_id, original_id, kind, similarity, reason)
    select article_id, article_id - article_id %% 8, 'near', 0.9, 'nearly the same text, 90%% of the words'
    from core.article
    where article_id %% 8 = 1
        and exists (select from core.article as original where original.article_id = article.article_id - article.article_id %% 8)
    """,
    """
    insert into core.story (headline, first_at, last_at, articles, outlets, languages)
    select 'Подія ' || n, now(), now(), 10, 5, '{uk,ru}' from generate_series(1, %(articles)s / 20) as n
    """,
    """
    insert into core.story_article (article_id, story_id, likelihood, reason)
    select article_id, 1 + article_id %% (%(articles)s / 20), 0.9, 'the same names'
    from core.article
    where article_id %% 2 = 0 and not exists (select from core.duplicate where duplicate.article_id = article.article_id)
    """,
    """
    insert into core.run (verb, source, feed, caller, asked_from, asked_to, started_at, finished_at, state, counts)
    select verb, source, case when verb = 'discover' then 'uk' end, 'airflow ingest_' || source || ' scheduled__' || at,
        at - interval '3 hours', at, at, at + interval '2 minutes', 'done', '{"ok": 40}'
    from generate_series(now() - interval '%(days)s days', now(), interval '3 hours') as at
    cross join unnest(array['unn', 'pravda', 'suspilne', 'nv', 'interfax', 'ukrinform', 'telegram']) as source
    cross join unnest(array['discover', 'fetch', 'normalise']) as verb
    """,
    """
    insert into core.coverage (run_id, source, feed, asked_from, asked_to, reached_from, reached_to)
    select run_id, source, each_feed, asked_from, asked_to, asked_from, asked_to
    from core.run
    cross join unnest(array['uk', 'ru', 'en']) as each_feed
    where verb = 'discover' and not (source = 'nv' and started_at between now() - interval '3 days' and now() - interval '2 days')
    """,
    """
    insert into core.coverage (run_id, source, feed, asked_from, asked_to)
    select run_id, source, 'uk', asked_from, asked_to
    from core.run
    where verb = 'discover' and source = 'nv' and started_at between now() - interval '3 days' and now() - interval '2 days'
    """,
    """
    insert into core.check_result (run_id, name, severity, breakers, checked_at)
    select run_id, 'rule_' || rule, 'warn', case when rule %% 9 = 0 then 3 else 0 end, started_at
    from core.run
    cross join generate_series(1, 20) as rule
    where verb = 'normalise' and source = 'unn'
    """,
    "analyze",
)
"""Statements that fill an empty database."""


VIEWS = {
    "Health": "/",
    "Volume": "/volume",
    "Articles": "/articles",
    "Articles of a source and language, no copies": "/articles?source=nv&language=ru&copies=hide",
    "Articles in an undecided language": "/articles?language=und",
    "Articles of a day": "/articles?day={day}",
    "Articles, far behind": "/articles?after={after}",
    "Search, a word of most articles": "/articles?q={common}",
    "Search, the same, its tenth page": "/articles?q={common}&page=10",
    "Search, a rare word": "/articles?q={rare}",
    "Search, a rare word in a source": "/articles?source=unn&q={rare}",
    "Search, three words": "/articles?q={common}+{second}+{third}",
    "Search, a phrase": '/articles?q="{phrase}"',
    "Search, a phrase of common words": '/articles?q="{common}+{second}"',
    "An article with a change, copies and a story": "/article/{article}",
    "Rejected": "/rejected",
    "Rejected, one code of a source": "/rejected?source=unn&outcome=error",
    "A page's bytes": "/page/{article}",
}

LIMIT = 300
"""Milliseconds that a view may take; of the clock, so run it on a machine that does nothing else."""

TICK = 1000 / os.sysconf("SC_CLK_TCK")
"""Milliseconds of what the system counts a process's time in."""


def plant(connection: db.Connection, articles: int) -> None:
    """Fill a migrated database; vacuumed, as a database that is in use is by itself."""
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("select setseed(0.5)")
        for statement in PLANT:
            cursor.execute(statement, {"articles": articles, "days": DAYS})
    search.index(connection)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    connection.autocommit = False


def values(connection: db.Connection) -> dict[str, str]:
    """Return what the addresses of the views name."""
    found = db.select(
        connection,
        """
        select
            (now() - interval '40 days')::date::text as day,
            (extract(epoch from now() - interval '90 days') * 1000000)::bigint || '-1' as after,
            (
                select article_id::text
                from core.duplicate
                join core.article using (article_id)
                where revision > 1
                order by article_id
                limit 1
            ) as article,
            (select word from core.word_form order by random() limit 1) as rare,
            (
                select array_to_string((string_to_array(body, ' '))[1:3], ' ')
                from core.article
                order by article_id
                limit 1
            ) as phrase,
            common[1] as common, common[2] as second, common[3] as third
        from (
            select array_agg(word) as common
            from (
                select word
                from ts_stat('select document from core.article_search limit 2000')
                order by ndoc desc
                limit 3
            ) as stem
        ) as stems
        """,
    )[0]
    return {name: quote(str(value)) for name, value in found.items()}


def times(address: str, path: str, repeats: int) -> list[float]:
    """Return the milliseconds of each request, after one that is not counted."""
    taken = []
    with requests.Session() as session:
        for _ in range(repeats + 1):
            started = time.perf_counter()
            session.get(address + path, timeout=60).raise_for_status()
            taken.append((time.perf_counter() - started) * 1000)
    return taken[1:]


def main(arguments: list[str]) -> int:
    """Print the times of each view; return 1 when one takes too long."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=20)
    options = parser.parse_args(arguments)
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="newswire-bench-")))
    cluster.start()
    try:
        url = cluster.ensure_database("news")
        connection = db.connect(url)
        db.migrate(connection)
        started = time.monotonic()
        plant(connection, options.articles)
        sys.stdout.write(f"{options.articles:,} articles made in {time.monotonic() - started:.0f} s\n")
        names = values(connection)
        connection.close()
        with serving(create_app(lambda: url)) as address:
            server = cluster._pid()
            assert server
            slowest = max(measure(address, server, name, path.format(**names), options.repeats) for name, path in VIEWS.items())
    finally:
        cluster.stop()
        cluster.remove()
    return int(slowest > LIMIT)


def processor(server: int) -> float:
    """Return the milliseconds of processor time so far: ours, application and client, and of the server's ended sessions."""
    after_name = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    children = after_name[13:15]  # cutime, cstime: each request is a session
    return time.process_time() * 1000 + sum(map(int, children)) * TICK


def measure(address: str, server: int, name: str, path: str, repeats: int) -> float:
    """Print the times of one view; return the median."""
    before = processor(server)
    taken = times(address, path, repeats)
    spent = (processor(server) - before) / (repeats + 1)
    middle = statistics.median(taken)
    sys.stdout.write(f"{middle:6.0f} ms   worst {max(taken):4.0f} ms   processor {spent:4.0f} ms   {name}\n")
    sys.stdout.flush()
    return middle


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
