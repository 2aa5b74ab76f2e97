-- What discoveries noted beside their failures: feeds that were passed over because a listing reached back.
select note
from core.coverage, unnest(notes) as note
where run_id = %(run_id)s
