-- What a conditional request for a feed's address carries.
select etag, last_modified, page_id, page_fetched_at
from raw.validator
where url = %(url)s
