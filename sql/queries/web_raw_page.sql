-- One kept answer of a server, with its bytes.
select page_id, fetched_at, source, url, final_url, status, headers, encoding, body, withheld_at, sha256
from mart.raw_page
where page_id = %(page_id)s
