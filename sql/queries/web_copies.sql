-- The original of an article and all copies of it, the earliest first.
select
    article_id, published_at, outlet, language, title, left(body, 200) as beginning, original_id, duplicate_reason
from mart.article
-- by their keys: either condition has its index, both in one have none
where article_id = any (array(select article_id from mart.article where original_id = %(original_id)s) || %(original_id)s::bigint)
order by original_id is not null, published_at, article_id
limit %(most)s
