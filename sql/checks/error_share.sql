-- Sources of which more than a fifth of the last day's visits ended in an error of the site or of ours.
-- severity: fail
select source, count(*) as visits, count(*) filter (where outcome in ('error', 'unreachable', 'server_error', 'refused', 'throttled', 'truncated')) as errors
from raw.announcement
where visited_at > now() - interval '1 day'
group by source
having count(*) >= 20
    and count(*) filter (where outcome in ('error', 'unreachable', 'server_error', 'refused', 'throttled', 'truncated')) > count(*) / 5.0
