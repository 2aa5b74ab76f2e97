-- Lines that stand in ten or more of a site's articles of the last day, and in a third of them: what surrounds its texts is read as text.
-- severity: warn
with recent as (
    select article_id, source, feed, body, count(*) over (partition by source, feed) as articles
    from core.article
    where first_seen_at > now() - interval '1 day' and time_origin <> 'post'
)
select source, feed, line, count(distinct article_id) as repeated, articles
from recent
cross join lateral string_to_table(body, chr(10)) as line
where length(line) >= 30
group by source, feed, line, articles
having count(distinct article_id) >= 10 and count(distinct article_id) > articles / 3.0
