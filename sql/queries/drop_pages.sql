-- Drops a month of pages, unless it has changed since it was looked at.
select raw.drop_pages(%(month)s, %(newest)s, %(place)s) as pages
