-- Runs that are said to run, but whose process holds no sign of life any more, died.
update core.run
set state = 'died'
where state = 'running'
    and not exists (
        select from pg_locks
        where locktype = 'advisory'
            and classid = 7470
            and objid = run_id
            and database = (select oid from pg_database where datname = current_database())
    )
