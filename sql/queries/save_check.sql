-- Adds one rule's result to the history of checks.
insert into core.check_result (run_id, name, severity, breakers, sample)
values (%(run_id)s, %(name)s, %(severity)s, %(breakers)s, %(sample)s)
on conflict (run_id, name) do update
set severity = excluded.severity,
    breakers = excluded.breakers,
    sample = excluded.sample,
    checked_at = clock_timestamp()
