-- The links of some articles become these; what is there already stays untouched.
with found as (
    select *
    from jsonb_to_recordset(%(found)s) as found (
        article_id bigint, url text, host text, domain text, channel text, post_id bigint, is_own boolean
    )
), gone as (
    delete from core.article_link as known
    where article_id = any(%(articles)s)
        and not exists (select from found where found.article_id = known.article_id and found.url = known.url)
)
insert into core.article_link as known (article_id, url, host, domain, channel, post_id, is_own)
select article_id, url, host, domain, channel, post_id, is_own
from found
on conflict (article_id, url) do update
set host = excluded.host,
    domain = excluded.domain,
    channel = excluded.channel,
    post_id = excluded.post_id,
    is_own = excluded.is_own
where (known.host, known.domain, known.channel, known.post_id, known.is_own)
    is distinct from (excluded.host, excluded.domain, excluded.channel, excluded.post_id, excluded.is_own)
