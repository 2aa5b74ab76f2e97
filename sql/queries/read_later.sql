-- Announcements that a newer page than this one has made into an article already.
select announcement_id
from raw.announcement
where announcement_id = any(%(announcements)s) and outcome in ('ok', 'unchanged', 'redirected') and visited_at > %(fetched_at)s
