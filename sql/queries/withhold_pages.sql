-- Deletes the bytes of pages, which then wait for no parser, and are no answer to a conditional request any more.
with unparsed as (
    delete from raw.unparsed
    where page_id = any(%(pages)s)
), validator as (
    delete from raw.validator
    where page_id = any(%(pages)s)
)
update raw.page
set body = '',
    withheld_at = clock_timestamp()
where page_id = any(%(pages)s) and withheld_at is null
