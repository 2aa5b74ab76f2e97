-- A page that is still to be made into articles, and the announcements that it should answer.
insert into raw.unparsed (page_id, page_fetched_at, source, feed, announcements)
values (%(page_id)s, %(page_fetched_at)s, %(source)s, %(feed)s, %(announcements)s)
on conflict (page_id) do nothing
