-- Articles from the future: published more than an hour after we fetched them.
-- severity: fail
select article_id, source, url, published_at, time_origin, page_fetched_at
from core.article
where published_at > page_fetched_at + interval '1 hour'
