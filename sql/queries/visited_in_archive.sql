-- Announcements whose page came out of an archive: a visit, where it is the newest. Nothing becomes due by it, and what is due
-- already is asked for without conditions: its answer may have changed since the archived one.
update raw.announcement
set page_id = %(page_id)s,
    page_fetched_at = %(page_fetched_at)s,
    visited_at = %(page_fetched_at)s,
    etag = null,
    last_modified = null
where announcement_id = any(%(announcements)s) and (visited_at is null or visited_at <= %(page_fetched_at)s)
