-- The next pages to be made into articles, oldest first, with their bytes; taken by one worker at a time.
with taken as (
    select page_id, page_fetched_at, feed, announcements
    from raw.unparsed
    where source = %(source)s and feed = any(%(feeds)s)
    order by page_fetched_at, page_id
    limit %(limit)s
    for update skip locked
)
select
    page.page_id, page.fetched_at, page.url, page.final_url, page.redirects, page.status, page.headers, page.encoding,
    page.body, page.peer, page.cut, taken.feed, taken.announcements
from taken
join raw.page on page.page_id = taken.page_id and page.fetched_at = taken.page_fetched_at
order by page.fetched_at, page.page_id
