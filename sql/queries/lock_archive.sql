-- One reader a web archive, until its session ends.
select pg_try_advisory_lock(7473, %(archive_id)s::integer) as locked
