-- Enters announcements into the ledger; one that is known only fills what it lacked. A feed's time is better than a listing's.
insert into raw.announcement as known (
    source, feed, url, title, lead, published_at, time_origin, section, guid,
    first_seen_at, last_seen_at, announced_by, next_visit_at
)
values %s
on conflict (source, url) do update
set title = coalesce(known.title, excluded.title),
    lead = coalesce(known.lead, excluded.lead),
    section = coalesce(known.section, excluded.section),
    guid = coalesce(known.guid, excluded.guid),
    published_at = case
        when known.published_at is null or (known.time_origin = 'page' and excluded.time_origin = 'feed')
            then coalesce(excluded.published_at, known.published_at)
        else known.published_at
    end,
    time_origin = case
        when known.published_at is null or (known.time_origin = 'page' and excluded.time_origin = 'feed')
            then coalesce(excluded.time_origin, known.time_origin)
        else known.time_origin
    end,
    last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at)
returning announcement_id, url, xmax = 0
