-- The mentions of some articles become these; what is there already stays untouched.
with found as (
    select article_id, name
    from jsonb_to_recordset(%(found)s) as found (article_id bigint, name text)
), gone as (
    delete from core.article_mention as known
    where article_id = any(%(articles)s)
        and not exists (select from found where found.article_id = known.article_id and found.name = known.name)
)
insert into core.article_mention (article_id, name)
select article_id, name
from found
on conflict do nothing
