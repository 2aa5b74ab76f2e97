-- The hashtags of some articles become these; what is there already stays untouched.
with found as (
    select article_id, hashtag
    from jsonb_to_recordset(%(found)s) as found (article_id bigint, hashtag text)
), gone as (
    delete from core.article_hashtag as known
    where article_id = any(%(articles)s)
        and not exists (select from found where found.article_id = known.article_id and found.hashtag = known.hashtag)
)
insert into core.article_hashtag (article_id, hashtag)
select article_id, hashtag
from found
on conflict do nothing
