-- Lets go of an announcement.
select pg_advisory_unlock(7471, (%(announcement_id)s %% 2147483647)::integer)
