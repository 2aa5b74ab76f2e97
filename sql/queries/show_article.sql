-- All that is known of one article, found by its number, its URL or its publisher's identifier.
select
    article.*, outcome, announcement.first_seen_at as announced_at, duplicate.original_id, duplicate.kind as duplicate_kind,
    duplicate.reason as duplicate_reason, page.url as page_url, page.peer as page_peer, encode(page.body_sha256, 'hex') as page_sha256,
    (
        select coalesce(jsonb_agg(jsonb_build_object(
            'revision', revision.revision, 'seen_from', seen_from, 'seen_to', seen_to, 'cause', cause, 'title', revision.title
        ) order by revision.revision), '[]')
        from core.article_revision as revision
        where revision.article_id = article.article_id
    ) as revisions,
    (
        select coalesce(jsonb_agg(jsonb_build_object('read_at', read_at, 'views', reading.views) order by read_at), '[]')
        from core.article_reading as reading
        where reading.article_id = article.article_id
    ) as readings
from core.article
join raw.announcement on announcement.announcement_id = article.announcement_id
left join core.duplicate on duplicate.article_id = article.article_id
left join raw.page on page.page_id = article.page_id and page.fetched_at = article.page_fetched_at
where article.article_id::text = %(key)s or article.external_id = %(key)s or article.url = %(url)s
order by article.article_id
limit 1
