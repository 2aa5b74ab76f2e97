-- Takes articles out of their stories.
delete from core.story_article
where article_id = any(%(articles)s)
