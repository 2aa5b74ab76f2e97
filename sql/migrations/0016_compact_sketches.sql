-- Sketches in two thirds of the space: a hash of 32 bits and a day of 16 make an index entry of 24 bytes instead of 40.

alter table core.article_sketch rename to former_sketch;

create table core.article_sketch (
    hash integer not null,
    day smallint not null,
    size smallint not null,
    article_id bigint not null,
    primary key (hash, day, size, article_id)
) partition by range (day);

comment on table core.article_sketch is 'Hashes of passages of three words, some twenty an article (similarity.sketch): two articles that share two of them are compared. Of a changed article the hashes of its former text stay: they only make candidates.';
comment on column core.article_sketch.hash is 'Signed 32-bit hash of three words in a row.';
comment on column core.article_sketch.day is 'UTC day of its published_at, in days since 2000-01-01: the partition, and the window of the search.';
comment on column core.article_sketch.size is 'Hashes of its whole sketch: what is shared counts by what could be.';
comment on column core.article_sketch.article_id is 'The article.';

create or replace function core.ensure_sketch_partitions(days date[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    month date;
    name text;
begin
    for month in select distinct date_trunc('month', day)::date from unnest(days) as day loop
        name := 'article_sketch_' || to_char(month, 'YYYY_MM');
        if to_regclass('core.' || name) is null then
            execute format(
                'create table core.%I partition of core.article_sketch for values from (%s) to (%s)',
                name, month - date '2000-01-01', (month + interval '1 month')::date - date '2000-01-01'
            );
        end if;
    end loop;
end
$$;

-- what lies beyond the whole months that two bytes hold counts as the nearest
create function core.sketch_day(day date) returns date
language sql immutable
return least(greatest(day, date '1910-05-01'), date '2089-08-31');

do $$
declare
    month record;
begin
    -- their partitions have the names that the new ones take
    for month in
        select child.oid::regclass as name, 'former_' || child.relname as former
        from pg_inherits
        join pg_class as child on child.oid = pg_inherits.inhrelid
        where pg_inherits.inhparent = 'core.former_sketch'::regclass
    loop
        execute format('alter table %s rename to %I', month.name, month.former);
    end loop;
    perform core.ensure_sketch_partitions(array(select distinct core.sketch_day(day) from core.former_sketch));
end
$$;

insert into core.article_sketch (hash, day, size, article_id)
select hash::bit(32)::integer, core.sketch_day(day) - date '2000-01-01', size, article_id
from core.former_sketch
on conflict do nothing;

drop table core.former_sketch;

drop function core.sketch_day(date);
