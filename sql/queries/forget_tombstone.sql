-- When and why something was taken down, found by the number that it had, or by its URL or identifier.
select article_id, source, reason, forgotten_at
from core.forgotten
where article_id::text = any(%(names)s)
    or key in (select sha256(convert_to(source || chr(31) || name, 'UTF8')) from unnest(%(names)s) as name)
order by forgotten_at
limit 1
