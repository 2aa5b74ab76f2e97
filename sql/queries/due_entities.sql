-- Articles whose entities are to be read from the stored row, and what they are read from; they leave the list by it.
with due as (
    delete from core.entity_due
    where article_id in (select article_id from core.entity_due order by article_id limit %(limit)s for update skip locked)
    returning article_id
)
select
    article.article_id, source, feed, external_id, url, title, lead, body, published_at, time_origin, tags, links, forwarded_from,
    cited_source
from due
join core.article on article.article_id = due.article_id
