-- Start of the earliest stretch of time that was asked of a feed and never seen, not older than the given moment.
with feed_coverage as (
    select
        range_agg(tstzrange(asked_from, asked_to)) as asked,
        range_agg(tstzrange(reached_from, reached_to)) filter (where reached_from < reached_to) as reached
    from core.coverage
    where source = %(source)s and feed = %(feed)s
)
select min(lower(gap)) as gap_from
from feed_coverage,
    unnest((asked - coalesce(reached, '{}')) * tstzmultirange(tstzrange(%(not_before)s, null))) as gap
-- as in mart.gap: what is shorter hides nothing
where upper(gap) - lower(gap) >= interval '1 minute'
