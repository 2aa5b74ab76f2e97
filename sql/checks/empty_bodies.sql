-- Articles of sites without a body, of the last day.
-- severity: fail
select article_id, source, url
from core.article
where time_origin <> 'post' and body !~ '\S' and updated_at > now() - interval '1 day'
