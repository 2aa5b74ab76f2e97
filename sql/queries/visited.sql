-- Announcements whose page came: what it was, and when they are asked for again (1, 6 and 24 hours after publication).
update raw.announcement
set page_id = coalesce(%(page_id)s, page_id),
    page_fetched_at = coalesce(%(page_fetched_at)s, page_fetched_at),
    etag = coalesce(%(etag)s, etag),
    last_modified = coalesce(%(last_modified)s, last_modified),
    visited_at = %(visited_at)s,
    tries = 0,
    next_visit_at = (
        select min(coalesce(published_at, first_seen_at) + age)
        from unnest(%(ages)s::interval[]) as age
        where coalesce(published_at, first_seen_at) + age > %(visited_at)s
    )
where announcement_id = any(%(announcements)s)
