-- Moves what waits in pending lists into the full-text index.
select core.flush_search()
