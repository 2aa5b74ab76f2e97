-- The sources that some articles cite become these; what is there already stays untouched.
with found as (
    select article_id, cited, cited_key
    from jsonb_to_recordset(%(found)s) as found (article_id bigint, cited text, cited_key text)
), gone as (
    delete from core.article_citation as known
    where article_id = any(%(articles)s) and not exists (select from found where found.article_id = known.article_id)
)
insert into core.article_citation as known (article_id, cited, cited_key)
select article_id, cited, cited_key
from found
on conflict (article_id) do update
set cited = excluded.cited,
    cited_key = excluded.cited_key
where (known.cited, known.cited_key) is distinct from (excluded.cited, excluded.cited_key)
