-- What came, as it came: announcements (frontier and ledger in one) and pages (bytes), by month.

create schema raw;
comment on schema raw is 'What came, as it came. Written by the pipeline only; pages are kept by month.';

create table raw.page (
    page_id bigint generated always as identity,
    fetched_at timestamptz not null,
    source text not null,
    url text not null,
    final_url text not null,
    redirects text[] not null default '{}',
    status smallint not null,
    headers jsonb not null default '{}',
    encoding text not null,
    body bytea not null,
    body_sha256 bytea not null,
    peer text,
    run_id bigint,
    primary key (page_id, fetched_at)
) partition by range (fetched_at);

create index page_url on raw.page (url, fetched_at desc);

comment on table raw.page is 'The bytes exactly as a server sent them; one row an answer. Partitioned by month of fetched_at.';
comment on column raw.page.page_id is 'Key; with fetched_at, which names the partition.';
comment on column raw.page.fetched_at is 'When the answer came.';
comment on column raw.page.source is 'Short name of the publisher.';
comment on column raw.page.url is 'The address that was asked for.';
comment on column raw.page.final_url is 'The address that answered, after redirects.';
comment on column raw.page.redirects is 'The addresses between, in order; empty when the first one answered.';
comment on column raw.page.status is 'HTTP status.';
comment on column raw.page.headers is 'Response headers that matter, names in lower case.';
comment on column raw.page.encoding is 'What the bytes are decoded with: BOM, header, XML declaration, meta, then a guess.';
comment on column raw.page.body is 'The bytes, after transfer and content decoding.';
comment on column raw.page.body_sha256 is 'SHA-256 of body.';
comment on column raw.page.peer is 'IP address that answered; a loopback address for the sample site. Null for a page read from a file.';
comment on column raw.page.run_id is 'The run that fetched it (core.run).';

-- lz4 packs and unpacks several times faster than the default; not every server is built with it
do $$
begin
    if 'lz4' = any (select unnest(enumvals) from pg_settings where name = 'default_toast_compression') then
        alter table raw.page alter column body set compression lz4;
    end if;
end
$$;

create function raw.ensure_partitions(first_day timestamptz, last_day timestamptz) returns void
language plpgsql as $$
declare
    start timestamptz := date_trunc('month', first_day at time zone 'UTC') at time zone 'UTC';
    next timestamptz;
begin
    perform pg_advisory_xact_lock(hashtext('raw.ensure_partitions'));
    while start <= last_day loop
        next := (start at time zone 'UTC' + interval '1 month') at time zone 'UTC';
        execute format(
            'create table if not exists raw.%I partition of raw.page for values from (%L) to (%L)',
            'page_' || to_char(start at time zone 'UTC', 'YYYY_MM'), start, next
        );
        start := next;
    end loop;
end
$$;
comment on function raw.ensure_partitions is 'Creates the monthly partitions of raw.page (UTC months) that two moments and all between them need.';

create table raw.announcement (
    announcement_id bigint generated always as identity primary key,
    source text not null,
    feed text not null,
    url text not null,
    title text,
    lead text,
    published_at timestamptz,
    time_origin text,
    section text,
    guid text,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    announced_by bigint,
    outcome text,
    outcome_detail text,
    visited_at timestamptz,
    tries integer not null default 0,
    next_visit_at timestamptz,
    page_id bigint,
    page_fetched_at timestamptz,
    etag text,
    last_modified text,
    unique (source, url)
);

create index announcement_due on raw.announcement (source, next_visit_at) where next_visit_at is not null;
create index announcement_time on raw.announcement (source, feed, published_at);

comment on table raw.announcement is 'Every URL that a publisher announced, with what it said about it and how it ended. Never dropped.';
comment on column raw.announcement.announcement_id is 'Key.';
comment on column raw.announcement.source is 'Short name of the publisher.';
comment on column raw.announcement.feed is 'Edition or channel that announced it first.';
comment on column raw.announcement.url is 'Canonical URL; unique within the source.';
comment on column raw.announcement.title is 'Title as announced; null when the announcement had none.';
comment on column raw.announcement.lead is 'Summary as announced; null when the announcement had none.';
comment on column raw.announcement.published_at is 'Time as announced; null when the announcement had none that can be.';
comment on column raw.announcement.time_origin is 'Where published_at stood: feed, page (a listing) or post; null without a time.';
comment on column raw.announcement.section is 'Category as announced.';
comment on column raw.announcement.guid is 'The feed''s own identifier.';
comment on column raw.announcement.first_seen_at is 'When it was announced to us first.';
comment on column raw.announcement.last_seen_at is 'When it was announced to us last.';
comment on column raw.announcement.announced_by is 'The page (raw.page) that announced it first.';
comment on column raw.announcement.outcome is 'How it ended: ok, gone, refused, no_text and so on (model.Outcome); null while it waits for its first visit.';
comment on column raw.announcement.outcome_detail is 'One line for a person on the outcome.';
comment on column raw.announcement.visited_at is 'When it was visited last, whatever the outcome.';
comment on column raw.announcement.tries is 'Failed visits in a row.';
comment on column raw.announcement.next_visit_at is 'When it is to be asked for (again); null when never again.';
comment on column raw.announcement.page_id is 'The last page (raw.page) that answered with content.';
comment on column raw.announcement.page_fetched_at is 'fetched_at of that page: its partition.';
comment on column raw.announcement.etag is 'ETag of that page, for a conditional request.';
comment on column raw.announcement.last_modified is 'Last-Modified of that page, for a conditional request.';

create table raw.unparsed (
    page_id bigint primary key,
    page_fetched_at timestamptz not null,
    source text not null,
    feed text not null,
    announcements bigint[] not null
);

comment on table raw.unparsed is 'Pages that were fetched and are still to be made into articles. A page leaves in the transaction that stores its articles.';
comment on column raw.unparsed.page_id is 'The page (raw.page).';
comment on column raw.unparsed.page_fetched_at is 'fetched_at of the page: its partition.';
comment on column raw.unparsed.source is 'Short name of the publisher.';
comment on column raw.unparsed.feed is 'Edition or channel.';
comment on column raw.unparsed.announcements is 'Announcements that the page is expected to answer: one on a site, the posts of a channel''s page.';

create table raw.validator (
    url text primary key,
    source text not null,
    etag text,
    last_modified text,
    page_id bigint not null,
    page_fetched_at timestamptz not null
);

comment on table raw.validator is 'The last answer of each feed''s address, for a conditional request: on 304 the kept bytes are read again.';
comment on column raw.validator.url is 'The feed''s address.';
comment on column raw.validator.source is 'Short name of the publisher.';
comment on column raw.validator.etag is 'ETag of the last answer with content.';
comment on column raw.validator.last_modified is 'Last-Modified of the last answer with content.';
comment on column raw.validator.page_id is 'That answer (raw.page).';
comment on column raw.validator.page_fetched_at is 'fetched_at of that answer: its partition.';
