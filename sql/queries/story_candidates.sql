-- For each of these articles the other originals that share so many keys with it within the window, the likeliest first.
with mine as (
    select key, published_at, article_id
    from unnest(%(keys)s::text[], %(times)s::timestamptz[], %(articles)s::bigint[]) as due (keys, published_at, article_id)
    cross join unnest(due.keys::bigint[]) as key
),
shared as (
    select mine.article_id, other.article_id as other_id, count(*) as keys
    from mine
    cross join lateral (
        select article_id
        from core.story_key
        where key = mine.key and published_at between mine.published_at - %(span)s and mine.published_at + %(span)s
        order by published_at desc
        limit %(newest)s
    ) as other
    where other.article_id <> mine.article_id
    group by mine.article_id, other.article_id
    having count(*) >= %(least)s
)
select article_id, other_id
from (
    select *, row_number() over (partition by article_id order by keys desc, other_id desc) as place
    from shared
    where not exists (select from core.duplicate where duplicate.article_id = other_id)
) as ranked
where place <= %(most)s
order by article_id, place
