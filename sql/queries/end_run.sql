-- Closes the run's line in the ledger and lets go of its sign of life.
with ended as (
    update core.run
    set state = %(state)s, finished_at = clock_timestamp(), counts = %(counts)s, error = %(error)s
    where run_id = %(run_id)s
    returning run_id
)
select pg_advisory_unlock(7470, run_id::integer) from ended
