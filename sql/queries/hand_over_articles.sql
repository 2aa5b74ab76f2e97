-- Articles that another address had led to now belong to the announcements of their own addresses.
update core.article
set announcement_id = own.announcement_id
from (values %s) as own (article_id, announcement_id)
where article.article_id = own.article_id
