-- The functions that analysts call, with what the database says of them.
select
    proname as name,
    pg_get_function_arguments(oid) as arguments,
    pg_get_function_result(oid) as result,
    obj_description(oid, 'pg_proc') as meaning
from pg_proc
where pronamespace = 'mart'::regnamespace
order by proname
