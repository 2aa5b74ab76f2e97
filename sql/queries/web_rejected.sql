-- Some announcements that became no article, visited last first; from behind a given one where one is given.
with shown as materialized (
    select
        announcement_id, source, feed, url, title, published_at, outcome, outcome_detail, visited_at, next_visit_at, page_id,
        page_fetched_at
    from mart.rejected
    where outcome not in ('ok', 'unchanged') and visited_at is not null
        and (%(source)s::text is null or source = %(source)s)
        and (%(outcome)s::text is null or outcome = %(outcome)s)
        and (%(after_at)s::timestamptz is null or (visited_at, announcement_id) < (%(after_at)s, %(after_id)s))
    order by visited_at desc, announcement_id desc
    limit %(most)s
)
select shown.*, page.bytes, page.status, page.withheld_at, page.page_id is null as is_dropped
from shown
left join mart.raw_page as page on page.page_id = shown.page_id and page.fetched_at = shown.page_fetched_at
order by shown.visited_at desc, shown.announcement_id desc
