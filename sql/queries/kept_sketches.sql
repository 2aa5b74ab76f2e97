-- Those of these hashes of articles that are entered already. With a limit, or the planner may read all sketches instead.
with mine as (
    select article_id, day, passage
    from unnest(%(articles)s::bigint[], %(days)s::smallint[], %(sketches)s::text[]) as mine (article_id, day, sketch)
    cross join unnest(sketch::integer[]) as passage
    -- in the order of the index, whose pages are then asked for one after the other
    order by passage
)
select mine.article_id, kept.hash
from mine
cross join lateral (
    select hash
    from core.article_sketch
    where hash = mine.passage and article_id = mine.article_id and day = mine.day
    limit 1
) as kept
