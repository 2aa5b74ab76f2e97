-- What is not kept: pages after a time, by months; and articles that were taken down, of which a tombstone stays.

alter table raw.page add column withheld_at timestamptz;
comment on column raw.page.withheld_at is 'When its bytes were deleted, because it showed an article that was taken down (body is empty then, body_sha256 stays); null otherwise.';

create table raw.dropped_month (
    month date primary key,
    pages bigint not null,
    exported_to text,
    dropped_at timestamptz not null default clock_timestamp()
);
comment on table raw.dropped_month is 'Months (UTC) of raw.page whose time was over.';
comment on column raw.dropped_month.month is 'Its first day.';
comment on column raw.dropped_month.pages is 'Pages that it held; of a month that came back out of an archive, all that were dropped.';
comment on column raw.dropped_month.exported_to is 'Folder or URL to which the pages were exported as WARC before; null when nobody had asked for that.';
comment on column raw.dropped_month.dropped_at is 'When it was dropped first.';

create function raw.drop_pages(wanted date, newest bigint, place text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
-- whoever reads raw.page for longer is not interrupted, and nobody waits behind us: it is tried again on the next day
set lock_timeout = '30s' as $$
declare
    name constant text := 'page_' || to_char(wanted, 'YYYY_MM');
    start constant timestamptz := wanted::timestamp at time zone 'UTC';
    pages bigint;
    last bigint;
begin
    execute format('lock table raw.%I in access exclusive mode', name);
    execute format('select count(*), max(page_id) from raw.%I', name) into pages, last;
    if last is distinct from newest or exists (
        select from raw.unparsed where page_fetched_at >= start and page_fetched_at < start + interval '1 month'
    ) then
        return null;
    end if;
    execute format('drop table raw.%I', name);
    insert into raw.dropped_month as known (month, pages, exported_to)
    values (wanted, pages, place)
    on conflict (month) do update set pages = known.pages + excluded.pages;
    return pages;
end
$$;
comment on function raw.drop_pages is 'Drops a month of raw.page, if newest is still its newest page and none of its pages waits to be read; returns how many pages it held, null when it stays.';

create table core.forgotten (
    key bytea primary key,
    article_id bigint not null,
    source text not null,
    reason text not null,
    forgotten_at timestamptz not null default now()
);
create index forgotten_article on core.forgotten (article_id);

comment on table core.forgotten is 'Tombstones: articles that were taken down, by hashes of their addresses and identifiers, so that they do not come back.';
comment on column core.forgotten.key is 'SHA-256 of source and URL, or of source and external_id.';
comment on column core.forgotten.article_id is 'The number that the article had.';
comment on column core.forgotten.source is 'Short name of the publisher.';
comment on column core.forgotten.reason is 'Why it was taken down, as the person who did it wrote.';
comment on column core.forgotten.forgotten_at is 'When.';
