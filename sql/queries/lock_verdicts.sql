-- One judge at a time: two would make two originals of one text.
select pg_advisory_xact_lock(hashtext('newswire.duplicates'))
