-- How many articles each source published in each language, by day in Kyiv.
create view mart.daily_volume as
select
    (published_at at time zone 'Europe/Kyiv')::date as day,
    source,
    language,
    count(*) as articles
from core.article
group by (published_at at time zone 'Europe/Kyiv')::date, source, language;

comment on view mart.daily_volume is 'Articles by day, source and language, copies among them. Name the days that you want: each is read from an index.';
comment on column mart.daily_volume.day is 'Day of publication in Kyiv.';
comment on column mart.daily_volume.source is 'Short name of the publisher.';
comment on column mart.daily_volume.language is 'ISO 639-1 of the text; und where undecidable.';
comment on column mart.daily_volume.articles is 'Articles.';
