-- How each source does now: what came against what usually comes, how visits ended, what was not seen, the last run.
create view mart.source_health as
with recursive known as (
    -- from one name to the next one: the distinct names would cost a look at every announcement
    select least((select min(source) from raw.announcement), (select min(source) from core.run)) as source
    union all
    select least(
        (select min(announcement.source) from raw.announcement where announcement.source > known.source),
        (select min(run.source) from core.run where run.source > known.source)
    )
    from known
    where known.source is not null
)
select
    known.source,
    (select max(published_at) from core.article where article.source = known.source and published_at <= now()) as newest_at,
    came.articles_24h,
    came.usual_24h,
    came.usual_weeks,
    ended.visits_24h,
    coalesce(ended.outcomes_24h, '{}') as outcomes_24h,
    unread.pages as unread,
    unread.since as unread_since,
    missed.gaps,
    missed.unseen,
    missed.feeds as gap_feeds,
    missed.gap_from,
    missed.gap_to,
    missed.gap_reason,
    last_run.caller as run_caller,
    last_run.started_at as run_started_at,
    last_run.finished_at as run_finished_at,
    last_run.state as run_state,
    last_run.error as run_error
from known
cross join lateral (
    select
        (sum(articles) filter (where week = 0))::bigint as articles_24h,
        percentile_cont(0.5) within group (order by articles) filter (where week > 0 and begun) as usual_24h,
        count(*) filter (where week > 0 and begun) as usual_weeks
    from (
        select week, articles, bool_or(articles > 0) over (order by week desc) as begun
        from (
            select
                week,
                (
                    select count(*)
                    from core.article
                    where article.source = known.source
                        and published_at > now() - (week * 7 + 1) * interval '24 hours'
                        and published_at <= now() - week * interval '168 hours'
                ) as articles
            from generate_series(0, 8) as week
        ) as counted
    ) as by_week
) as came
cross join lateral (
    select sum(visits)::bigint as visits_24h, jsonb_object_agg(outcome, visits) as outcomes_24h
    from (
        select outcome, count(*) as visits
        from raw.announcement
        where announcement.source = known.source and visited_at > now() - interval '24 hours' and outcome is not null
        group by outcome
    ) as by_outcome
) as ended
cross join lateral (
    select count(*) as pages, min(page_fetched_at) as since
    from raw.unparsed
    where unparsed.source = known.source
) as unread
cross join lateral (
    select
        count(*) as gaps,
        sum(gap_to - gap_from) as unseen,
        array_agg(distinct feed order by feed) as feeds,
        min(gap_from) as gap_from,
        max(gap_to) as gap_to,
        (array_agg(reason order by gap_to desc) filter (where reason is not null))[1] as gap_reason
    from mart.gap
    where gap.source = known.source and gap_to > now() - interval '14 days'
) as missed
left join lateral (
    select caller, started_at, run_id
    from core.run
    where run.source = known.source and verb in ('discover', 'fetch', 'normalise')
    order by started_at desc
    limit 1
) as newest on true
left join lateral (
    -- one run of a Dag has a line a task; from a shell each line is a run
    select
        caller,
        min(started_at) as started_at,
        case when bool_and(finished_at is not null) then max(finished_at) end as finished_at,
        case
            when bool_or(state in ('failed', 'died')) then 'failed'
            when bool_or(state = 'running') then 'running'
            else 'done'
        end as state,
        string_agg(distinct error, e'\n') as error
    from core.run
    where run.source = known.source
        and run.caller = newest.caller
        and run.started_at > newest.started_at - interval '24 hours'
        and (run.caller like 'airflow %' or run.run_id = newest.run_id)
    group by caller
) as last_run on true
where known.source is not null;

comment on view mart.source_health is 'One row a source: how it does now. What is wrong with it, and what to do, the Newswire page says in Airflow.';
comment on column mart.source_health.source is 'Short name of the publisher.';
comment on column mart.source_health.newest_at is 'published_at of its newest article, those of the future left out; null before the first one.';
comment on column mart.source_health.articles_24h is 'Articles published in the last 24 hours.';
comment on column mart.source_health.usual_24h is 'Median of the same 24 hours of the week in the last eight weeks; null when the source is younger than a week.';
comment on column mart.source_health.usual_weeks is 'Weeks which that median knows; those before the source''s first article are left out.';
comment on column mart.source_health.visits_24h is 'Announcements visited in the last 24 hours; null when none was.';
comment on column mart.source_health.outcomes_24h is 'How those ended: outcome code to number.';
comment on column mart.source_health.unread is 'Pages that were fetched and are still to be made into articles.';
comment on column mart.source_health.unread_since is 'Since when the oldest of them waits.';
comment on column mart.source_health.gaps is 'Stretches of the last 14 days that were asked for and never seen (mart.gap).';
comment on column mart.source_health.unseen is 'Their length, all feeds together; null without gaps.';
comment on column mart.source_health.gap_feeds is 'Editions or channels that have them.';
comment on column mart.source_health.gap_from is 'Start of the earliest one.';
comment on column mart.source_health.gap_to is 'End of the latest one.';
comment on column mart.source_health.gap_reason is 'What stopped the run that asked for the latest one; null when the publisher shows no more.';
comment on column mart.source_health.run_caller is 'Who started the last ingestion: shell, or the Airflow Dag and run.';
comment on column mart.source_health.run_started_at is 'When it began.';
comment on column mart.source_health.run_finished_at is 'When it ended; null while it runs, and when a part of it died.';
comment on column mart.source_health.run_state is 'done, running, or failed: one of its parts failed or died.';
comment on column mart.source_health.run_error is 'What its parts failed of, one line each.';
