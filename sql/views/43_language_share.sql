-- In which languages each outlet publishes, day by day.
create materialized view mart.language_share as
select
    (published_at at time zone 'Europe/Kyiv')::date as day,
    case when time_origin = 'post' then '@' || feed else source end as outlet,
    language,
    count(*) as articles,
    count(*) filter (where is_mixed) as mixed,
    (count(*) / sum(count(*)) over (
        partition by (published_at at time zone 'Europe/Kyiv')::date, case when time_origin = 'post' then '@' || feed else source end
    ))::real as share
from core.article
group by 1, 2, 3;

create unique index language_share_key on mart.language_share (day, outlet, language);

comment on materialized view mart.language_share is 'In which languages each outlet publishes, by day. Materialised: brought up to date after each run.';
comment on column mart.language_share.day is 'Day of publication in Kyiv.';
comment on column mart.language_share.outlet is 'Who speaks: @channel for a post, otherwise the source.';
comment on column mart.language_share.language is 'ISO 639-1 of the text; und where undecidable.';
comment on column mart.language_share.articles is 'Articles in that language, copies among them.';
comment on column mart.language_share.mixed is 'Those of them that are in a second language for a good part.';
comment on column mart.language_share.share is 'Their share of all that the outlet published on that day, 0 to 1.';
