-- For each source, edition and day: what was announced, fetched, stored, rejected by code, and what time was never seen.
create view mart.coverage as
with ledger as (
    select
        announcement.source,
        announcement.feed,
        (coalesce(article.published_at, announcement.published_at, announcement.first_seen_at) at time zone 'Europe/Kyiv')::date as day,
        announcement.outcome,
        announcement.page_id is not null as fetched,
        article.article_id is not null as stored,
        duplicate.article_id is not null as copy
    from raw.announcement
    left join core.article on article.announcement_id = announcement.announcement_id
    left join core.duplicate on duplicate.article_id = article.article_id
),
counted as (
    select
        source,
        feed,
        day,
        count(*) as announced,
        count(*) filter (where fetched) as fetched,
        count(*) filter (where stored) as stored,
        count(*) filter (where copy) as copies,
        count(*) filter (where outcome is null) as waiting
    from ledger
    group by source, feed, day
),
rejected as (
    select source, feed, day, jsonb_object_agg(outcome, articles order by outcome) as rejected
    from (
        select source, feed, day, outcome, count(*) as articles
        from ledger
        where not stored and outcome is not null
        group by source, feed, day, outcome
    ) as by_code
    group by source, feed, day
),
missing as (
    select
        source,
        feed,
        day::date as day,
        sum(upper(part) - lower(part)) as unseen
    from mart.gap
    cross join lateral generate_series(
        (gap_from at time zone 'Europe/Kyiv')::date, (gap_to at time zone 'Europe/Kyiv')::date, interval '1 day'
    ) as day
    cross join lateral (
        select tstzrange(gap_from, gap_to) * tstzrange(
            day::timestamp at time zone 'Europe/Kyiv', (day::timestamp + interval '1 day') at time zone 'Europe/Kyiv'
        ) as part
    ) as of_day
    where not isempty(part)
    group by source, feed, day::date
)
select
    source,
    feed,
    day,
    coalesce(announced, 0) as announced,
    coalesce(fetched, 0) as fetched,
    coalesce(stored, 0) as stored,
    coalesce(copies, 0) as copies,
    coalesce(waiting, 0) as waiting,
    coalesce(rejected, '{}') as rejected,
    coalesce(unseen, interval '0') as unseen
from counted
left join rejected using (source, feed, day)
full join missing using (source, feed, day);

comment on view mart.coverage is 'For each source, edition or channel, and day in Kyiv: how what was announced ended, and what time was never seen.';
comment on column mart.coverage.source is 'Short name of the publisher.';
comment on column mart.coverage.feed is 'Edition or channel.';
comment on column mart.coverage.day is 'Day of publication in Kyiv; of the announcement where no time is known.';
comment on column mart.coverage.announced is 'Announcements.';
comment on column mart.coverage.fetched is 'Announcements whose page answered with bytes.';
comment on column mart.coverage.stored is 'Announcements that became an article.';
comment on column mart.coverage.copies is 'Articles among them that are copies of another.';
comment on column mart.coverage.waiting is 'Announcements that have not ended yet.';
comment on column mart.coverage.rejected is 'Outcome code to number of announcements that became no article.';
comment on column mart.coverage.unseen is 'Time of the day that was asked for and never seen (mart.gap).';
