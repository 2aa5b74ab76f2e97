-- The web archive is free for another reader.
select pg_advisory_unlock(7473, %(archive_id)s::integer)
