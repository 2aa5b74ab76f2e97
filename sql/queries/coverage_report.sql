-- The coverage report by source and day, all feeds together: the last two weeks that have something.
with by_code as (
    select source, day, code, sum(articles::bigint) as articles
    from mart.coverage, jsonb_each_text(rejected) as each_code (code, articles)
    group by source, day, code
),
rejected as (
    select source, day, jsonb_object_agg(code, articles order by code) as rejected
    from by_code
    group by source, day
)
select
    source,
    day,
    sum(announced)::bigint as announced,
    sum(fetched)::bigint as fetched,
    sum(stored)::bigint as stored,
    sum(waiting)::bigint as due,
    coalesce((array_agg(rejected.rejected))[1], '{}') as rejected,
    nullif(round(extract(epoch from max(unseen)) / 3600, 1), 0) as "gap h"
from mart.coverage
left join rejected using (source, day)
where day in (select distinct day from mart.coverage order by day desc limit 14)
group by source, day
order by source, day
