-- One story: its headline, its times, and how many told it.
select story_id, headline, first_at, last_at, articles, copies, outlets, languages
from mart.story
where story_id = %(story_id)s
