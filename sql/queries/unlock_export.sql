-- The folder is free for the next writer of exports.
select pg_advisory_unlock(hashtext('newswire.export.' || %(folder)s))
