-- Pages that have waited for an hour to be made into articles.
-- severity: warn
select source, feed, count(*) as pages, min(page_fetched_at) as since
from raw.unparsed
where page_fetched_at < now() - interval '1 hour'
group by source, feed
