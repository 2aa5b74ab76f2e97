-- How each edition or channel does now: whether it could be asked, what it announced last, and how much it announces as a rule.
create view mart.feed_health as
with recursive known as (
    -- from one name to the next one: the distinct names would cost a look at every run
    (
        select source, feed
        from core.coverage
        order by source, feed
        limit 1
    )
    union all
    select next.source, next.feed
    from known
    cross join lateral (
        select coverage.source, coverage.feed
        from core.coverage
        where (coverage.source, coverage.feed) > (known.source, known.feed)
        order by coverage.source, coverage.feed
        limit 1
    ) as next
)
select
    known.source,
    known.feed,
    run.started_at as asked_at,
    last.failure,
    last.failure_detail,
    reached.started_at as reached_at,
    announced.newest_at,
    (
        select count(*) / 14.0
        from raw.announcement
        where announcement.source = known.source
            and announcement.feed = known.feed
            and published_at > announced.newest_at - interval '14 days'
            and published_at <= announced.newest_at
    ) as usual_daily
from known
cross join lateral (
    select run_id, failure, failure_detail
    from core.coverage
    where coverage.source = known.source and coverage.feed = known.feed
    order by coverage.asked_to desc, coverage_id desc
    limit 1
) as last
join core.run on run.run_id = last.run_id
left join lateral (
    select started_at
    from core.coverage
    join core.run as success on success.run_id = coverage.run_id
    where coverage.source = known.source and coverage.feed = known.feed and coverage.failure is null
    order by coverage.asked_to desc, coverage_id desc
    limit 1
) as reached on true
cross join lateral (
    select max(published_at) as newest_at
    from raw.announcement
    where announcement.source = known.source and announcement.feed = known.feed and published_at <= now()
) as announced;

comment on view mart.feed_health is 'One row an edition or channel that was ever asked: how it does now. What is wrong with it, and what to do, the Newswire page says in Airflow.';
comment on column mart.feed_health.source is 'Short name of the publisher.';
comment on column mart.feed_health.feed is 'Edition or channel.';
comment on column mart.feed_health.asked_at is 'When the run began that asked for its newest window.';
comment on column mart.feed_health.failure is 'What stopped that run before its window was covered; null when nothing did.';
comment on column mart.feed_health.failure_detail is 'One line for a person on that.';
comment on column mart.feed_health.reached_at is 'When the run began that asked for the newest window which nothing stopped; null when there was none.';
comment on column mart.feed_health.newest_at is 'Time of the newest thing that it announced, those of the future left out; null when none had a time.';
comment on column mart.feed_health.usual_daily is 'What it announced a day in the 14 days up to its newest.';
