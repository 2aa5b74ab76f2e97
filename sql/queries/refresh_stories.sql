-- Writes the figures of these stories anew from their articles; one whose figures are the same is left alone.
with member as (
    select
        story_article.story_id,
        article.published_at,
        article.language,
        case when article.time_origin = 'post' then '@' || article.feed else article.source end as outlet,
        row_number() over (
            partition by story_article.story_id
            order by article.title is null, article.language <> 'uk', article.published_at, article.article_id
        ) as place,
        coalesce(article.title, left(split_part(article.body, chr(10), 1), %(letters)s)) as headline
    from core.story_article
    join core.article on article.article_id = story_article.article_id
    where story_article.story_id = any(%(stories)s)
),
fresh as (
    select
        story_id,
        max(headline) filter (where place = 1) as headline,
        min(published_at) as first_at,
        max(published_at) as last_at,
        count(*)::integer as articles,
        count(distinct outlet)::integer as outlets,
        array_agg(distinct language order by language) as languages
    from member
    group by story_id
)
update core.story as known
set headline = fresh.headline,
    first_at = fresh.first_at,
    last_at = fresh.last_at,
    articles = fresh.articles,
    outlets = fresh.outlets,
    languages = fresh.languages,
    updated_at = clock_timestamp()
from fresh
where known.story_id = fresh.story_id
    and (known.headline, known.first_at, known.last_at, known.articles, known.outlets, known.languages)
        is distinct from (fresh.headline, fresh.first_at, fresh.last_at, fresh.articles, fresh.outlets, fresh.languages)
