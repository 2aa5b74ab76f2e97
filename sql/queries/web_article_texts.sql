-- Every text that an article had, the first one first.
select revision, title, lead, body, seen_from, seen_to, cause, page_id
from mart.article_text
where article_id = %(article_id)s
order by revision
