-- Makes the story due of all that stands in these stories: others left them, for whose sake alone it may have joined.
update core.article
set told_as = null
where article_id in (select article_id from core.story_article where story_id = any(%(stories)s))
