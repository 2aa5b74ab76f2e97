-- The articles of a story, copies among them, the earliest first.
select article.article_id, published_at, outlet, language, title, left(body, 200) as beginning, original_id, story_reason
from mart.story_article
join mart.article on article.article_id = story_article.article_id
where story_article.story_id = %(story_id)s
order by published_at, article.article_id
limit %(most)s
