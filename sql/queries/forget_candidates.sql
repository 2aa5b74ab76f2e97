-- Pages that may show an article: its own under any address, and those of feeds, listings, channels and redirected addresses.
select
    page.page_id,
    page.body,
    page.page_id = any(%(pages)s) or page.url = any(%(urls)s) or page.final_url = any(%(urls)s) as is_own
from raw.page
left join raw.announcement on announcement.source = page.source and announcement.url = page.url
where page.source = %(source)s
    and withheld_at is null
    and (%(channel)s::text is null or page.url ilike '%%/' || %(channel)s || '%%')
    and (
        announcement.announcement_id is null
        or announcement.outcome = 'redirected'
        or page.page_id = any(%(pages)s)
        or page.url = any(%(urls)s)
        or page.final_url = any(%(urls)s)
    )
