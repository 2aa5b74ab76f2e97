-- One visitor an announcement: whoever gets the lock visits, and only when nobody has since it was planned.
select pg_try_advisory_lock(7471, (%(announcement_id)s %% 2147483647)::integer) as locked
