-- How many announcements of the last 30 days became no article, by code.
select outcome, count(*) as announcements
from mart.rejected
where outcome not in ('ok', 'unchanged')
    and visited_at > now() - interval '30 days'
    and (%(source)s::text is null or source = %(source)s)
group by outcome
order by announcements desc, outcome
