-- Announcements without an article that led to one of these pages.
select announcement_id, url
from raw.announcement
where source = %(source)s and page_id = any(%(pages)s) and outcome = 'redirected'
