-- Announcements that are neither ended nor waiting for anything: none may be forgotten.
-- severity: fail
select announcement_id, source, feed, url, visited_at
from raw.announcement
where outcome is null
    and next_visit_at is null
    and not exists (
        select from raw.unparsed
        where announcement_id = any(announcements)
    )
