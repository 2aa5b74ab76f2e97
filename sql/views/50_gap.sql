-- Stretches of time that were asked of a feed and never seen.
create view mart.gap as
with feed_coverage as (
    select
        source,
        feed,
        range_agg(tstzrange(asked_from, asked_to)) as asked,
        range_agg(tstzrange(reached_from, reached_to)) filter (where reached_from < reached_to) as reached
    from core.coverage
    group by source, feed
)
select
    source,
    feed,
    lower(gap) as gap_from,
    upper(gap) as gap_to,
    (
        select coverage.failure || coalesce(': ' || coverage.failure_detail, '')
        from core.coverage
        where coverage.source = feed_coverage.source
            and coverage.feed = feed_coverage.feed
            and coverage.failure is not null
            and tstzrange(asked_from, asked_to) && gap
        order by coverage_id desc
        limit 1
    ) as reason
from feed_coverage, unnest(asked - coalesce(reached, '{}')) as gap
-- publishers state the minute: what is shorter hides nothing
where upper(gap) - lower(gap) >= interval '1 minute';

comment on view mart.gap is 'Stretches of publication time of a minute or longer that were asked of a feed and never seen. A later run that reaches back closes them.';
comment on column mart.gap.source is 'Short name of the publisher.';
comment on column mart.gap.feed is 'Edition or channel.';
comment on column mart.gap.gap_from is 'Start of the stretch.';
comment on column mart.gap.gap_to is 'End of the stretch.';
comment on column mart.gap.reason is 'What stopped the last run that asked for it; null when nothing did and the publisher shows no more.';
