-- The quality rules: what each found last, and what it found before, newest first, in the last two weeks.
select
    name,
    (array_agg(severity order by checked_at desc))[1] as severity,
    (array_agg(breakers order by checked_at desc))[1] as breakers,
    (array_agg(sample order by checked_at desc))[1] as sample,
    max(checked_at) as checked_at,
    (array_agg(breakers order by checked_at desc))[:30] as history
from mart.check_result
where checked_at > now() - interval '14 days'
group by name
order by (array_agg(breakers order by checked_at desc))[1] = 0, name
