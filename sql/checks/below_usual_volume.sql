-- Sources with less than half of their usual articles yesterday: the median of the same weekday in the eight weeks before.
-- severity: warn
with days as (
    select source, (published_at at time zone 'Europe/Kyiv')::date as day, count(*) as articles
    from core.article
    where published_at > now() - interval '60 days'
    group by 1, 2
),
yesterday as (
    select (now() at time zone 'Europe/Kyiv')::date - 1 as day
),
usual as (
    select days.source, percentile_cont(0.5) within group (order by days.articles) as articles
    from days
    join yesterday on days.day < yesterday.day and (yesterday.day - days.day) % 7 = 0
    group by days.source
    having count(*) >= 3
)
select usual.source, yesterday.day, coalesce(days.articles, 0) as articles, usual.articles as usual
from usual
cross join yesterday
left join days on days.source = usual.source and days.day = yesterday.day
where usual.articles >= 10 and coalesce(days.articles, 0) < usual.articles / 2
