-- Short lines that stand in more than one of the newest articles of these feeds, and how often. By the place of the feed among those
-- asked for; a line that an article says twice counts twice, for to tell them apart takes as long as all the rest.
select place, line, count(*) as times
from (
    select place, newest.article_id, string_to_table(newest.body, chr(10)) as line
    from unnest(%(sources)s::text[], %(feeds)s::text[]) with ordinality as asked (source, feed, place)
    cross join lateral (
        select article_id, body
        from core.article
        where source = asked.source and feed = asked.feed
        order by published_at desc
        limit %(newest)s
    ) as newest
) as lines
where line <> '' and length(line) <= %(longest)s
group by place, line
having min(article_id) <> max(article_id)
