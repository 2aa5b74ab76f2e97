-- Articles without copies.
create view mart.original as
select *
from mart.article
where original_id is null;

comment on view mart.original is 'mart.article without copies: one row a text.';

-- the same columns mean the same
do $$
declare
    col record;
begin
    for col in
        select attname, col_description(attrelid, attnum) as meaning
        from pg_attribute
        where attrelid = 'mart.article'::regclass and attnum > 0
    loop
        execute format('comment on column mart.original.%I is %L', col.attname, col.meaning);
    end loop;
end
$$;
