-- Sources in which more than a tenth of the last day's texts of twelve words or more have no decided language.
-- severity: warn
select source, count(*) as articles, count(*) filter (where language = 'und') as undecided
from core.article
where first_seen_at > now() - interval '1 day' and word_count >= 12
group by source
having count(*) filter (where language = 'und') > count(*) / 10.0
