-- Announcements whose page is withheld before it was read: it is to be asked for again.
update raw.announcement
set next_visit_at = clock_timestamp(),
    etag = null,
    last_modified = null
from raw.unparsed
where unparsed.page_id = any(%(pages)s) and announcement_id = any(unparsed.announcements)
