-- The articles that share a key with these (URL, forward origin, text), match one of them or have a verdict with one, and are not known.
-- What repeats itself day after day, a short text or a match, is followed within a span of time only: a chain of alerts has no end.
with one as materialized (
    select article_id, source, external_id, url, forwarded_from, text_hash, word_count, published_at
    from core.article
    where article_id = any(%(articles)s)
),
short as (
    select text_hash, min(published_at) - %(short_span)s as since, max(published_at) + %(short_span)s as till
    from one
    where word_count < %(short_words)s
    group by text_hash
),
sure as (
    select article_id from core.article where url in (select url from one)
    union all
    select article_id from core.article where text_hash in (select text_hash from one where word_count >= %(short_words)s)
    union all
    select article_id
    from core.article
    where forwarded_from in (select forwarded_from from one where forwarded_from ~ '^\w+/\d+$')
    union all
    select other.article_id
    from one
    join core.article as other on other.source = one.source and other.external_id = one.forwarded_from
    union all
    select other.article_id
    from one
    join core.article as other on other.source = one.source and other.forwarded_from = one.external_id
    union all
    select original_id from core.duplicate where article_id = any(%(articles)s)
    union all
    select article_id from core.duplicate where original_id = any(%(articles)s)
),
likely as (
    select other.article_id
    from short
    join core.article as other on other.text_hash = short.text_hash and other.published_at between short.since and short.till
    union all
    select other_id from core.similar where article_id = any(%(articles)s)
    union all
    select article_id from core.similar where other_id = any(%(articles)s)
)
select article_id
from sure
where article_id <> all(%(known)s)
union
select article_id
from likely
join core.article using (article_id)
where article_id <> all(%(known)s) and published_at between %(since)s - %(around)s and %(till)s + %(around)s
