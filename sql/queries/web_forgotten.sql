-- An article that was taken down, by the number that it had.
select reason, forgotten_at
from mart.forgotten
where article_id = %(article_id)s
