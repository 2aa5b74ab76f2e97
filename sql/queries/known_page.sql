-- Whether this very answer is kept already.
select page_id
from raw.page
where url = %(url)s and fetched_at = %(fetched_at)s and source = %(source)s and body_sha256 = %(body_sha256)s
limit 1
