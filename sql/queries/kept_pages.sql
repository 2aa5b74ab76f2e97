-- Kept pages with their bytes, but for those withheld; the times name their partitions.
select page_id, fetched_at, url, final_url, redirects, status, headers, encoding, body, peer, cut
from raw.page
where page_id = any(%(pages)s) and fetched_at = any(%(times)s) and withheld_at is null
