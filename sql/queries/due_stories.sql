-- The judged articles whose story is due, in the order of their publication, with what is compared of them.
select
    article.article_id, article.source, article.url, article.title, article.lead, left(article.body, %(letters)s) as body,
    article.language, article.published_at, article.image_url,
    array(select value from jsonb_each_text(article.editions)) as editions,
    story_article.story_id, duplicate.article_id is not null as is_copy
from core.article
left join core.story_article on story_article.article_id = article.article_id
left join core.duplicate on duplicate.article_id = article.article_id
where article.told_as is null and article.judged
order by article.published_at, article.article_id
limit %(limit)s
