-- The articles whose verdict is due, and all that share a key with them or with one another: URL, forward origin, text.
with recursive due as (
    select article_id
    from core.article
    where not judged
    order by article_id
    limit %(limit)s
),
linked as (
    select article_id from due
    union
    select other.article_id
    from linked
    join core.article as one on one.article_id = linked.article_id
    join lateral (
        select article_id from core.article where url = one.url
        union all
        select article_id from core.article where text_hash = one.text_hash
        union all
        select article_id from core.article where forwarded_from = one.forwarded_from
        union all
        select article_id from core.article where source = one.source and external_id = one.forwarded_from
        union all
        select article_id from core.article where source = one.source and forwarded_from = one.external_id
    ) as other on true
)
select
    article_id, source, external_id, url, forwarded_from, text_hash, word_count, published_at
from core.article
where article_id in (select article_id from linked)
