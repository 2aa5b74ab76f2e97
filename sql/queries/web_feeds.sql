-- How each edition or channel does now, of those that were asked in the last two days.
select *
from mart.feed_health
where asked_at > now() - interval '2 days'
order by source, feed
