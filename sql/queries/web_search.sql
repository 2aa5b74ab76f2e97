-- A page of the articles that a search finds, the best first, with the place where each matches.
with found as materialized (
    select article_id, rank, snippet
    from mart.search(
        %(search)s,
        from_day => %(from_day)s::date,
        to_day => %(to_day)s::date,
        languages => %(languages)s::text[],
        sources => %(sources)s::text[],
        originals => %(originals)s,
        most => %(skip)s + %(most)s,
        marks => %(marks)s
    )
    order by rank desc, original_id is not null, published_at desc, article_id desc
    offset %(skip)s
)
select
    article_id, published_at, source, outlet, language, title, lead, left(body, 400) as beginning, revision, original_id,
    duplicate_kind, duplicate_reason, story_id, removed_at, snippet
from mart.article
join found using (article_id)
-- by their keys: how many rows a function returns is not known beforehand, and the whole table would be read
where article_id = any (array(select article_id from found))
order by rank desc, original_id is not null, published_at desc, article_id desc
