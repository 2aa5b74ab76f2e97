-- Announcements of the last week that ended well, and whose article is not stored.
-- severity: fail
select announcement_id, source, feed, url, visited_at
from raw.announcement
where outcome = 'ok'
    and visited_at > now() - interval '7 days'
    and not exists (
        select from core.article
        where article.announcement_id = announcement.announcement_id
    )
