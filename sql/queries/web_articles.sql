-- Some articles, newest first; from behind a given one where one is given.
select
    article_id, published_at, source, outlet, language, title, lead, left(body, 400) as beginning, revision, original_id,
    duplicate_kind, duplicate_reason, story_id, removed_at,
    null as snippet
from mart.article
where (%(source)s::text is null or source = %(source)s)
    and (%(language)s::text is null or language = %(language)s)
    and (%(since)s::timestamptz is null or published_at >= %(since)s)
    and (%(until)s::timestamptz is null or published_at < %(until)s)
    and (%(copies)s or original_id is null)
    and (%(after_at)s::timestamptz is null or (published_at, article_id) < (%(after_at)s, %(after_id)s))
order by published_at desc, article_id desc
limit %(most)s
