-- One article with its verdict, its story and where its bytes are.
select
    article.*,
    page.bytes as page_bytes,
    page.withheld_at as page_withheld_at,
    page.status as page_status,
    page.final_url as page_final_url
from mart.article
left join mart.raw_page as page on page.page_id = article.page_id and page.fetched_at = article.page_fetched_at
where article.article_id = %(article_id)s
