-- Articles as they are stored, to be compared with what a parser reads now; with the time of their newest counters.
select
    article_id, external_id, url, title, lead, body, body_kinds, dateline, published_at, time_origin, modified_at, authors,
    section, tags, image_url, media, links, editions, cited_source, language, is_mixed, views, reactions, forwarded_from,
    reply_to, edited, removed_at, announcement_id, page_fetched_at, parser_version, content_hash, record_hash, quality,
    (select max(read_at) from core.article_reading as reading where reading.article_id = article.article_id) as counted_at
from core.article
where source = %(source)s and external_id = any(%(external_ids)s)
