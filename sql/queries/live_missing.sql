-- How many of a source's articles lack a field, since a moment and in the thirty days before it.
select
    field,
    count(*) filter (where published_at >= %(start)s) as since,
    count(*) filter (where published_at < %(start)s) as before
from core.article, unnest(missing) as field
where source = %(source)s and feed = any(%(feeds)s) and published_at >= %(start)s - interval '30 days'
group by field
order by field
