-- For each of these articles the others that share hashes with it and were published within the window; the likeliest first.
-- Likely is who shares much of the smaller sketch, or what few others have.
with mine as (
    select article_id, day, size, passage
    from unnest(%(articles)s::bigint[], %(days)s::smallint[], %(sizes)s::integer[], %(sketches)s::text[])
        as mine (article_id, day, size, sketch)
    cross join unnest(sketch::integer[]) as passage
    -- in the order of the index, whose pages are then asked for one after the other
    order by passage
),
shared as (
    select
        mine.article_id,
        other.article_id as other_id,
        count(*) / least(mine.size, min(other.size))::float8 * (1 + sum(other.rarity)) as likeness
    from mine
    cross join lateral (
        select article_id, size, 1 / count(*) over ()::float8 as rarity
        from (
            select article_id, size
            from core.article_sketch
            where hash = mine.passage
                and article_id <> mine.article_id
                and day between mine.day - %(window_days)s and mine.day + %(window_days)s
            order by day desc, size desc, article_id desc
            limit %(newest)s
        ) as newest
    ) as other
    group by mine.article_id, mine.size, other.article_id
    having count(*) > 1 or least(mine.size, min(other.size)) < %(few)s
)
select article_id, other_id
from (
    select *, row_number() over (partition by article_id order by likeness desc, other_id desc) as place
    from shared
    where likeness >= %(least_likeness)s
) as ranked
where place <= %(newest)s
order by article_id, place
