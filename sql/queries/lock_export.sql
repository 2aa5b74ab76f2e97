-- One writer of exports to a folder at a time: two would build the same day in the same place. Until it is unlocked.
select pg_advisory_lock(hashtext('newswire.export.' || %(folder)s))
