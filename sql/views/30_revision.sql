-- What changed after publication, headline changes first: each former text beside the one that replaced it.
create view mart.revision as
select
    former.article_id,
    article.source,
    case when article.time_origin = 'post' then '@' || article.feed else article.source end as outlet,
    article.url,
    article.published_at,
    former.revision,
    former.seen_to as changed_at,
    after.modified_at,
    least(after.modified_at, former.seen_to) - article.published_at as later,
    former.cause,
    former.title is distinct from after.title as title_changed,
    former.lead is distinct from after.lead as lead_changed,
    former.body is distinct from after.body as body_changed,
    former.title as title_before,
    after.title as title_after,
    former.lead as lead_before,
    after.lead as lead_after,
    former.body as body_before,
    after.body as body_after
from core.article_revision as former
join core.article on article.article_id = former.article_id
left join core.article_revision as next on next.article_id = former.article_id and next.revision = former.revision + 1
cross join lateral (
    -- of a text without a next revision the article itself says what it became
    select
        case when next.article_id is null then article.title else next.title end as title,
        case when next.article_id is null then article.lead else next.lead end as lead,
        case when next.article_id is null then article.body else next.body end as body,
        -- a time that was there before is not the time of this change
        nullif(case when next.article_id is null then article.modified_at else next.modified_at end, former.modified_at) as modified_at
) as after
order by title_changed desc, former.seen_to desc, former.article_id, former.revision;

comment on view mart.revision is 'Each change of an article''s content, headline changes first, the newest first: what it said before, and after.';
comment on column mart.revision.article_id is 'The article.';
comment on column mart.revision.source is 'Short name of the publisher.';
comment on column mart.revision.outlet is 'Who speaks: @channel for a post, otherwise the source.';
comment on column mart.revision.url is 'Canonical URL.';
comment on column mart.revision.published_at is 'When the article was published.';
comment on column mart.revision.revision is 'Number of the revision that was replaced.';
comment on column mart.revision.changed_at is 'When it was found replaced.';
comment on column mart.revision.modified_at is 'The publisher''s own time of the change; null when it says none, or none that is new.';
comment on column mart.revision.later is 'How long after publication it was changed, by the publisher''s own time; where it does not say, by the visit that found it, which may be later by the pause between two visits.';
comment on column mart.revision.cause is 'publisher: the page changed; parser: the same page is read differently.';
comment on column mart.revision.title_changed is 'Whether the headline is another one.';
comment on column mart.revision.lead_changed is 'Whether the lead is another one.';
comment on column mart.revision.body_changed is 'Whether the body is another one.';
comment on column mart.revision.title_before is 'Headline before.';
comment on column mart.revision.title_after is 'Headline after.';
comment on column mart.revision.lead_before is 'Lead before.';
comment on column mart.revision.lead_after is 'Lead after.';
comment on column mart.revision.body_before is 'Body before.';
comment on column mart.revision.body_after is 'Body after.';
