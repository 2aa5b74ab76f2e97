-- The stories in which these articles stand.
select distinct story_id
from core.story_article
where article_id = any(%(articles)s)
