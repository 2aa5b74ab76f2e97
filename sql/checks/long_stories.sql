-- Stories that span more than a week: none may span more than 72 hours, so events have been melted into one.
-- severity: warn
select story_id, headline, first_at, last_at, articles
from core.story
where last_at - first_at > interval '7 days'
