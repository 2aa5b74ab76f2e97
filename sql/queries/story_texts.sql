-- What is compared of these articles, and of all articles of these stories; one that is a copy now is about to leave its story.
select
    article.article_id, article.source, article.url, article.title, article.lead, left(article.body, %(letters)s) as body,
    article.language, article.published_at, article.image_url,
    array(select value from jsonb_each_text(article.editions)) as editions,
    story_article.story_id
from core.article
left join core.story_article on story_article.article_id = article.article_id
-- as one array, which is looked up in the index: with an `or` all articles are read
where article.article_id = any(
    %(articles)s || array(
        select article_id
        from core.story_article
        where story_id = any(%(stories)s)
            and not exists (select from core.duplicate where duplicate.article_id = story_article.article_id)
    )
)
