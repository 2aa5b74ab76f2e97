-- One row a story: articles of one event across outlets and languages, within 72 hours.
create view mart.story as
select
    story.story_id,
    story.headline,
    story.first_at,
    story.last_at,
    story.articles,
    counted.copies,
    counted.outlets,
    counted.languages,
    story.updated_at
from core.story
cross join lateral (
    select
        count(*) filter (where told.is_copy) as copies,
        count(distinct case when article.time_origin = 'post' then '@' || article.feed else article.source end) as outlets,
        array_agg(distinct article.language order by article.language) as languages
    from (
        select article_id, false as is_copy
        from core.story_article
        where story_id = story.story_id
        union all
        select duplicate.article_id, true as is_copy
        from core.story_article
        join core.duplicate on duplicate.original_id = story_article.article_id
        where story_article.story_id = story.story_id
    ) as told
    join core.article on article.article_id = told.article_id
) as counted;

comment on view mart.story is 'One row a story: articles of one event across outlets and languages, within 72 hours. Its articles are those of mart.article with its story_id.';
comment on column mart.story.story_id is 'Key; stays the same when articles join or leave.';
comment on column mart.story.headline is 'Title of its earliest article in Ukrainian, or else in any language; the first line of the earliest post where none has a title.';
comment on column mart.story.first_at is 'When its earliest original was published.';
comment on column mart.story.last_at is 'When its latest original was published.';
comment on column mart.story.articles is 'Its originals.';
comment on column mart.story.copies is 'Copies of these.';
comment on column mart.story.outlets is 'Outlets that told it, in words of their own or copied: sites, and channels each on its own.';
comment on column mart.story.languages is 'Languages in which it was told, in the order of the alphabet.';
comment on column mart.story.updated_at is 'When its headline, times, originals or their outlets changed last.';
