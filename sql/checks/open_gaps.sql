-- Time of the last week that was asked of a feed and never seen.
-- severity: warn
select source, feed, gap_from, gap_to, reason
from mart.gap
where gap_to > now() - interval '7 days'
