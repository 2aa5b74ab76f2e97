-- What is known of a channel around a window: the newest post that was seen whole back to its start, and the oldest after its end.
with reached as (
    select seen
    from
        (
            select range_agg(tstzrange(reached_from, reached_to)) as times
            from core.coverage
            where source = %(source)s and feed = %(feed)s and reached_from < reached_to
        ) as coverage,
        unnest(times) as seen
    where %(start)s <@ seen
)
select
    (
        select url
        from raw.announcement, reached
        where source = %(source)s and feed = %(feed)s and published_at <@ reached.seen
        order by published_at desc, announcement_id desc
        limit 1
    ) as until_url,
    (
        select url
        from raw.announcement
        where source = %(source)s and feed = %(feed)s and published_at >= %(end)s
        order by published_at, announcement_id
        limit 1
    ) as before_url
