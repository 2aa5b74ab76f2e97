-- How a source stands since a moment: what it announced, what time of it was not seen, what its articles are like.
with asked as (
    select unnest(%(feeds)s::text[]) as feed
),
reached as (
    select feed, range_agg(tstzrange(reached_from, reached_to)) as times
    from core.coverage
    where source = %(source)s and reached_from < reached_to
    group by feed
),
recent as (
    select count(*) as articles, count(*) filter (where quality < %(low)s) as low
    from core.article
    where source = %(source)s and feed = any(%(feeds)s) and published_at >= %(start)s
)
select
    (
        select count(*)
        from raw.announcement
        where source = %(source)s
            and feed = any(%(feeds)s)
            and coalesce(published_at, first_seen_at) >= %(start)s
            and not coalesce(outcome = any(%(no_articles)s), false)
    ) as announced,
    (
        select array_agg(feed order by feed)
        from asked
        left join reached using (feed)
        where not coalesce(times @> tstzrange(%(start)s, %(end)s), false)
    ) as uncovered,
    (
        select max(published_at)
        from core.article
        where source = %(source)s and feed = any(%(feeds)s)
    ) as newest_at,
    recent.articles,
    recent.low,
    (
        select count(*)
        from core.article
        where source = %(source)s
            and feed = any(%(feeds)s)
            and published_at >= %(start)s - interval '30 days'
            and published_at < %(start)s
    ) as articles_before
from recent
