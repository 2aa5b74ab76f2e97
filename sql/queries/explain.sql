-- One article with its verdict as it stands.
select
    article.article_id,
    article.url,
    article.title,
    article.published_at,
    article.judged,
    duplicate.original_id,
    original.url as original_url,
    duplicate.kind,
    duplicate.similarity,
    coalesce(duplicate.reason, article.judgement) as reason,
    (select count(*) from core.duplicate as copy where copy.original_id = article.article_id) as copies
from core.article
left join core.duplicate on duplicate.article_id = article.article_id
left join core.article as original on original.article_id = duplicate.original_id
where article.article_id = %(article_id)s
