-- Announcements of these numbers.
select announcement_id, source, feed, url, title, lead, published_at, time_origin, section, guid
from raw.announcement
where announcement_id = any(%(ids)s)
