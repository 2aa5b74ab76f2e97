-- Announcements to visit, oldest duty first: due by the clock and inside a window that was asked for, or all of a window again.
with asked as (
    select feed, range_agg(tstzrange(asked_from, asked_to)) as times
    from core.coverage
    where source = %(source)s
    group by feed
)
select announcement_id, announcement.feed
from raw.announcement
left join asked on asked.feed = announcement.feed
where source = %(source)s
    and announcement.feed = any(%(feeds)s)
    and (
        (next_visit_at <= %(now)s and (published_at is null or published_at <@ asked.times))
        or %(refetch)s
    )
    and (%(start)s::timestamptz is null or published_at is null or published_at >= %(start)s and published_at < %(end)s)
order by next_visit_at nulls last, announcement_id
limit %(limit)s
