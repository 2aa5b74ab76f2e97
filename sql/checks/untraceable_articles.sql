-- Articles of the last month whose page is not kept any more: a row must be traceable to its bytes.
-- severity: fail
select article_id, source, url, page_id
from core.article
where page_fetched_at > now() - interval '30 days'
    and not exists (
        select from raw.page
        where page.page_id = article.page_id and page.fetched_at = article.page_fetched_at
    )
