-- The articles of one announcement, which are taken down together, and all that names them and their pages.
select
    article.article_id,
    article.source,
    article.feed,
    article.external_id,
    article.url,
    article.published_at,
    article.announcement_id,
    announcement.url as announced_url,
    article.time_origin = 'post' as is_post,
    array(
        select article.page_id
        union
        select announcement.page_id
        union
        select announcement.announced_by
        union
        select revision.page_id
        from core.article_revision as revision
        where revision.article_id = article.article_id
    ) as pages
from core.article
join raw.announcement on announcement.announcement_id = article.announcement_id
where article.announcement_id = (select announcement_id from core.article where article_id = %(article_id)s)
