-- Verdicts whose original is a copy itself: copies stand around one original.
-- severity: fail
select duplicate.article_id, duplicate.original_id
from core.duplicate
join core.duplicate as above on above.article_id = duplicate.original_id
