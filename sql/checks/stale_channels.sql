-- Channels that posted once a day or more for a fortnight, and not at all in the last two days, though they were asked.
-- severity: warn
select article.source, article.feed, max(article.published_at) as newest_at, count(*) as posts_of_the_fortnight
from core.article
where article.time_origin = 'post'
    and article.published_at > now() - interval '16 days'
    and exists (
        select from core.coverage
        where coverage.source = article.source
            and coverage.feed = article.feed
            and coverage.asked_to > now() - interval '1 day'
            and coverage.failure is null
    )
group by article.source, article.feed
having max(article.published_at) < now() - interval '2 days' and count(*) >= 14
