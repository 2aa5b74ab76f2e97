-- Stories: which originals tell one event, and the keys by which candidates are found.

create table core.story (
    story_id bigint generated always as identity primary key,
    headline text not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    articles integer not null,
    outlets integer not null,
    languages text[] not null,
    updated_at timestamptz not null default clock_timestamp()
);

create index story_time on core.story (last_at);

comment on table core.story is 'Articles of one event, across outlets and languages, within 72 hours: two originals or more. Copies belong to the story of their original (mart.story counts them too).';
comment on column core.story.story_id is 'Key; stays the same when articles join or leave.';
comment on column core.story.headline is 'Title of the earliest article in Ukrainian that has one, or else of the earliest that has one; the first line of the earliest post where none has.';
comment on column core.story.first_at is 'published_at of its earliest article.';
comment on column core.story.last_at is 'published_at of its latest article.';
comment on column core.story.articles is 'Its originals.';
comment on column core.story.outlets is 'Outlets of its originals: sites, and channels each on its own.';
comment on column core.story.languages is 'Languages of its originals, in the order of the alphabet.';
comment on column core.story.updated_at is 'When one of these figures changed last.';

create table core.story_article (
    article_id bigint primary key references core.article on delete cascade,
    story_id bigint not null references core.story on delete cascade,
    likelihood real not null check (likelihood between 0 and 1),
    reason text not null,
    joined_at timestamptz not null default clock_timestamp()
);

create index story_article_story on core.story_article (story_id);

comment on table core.story_article is 'Which original stands in which story. An article that is not in here, and whose original is not, tells an event alone.';
comment on column core.story_article.article_id is 'The article; never a copy.';
comment on column core.story_article.story_id is 'Its story.';
comment on column core.story_article.likelihood is 'How probable it was when it joined that it tells the event of the article that it is closest to; 0 to 1.';
comment on column core.story_article.reason is 'Why, for a person.';
comment on column core.story_article.joined_at is 'When it joined.';

-- all of a row is in its key: the search for candidates reads the index alone
create table core.story_key (
    key bigint not null,
    published_at timestamptz not null,
    article_id bigint not null,
    primary key (key, published_at, article_id)
) partition by range (published_at);

comment on table core.story_key is 'Hashes of pairs of telling words, of the picture and of the addresses, some forty an original: those that share one within 72 hours are compared. Of a changed article the former ones stay: they only make candidates.';
comment on column core.story_key.key is 'Signed 64-bit hash.';
comment on column core.story_key.published_at is 'published_at of the article when it was told: the partition, and the window of the search.';
comment on column core.story_key.article_id is 'The article.';

create function core.ensure_story_partitions(moments timestamptz[]) returns void
language plpgsql as $$
declare
    month timestamp;
    name text;
begin
    for month in select distinct date_trunc('month', moment at time zone 'UTC') from unnest(moments) as moment loop
        name := 'story_key_' || to_char(month, 'YYYY_MM');
        if to_regclass('core.' || name) is null then
            execute format(
                'create table core.%I partition of core.story_key for values from (%L) to (%L)',
                name, month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC'
            );
        end if;
    end loop;
end
$$;
comment on function core.ensure_story_partitions is 'Creates the monthly partitions of core.story_key (UTC months) that these moments need.';

create function core.drop_story_keys(before timestamptz) returns integer
language plpgsql as $$
declare
    partition record;
    newest bigint;
    dropped integer := 0;
begin
    for partition in
        select child.oid::regclass as name, to_date(right(child.relname, 7), 'YYYY_MM') as month
        from pg_inherits
        join pg_class as child on child.oid = pg_inherits.inhrelid
        where pg_inherits.inhparent = 'core.story_key'::regclass
    loop
        continue when (partition.month + interval '1 month') at time zone 'UTC' > before;
        execute format('select max(article_id) from %s', partition.name) into newest;
        continue when exists (select from core.article where article_id = newest and first_seen_at > before);
        execute format('drop table %s', partition.name);
        dropped := dropped + 1;
    end loop;
    return dropped;
end
$$;
comment on function core.drop_story_keys is 'Drops the partitions of core.story_key whose month ended before a moment and whose newest article was stored before it; returns how many.';

alter table core.article add column told_as text check (told_as in ('original', 'copy'));
comment on column core.article.told_as is 'What the article was when its story was looked for: original or copy; null while that is due.';

create index article_untold on core.article (published_at, article_id) where told_as is null;
