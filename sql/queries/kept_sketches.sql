-- Those of these hashes of articles that are entered already. With a limit, or the planner may read all sketches instead.
select mine.article_id, kept.hash
from unnest(%(articles)s::bigint[], %(days)s::date[], %(sketches)s::text[]) as mine (article_id, day, sketch)
cross join unnest(sketch::bigint[]) as passage
cross join lateral (
    select hash
    from core.article_sketch
    where hash = passage and article_id = mine.article_id and day = mine.day
    limit 1
) as kept
