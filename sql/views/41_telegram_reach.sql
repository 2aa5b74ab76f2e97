-- Views of posts over time: one row a reading of a post's counters, with what came since the one before.
create view mart.telegram_reach as
select
    reading.article_id,
    '@' || article.feed as outlet,
    article.url,
    article.published_at,
    reading.read_at,
    reading.read_at - article.published_at as age,
    reading.views,
    reading.views - before.views as gained,
    (select sum(value::bigint)::bigint from jsonb_each_text(reading.reactions)) as reactions,
    article.forwarded_from is not null as is_forward
from core.article_reading as reading
join core.article on article.article_id = reading.article_id
left join lateral (
    select earlier.views
    from core.article_reading as earlier
    where earlier.article_id = reading.article_id and earlier.read_at < reading.read_at
    order by earlier.read_at desc
    limit 1
) as before on true
where article.time_origin = 'post';

comment on view mart.telegram_reach is 'Views of posts over time: one row a reading of a post''s counters; there is one only where they had moved.';
comment on column mart.telegram_reach.article_id is 'The post (mart.article).';
comment on column mart.telegram_reach.outlet is '@channel.';
comment on column mart.telegram_reach.url is 'Canonical URL.';
comment on column mart.telegram_reach.published_at is 'When the post was published.';
comment on column mart.telegram_reach.read_at is 'When the counters were read.';
comment on column mart.telegram_reach.age is 'How old the post was then.';
comment on column mart.telegram_reach.views is 'Views by then, as Telegram rounds them; null when none are shown.';
comment on column mart.telegram_reach.gained is 'Views since the reading before; null for the first one.';
comment on column mart.telegram_reach.reactions is 'Reactions by then, all kinds together; null when there are none.';
comment on column mart.telegram_reach.is_forward is 'It is a forward: Telegram then shows the views of this post, not of the original.';
