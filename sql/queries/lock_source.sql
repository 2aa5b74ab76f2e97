-- One writer of a source's articles at a time: two would make two revisions of one change.
select pg_advisory_xact_lock(hashtext('newswire.articles.' || %(source)s))
