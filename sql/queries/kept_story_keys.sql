-- Those of these keys of articles that are entered already. With a limit, or the planner may read all keys instead.
select mine.article_id, kept.key
from unnest(%(keys)s::text[], %(times)s::timestamptz[], %(articles)s::bigint[]) as mine (keys, published_at, article_id)
cross join unnest(mine.keys::bigint[]) as wanted
cross join lateral (
    select key
    from core.story_key
    where key = wanted and published_at = mine.published_at and article_id = mine.article_id
    limit 1
) as kept
