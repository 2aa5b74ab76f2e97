-- The articles of each story, copies among them: from a story to its articles by an index.
create view mart.story_article as
select story_id, article_id, likelihood, reason, false as is_copy
from core.story_article
union all
select story_article.story_id, duplicate.article_id, story_article.likelihood, story_article.reason, true
from core.story_article
join core.duplicate on duplicate.original_id = story_article.article_id;

comment on view mart.story_article is 'The articles of each story, copies among them. Goes from a story to its articles by an index; mart.article.story_id goes the other way.';
comment on column mart.story_article.story_id is 'The story (mart.story).';
comment on column mart.story_article.article_id is 'The article.';
comment on column mart.story_article.likelihood is 'How probable it was when it joined that it tells the event; of a copy, its original''s.';
comment on column mart.story_article.reason is 'Why, for a person; of a copy, why its original stands there.';
comment on column mart.story_article.is_copy is 'Whether it is a copy of an article of the story.';
