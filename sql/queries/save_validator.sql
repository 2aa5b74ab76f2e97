-- Remembers the last answer of a feed's address, for the next conditional request.
insert into raw.validator (url, source, etag, last_modified, page_id, page_fetched_at)
values (%(url)s, %(source)s, %(etag)s, %(last_modified)s, %(page_id)s, %(page_fetched_at)s)
on conflict (url) do update
set etag = excluded.etag,
    last_modified = excluded.last_modified,
    page_id = excluded.page_id,
    page_fetched_at = excluded.page_fetched_at
