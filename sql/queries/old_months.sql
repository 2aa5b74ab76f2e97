-- Months of raw.page that ended before a moment, oldest first, with what is to be known before one is dropped.
select
    month,
    (
        select max(page_id)
        from raw.page
        where fetched_at >= month::timestamp at time zone 'UTC'
            and fetched_at < (month + interval '1 month') at time zone 'UTC'
    ) as newest,
    exists (select from raw.dropped_month as known where known.month = old.month and known.pages > 0) as dropped_before,
    exists (
        select from raw.dropped_month as known
        where known.month = (old.month - interval '1 month')::date and exported_to is not null
    ) as day_before_exported
from (
    select to_date(right(child.relname, 7), 'YYYY_MM') as month
    from pg_inherits
    join pg_class as child on child.oid = pg_inherits.inhrelid
    where pg_inherits.inhparent = 'raw.page'::regclass
) as old
where (month + interval '1 month') at time zone 'UTC' <= %(before)s
order by month
