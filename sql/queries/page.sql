-- One kept answer, as it came.
select page_id, fetched_at, source, url, final_url, redirects, status, headers, encoding, body, peer, cut
from raw.page
where page_id = %(page_id)s and fetched_at = %(fetched_at)s
