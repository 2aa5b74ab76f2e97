-- The columns of all tables and views, in the order in which a reader looks for them, with what the database says of them.
select
    namespace.nspname as schema,
    obj_description(namespace.oid, 'pg_namespace') as schema_meaning,
    class.relname as relation,
    class.relkind as kind,
    obj_description(class.oid, 'pg_class') as relation_meaning,
    attribute.attname as name,
    format_type(attribute.atttypid, attribute.atttypmod) as type,
    col_description(class.oid, attribute.attnum) as meaning
from pg_class as class
join pg_namespace as namespace on namespace.oid = class.relnamespace
join pg_attribute as attribute on attribute.attrelid = class.oid and attribute.attnum > 0 and not attribute.attisdropped
where namespace.nspname in ('mart', 'core', 'raw')
    and class.relkind in ('r', 'p', 'v', 'm')
    and not class.relispartition
order by namespace.nspname <> 'mart', namespace.nspname, class.relname, attribute.attnum
