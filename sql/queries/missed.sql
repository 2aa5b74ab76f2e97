-- Announcements whose visit failed: how, and when each is tried again, with pauses that double up to a week. The next visit is
-- unconditional: an answer "not modified" would not say what the page is worth.
update raw.announcement
set outcome = %(outcome)s,
    outcome_detail = %(detail)s,
    visited_at = %(visited_at)s,
    tries = tries + 1,
    etag = null,
    last_modified = null,
    page_id = coalesce(%(page_id)s, page_id),
    page_fetched_at = coalesce(%(page_fetched_at)s, page_fetched_at),
    next_visit_at = case
        when tries + 1 < %(most_tries)s
            then %(visited_at)s + greatest(
                least(interval '1 hour' * 2 ^ least(tries, 10), interval '7 days'),
                least(make_interval(secs => %(retry_after)s), interval '7 days')
            )
    end
where announcement_id = any(%(announcements)s)
