-- Addresses that lead to what was taken down are taken down with it, with the reason of that.
insert into core.forgotten (key, article_id, source, reason, forgotten_at)
select other.key, known.article_id, known.source, known.reason, known.forgotten_at
from (values %s) as other (key, known_key)
join core.forgotten as known on known.key = other.known_key
on conflict (key) do nothing
