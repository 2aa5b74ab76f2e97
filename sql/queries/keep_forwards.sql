-- What some posts forward becomes this; what is there already stays untouched.
with found as (
    select article_id, channel, post_id, origin
    from jsonb_to_recordset(%(found)s) as found (article_id bigint, channel text, post_id bigint, origin text)
), gone as (
    delete from core.article_forwarding as known
    where article_id = any(%(articles)s) and not exists (select from found where found.article_id = known.article_id)
)
insert into core.article_forwarding as known (article_id, channel, post_id, origin)
select article_id, channel, post_id, origin
from found
on conflict (article_id) do update
set channel = excluded.channel,
    post_id = excluded.post_id,
    origin = excluded.origin
where (known.channel, known.post_id, known.origin) is distinct from (excluded.channel, excluded.post_id, excluded.origin)
