-- Announcements that a parser has answered, newest page first, with the kept page to read again: the last that came for them; beside
-- it the page that made the article, where a later visit ended without one. What still waits to be parsed is left to its turn.
select
    announcement.announcement_id,
    announcement.source,
    announcement.feed,
    announcement.url,
    announcement.title,
    announcement.lead,
    announcement.published_at,
    announcement.time_origin,
    announcement.section,
    announcement.guid,
    announcement.outcome,
    announcement.outcome_detail,
    article.external_id,
    kept.page_id,
    kept.page_fetched_at,
    kept.decides
from raw.announcement
left join lateral (
    select external_id, published_at, parser_version, page_id, page_fetched_at
    from core.article
    where article.announcement_id = announcement.announcement_id
    order by page_fetched_at desc, article_id desc
    limit 1
) as article on true
cross join lateral (
    select page_id, page_fetched_at, bool_or(is_last) as decides
    from (
        values
            (announcement.page_id, announcement.page_fetched_at, true),
            (article.page_id, article.page_fetched_at, announcement.outcome = 'ok')
    ) as page (page_id, page_fetched_at, is_last)
    where page_id is not null
        and case
            when announcement.outcome = 'ok'
                then page_fetched_at = greatest(announcement.page_fetched_at, article.page_fetched_at)
            else not is_last or announcement.outcome = any(%(parsed)s)
        end
    group by page_id, page_fetched_at
) as kept
where announcement.source = %(source)s
    and announcement.outcome is not null
    and (%(ids)s::bigint[] is null or announcement.announcement_id = any(%(ids)s))
    and (%(feeds)s::text[] is null or announcement.feed = any(%(feeds)s))
    and (%(outcomes)s::text[] is null or announcement.outcome = any(%(outcomes)s))
    and (%(version)s::text is null or article.parser_version is distinct from %(version)s)
    and (
        %(start)s::timestamptz is null
        or coalesce(article.published_at, announcement.published_at, kept.page_fetched_at) >= %(start)s
        and coalesce(article.published_at, announcement.published_at, kept.page_fetched_at) < %(end)s
    )
    and announcement.announcement_id not in (
        select unnest(announcements)
        from raw.unparsed
        where source = %(source)s
    )
order by kept.page_fetched_at desc, kept.page_id desc, announcement.announcement_id
