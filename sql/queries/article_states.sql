-- What is stored of a batch of articles: enough to see which are new, changed or only read anew.
select
    external_id, article_id, announcement_id, content_hash, record_hash, parser_version, views, reactions, media,
    revision, page_id, page_fetched_at, removed_at, quality
from core.article
where source = %(source)s and external_id = any(%(external_ids)s)
