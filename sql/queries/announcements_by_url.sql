-- Numbers of the announcements with these URLs.
select announcement_id, url
from raw.announcement
where source = %(source)s and url = any(%(urls)s)
