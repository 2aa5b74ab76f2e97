-- The newest of some announcements, each feed in turn.
select announcement_id
from raw.announcement
where announcement_id = any(%(ids)s)
order by
    row_number() over (partition by feed order by coalesce(published_at, first_seen_at) desc, announcement_id desc),
    announcement_id
limit %(limit)s
