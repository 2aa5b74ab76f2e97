-- The announcements of these numbers that nobody has visited since they were planned.
select
    announcement_id, source, feed, url, title, lead, published_at, time_origin, section, guid, etag, last_modified,
    page_id, page_fetched_at
from raw.announcement
where announcement_id = any(%(ids)s)
    and (visited_at is null or visited_at < %(planned_at)s)
order by array_position(%(ids)s::bigint[], announcement_id)
