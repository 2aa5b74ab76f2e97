-- How each source does now.
select *
from mart.source_health
order by source
