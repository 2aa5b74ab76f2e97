-- Makes new stories, to be filled, and returns their numbers in order.
insert into core.story (headline, first_at, last_at, articles, outlets, languages)
select '', now(), now(), 0, 0, '{}'
from generate_series(1, %(count)s)
returning story_id
