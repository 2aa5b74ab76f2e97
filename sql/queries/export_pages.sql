-- The kept pages that came in one window, by day (UTC) and source, in the order in which they came; none of those withheld.
select
    (fetched_at at time zone 'UTC')::date::text as day, source,
    page_id, fetched_at, url, final_url, redirects, status, headers, encoding, body, peer, cut
from raw.page
where fetched_at >= %(start)s
    and fetched_at < %(end)s
    and withheld_at is null
    and (%(sources)s::text[] is null or source = any(%(sources)s))
order by day, source, fetched_at, page_id
