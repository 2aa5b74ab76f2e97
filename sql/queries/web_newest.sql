-- When the newest article was published that is not of the future.
select published_at
from mart.article
where published_at <= now()
order by published_at desc
limit 1
