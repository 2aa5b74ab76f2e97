-- Pages that have been made into articles leave the queue.
delete from raw.unparsed
where page_id = any(%(pages)s)
