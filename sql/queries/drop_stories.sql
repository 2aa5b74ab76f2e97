-- Removes those of these stories that fewer than two articles tell.
delete from core.story
where story_id = any(%(stories)s)
    and (select count(*) from core.story_article where story_article.story_id = story.story_id) < 2
