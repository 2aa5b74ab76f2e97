-- Shows for as long as this session lives that the run is alive; a second lock on the same run is never asked for.
select pg_advisory_lock(7470, %(run_id)s::integer)
