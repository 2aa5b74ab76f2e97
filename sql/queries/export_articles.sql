-- The articles of one window for export, in the order of their publication.
select
    article.article_id, article.source, article.feed, external_id, url, title, lead, body, body_kinds, word_count, dateline,
    published_at, time_origin, modified_at, authors, section, tags, image_url, media, links, editions, cited_source,
    language, language_confidence, is_mixed, views, reactions, forwarded_from, reply_to, edited, revision, first_seen_at,
    updated_at, removed_at, parser_version, quality, original_id, kind as duplicate_kind, similarity as duplicate_similarity
from core.article
left join core.duplicate on duplicate.article_id = article.article_id
where published_at >= %(start)s
    and published_at < %(end)s
    and (%(sources)s::text[] is null or article.source = any(%(sources)s))
    and (%(languages)s::text[] is null or language = any(%(languages)s))
    and (not %(originals)s or original_id is null)
order by published_at, article.article_id
