-- How a source's visits ended since a moment, by code, and how those of one probe did.
select
    outcome,
    count(*) filter (where visited_at >= %(start)s) as in_all,
    count(*) filter (where announcement_id = any(%(probed)s)) as in_probe
from raw.announcement
where source = %(source)s
    and feed = any(%(feeds)s)
    and outcome is not null
    and (visited_at >= %(start)s or announcement_id = any(%(probed)s))
group by outcome
order by outcome
