-- Holds the verb index off: what it reads now would come back into the index.
select pg_advisory_xact_lock(hashtext('newswire.search'))
