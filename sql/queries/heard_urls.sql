-- Which addresses are announced, and whether each has become an article of its own.
select
    url,
    exists (select from core.article where article.announcement_id = announcement.announcement_id) as has_article
from raw.announcement
where source = %(source)s and url = any(%(urls)s)
