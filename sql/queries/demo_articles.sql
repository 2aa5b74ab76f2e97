-- The demonstration's closing table: articles by outlet and language.
select
    outlet,
    language,
    count(*) as articles,
    count(original_id) as copies,
    count(*) filter (where revision > 1) as revised,
    count(forwarded_from) as forwards
from mart.article
group by outlet, language
order by outlet, articles desc, language
