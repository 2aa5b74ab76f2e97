-- Keeps one answer of a server, byte for byte.
insert into raw.page (fetched_at, source, url, final_url, redirects, status, headers, encoding, body, body_sha256, peer, cut, run_id)
values (
    %(fetched_at)s, %(source)s, %(url)s, %(final_url)s, %(redirects)s, %(status)s, %(headers)s, %(encoding)s,
    %(body)s, sha256(%(body)s), %(peer)s, %(cut)s, %(run_id)s
)
returning page_id
