-- Which of these keys have a tombstone.
select key
from core.forgotten
where key = any(%(keys)s::bytea[])
