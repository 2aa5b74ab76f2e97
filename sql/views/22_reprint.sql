-- Who copied whom, and how long after: one row a copy.
create view mart.reprint as
select
    copy.article_id,
    case when copy.time_origin = 'post' then '@' || copy.feed else copy.source end as outlet,
    copy.url,
    copy.title,
    copy.language,
    copy.published_at,
    original.article_id as original_id,
    case when original.time_origin = 'post' then '@' || original.feed else original.source end as original_outlet,
    original.url as original_url,
    original.title as original_title,
    original.published_at as original_published_at,
    copy.published_at - original.published_at as later,
    (copy.source, copy.feed) is not distinct from (original.source, original.feed) as is_own,
    duplicate.kind,
    duplicate.similarity,
    duplicate.reason
from core.duplicate
join core.article as copy on copy.article_id = duplicate.article_id
join core.article as original on original.article_id = duplicate.original_id;

comment on view mart.reprint is 'Who copied whom, and how long after: one row a copy, beside its original.';
comment on column mart.reprint.article_id is 'The copy (mart.article).';
comment on column mart.reprint.outlet is 'Who copied: @channel for a post, otherwise the source.';
comment on column mart.reprint.url is 'Canonical URL of the copy.';
comment on column mart.reprint.title is 'Headline of the copy; null in a post.';
comment on column mart.reprint.language is 'Language of the copy, ISO 639-1.';
comment on column mart.reprint.published_at is 'When the copy was published.';
comment on column mart.reprint.original_id is 'The original (mart.article).';
comment on column mart.reprint.original_outlet is 'Who was copied.';
comment on column mart.reprint.original_url is 'Canonical URL of the original.';
comment on column mart.reprint.original_title is 'Headline of the original; null in a post.';
comment on column mart.reprint.original_published_at is 'When the original was published.';
comment on column mart.reprint.later is 'How long after the original the copy was published; negative where the fuller text came later.';
comment on column mart.reprint.is_own is 'An outlet repeats itself: the same edition or channel.';
comment on column mart.reprint.kind is 'url, forward, exact, near or excerpt.';
comment on column mart.reprint.similarity is '0 to 1; 1 for url, forward and exact.';
comment on column mart.reprint.reason is 'Why it is a copy, for a person.';
