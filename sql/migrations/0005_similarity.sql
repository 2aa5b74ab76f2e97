-- Near duplicates: the sketches by which candidates are found, and which articles were found alike.

-- one index entry of 32 bytes holds everything that the search for candidates asks for, the newest of a hash side by side
create table core.article_sketch (
    hash bigint not null,
    article_id bigint not null,
    day date not null,
    size smallint not null,
    primary key (hash, day, article_id) include (size)
) partition by range (day);

comment on table core.article_sketch is 'Hashes of passages of three words, some twenty an article (similarity.sketch): two articles that share two of them are compared. Of a changed article the hashes of its former text stay: they only make candidates.';
comment on column core.article_sketch.hash is 'Signed 64-bit hash of three words in a row.';
comment on column core.article_sketch.article_id is 'The article.';
comment on column core.article_sketch.day is 'UTC day of its published_at: the partition, and the window of the search.';
comment on column core.article_sketch.size is 'Hashes of its whole sketch: what is shared counts by what could be.';

create function core.ensure_sketch_partitions(days date[]) returns void
language plpgsql as $$
declare
    month date;
    name text;
begin
    for month in select distinct date_trunc('month', day)::date from unnest(days) as day loop
        name := 'article_sketch_' || to_char(month, 'YYYY_MM');
        if to_regclass('core.' || name) is null then
            execute format(
                'create table core.%I partition of core.article_sketch for values from (%L) to (%L)',
                name, month, (month + interval '1 month')::date
            );
        end if;
    end loop;
end
$$;
comment on function core.ensure_sketch_partitions is 'Creates the monthly partitions of core.article_sketch that these days need.';

create function core.drop_sketches(before timestamptz) returns integer
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
        where pg_inherits.inhparent = 'core.article_sketch'::regclass
    loop
        continue when partition.month + interval '1 month' > before;
        execute format('select max(article_id) from %s', partition.name) into newest;
        continue when exists (select from core.article where article_id = newest and first_seen_at > before);
        execute format('drop table %s', partition.name);
        dropped := dropped + 1;
    end loop;
    return dropped;
end
$$;
comment on function core.drop_sketches is 'Drops the partitions of core.article_sketch whose month ended before a moment and whose newest article was stored before it; returns how many.';

create table core.similar (
    article_id bigint not null references core.article on delete cascade,
    other_id bigint not null references core.article on delete cascade,
    kind text not null check (kind in ('near', 'excerpt')),
    similarity real not null check (similarity between 0 and 1),
    confidence real not null check (confidence between 0 and 1),
    reason text not null,
    primary key (article_id, other_id),
    check (article_id < other_id)
);

create index similar_other on core.similar (other_id);

comment on table core.similar is 'Pairs of articles whose texts match. The verdicts (core.duplicate) are made of these, and made anew of these when one of them changes.';
comment on column core.similar.article_id is 'The one stored first.';
comment on column core.similar.other_id is 'The other.';
comment on column core.similar.kind is 'near: nearly the same text; excerpt: the shorter is a part of the longer.';
comment on column core.similar.similarity is 'Share of the shorter''s words, by weight, that stand in the longer; 0 to 1.';
comment on column core.similar.confidence is 'How probable it is that a person would call them copies; over one half.';
comment on column core.similar.reason is 'Why, for a person.';

alter table core.article
    add column judgement text;
comment on column core.article.judgement is 'When it was judged last: its nearest candidate, and why the two are no copies; null while that is due, or when every candidate was a copy.';

-- footer lines are learned from the newest posts of a channel
create index article_feed on core.article (source, feed, published_at desc);
