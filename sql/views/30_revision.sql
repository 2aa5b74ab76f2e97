-- What changed after publication: each former text beside the one that replaced it.
create view mart.revision as
with texts as (
    select article_id, revision, title, lead, body, seen_from, seen_to, cause
    from core.article_revision
    union all
    select article_id, revision, title, lead, body, updated_at, null, null
    from core.article
    where revision > 1
)
select
    former.article_id,
    article.source,
    article.url,
    former.revision,
    former.seen_to as changed_at,
    former.cause,
    former.title is distinct from later.title as title_changed,
    former.title as title_before,
    later.title as title_after,
    former.lead as lead_before,
    later.lead as lead_after,
    former.body as body_before,
    later.body as body_after
from texts as former
join texts as later on later.article_id = former.article_id and later.revision = former.revision + 1
join core.article on article.article_id = former.article_id;

comment on view mart.revision is 'Each change of an article''s content: what it said before, and after.';
comment on column mart.revision.article_id is 'The article.';
comment on column mart.revision.source is 'Short name of the publisher.';
comment on column mart.revision.url is 'Canonical URL.';
comment on column mart.revision.revision is 'Number of the revision that was replaced.';
comment on column mart.revision.changed_at is 'When it was found replaced.';
comment on column mart.revision.cause is 'publisher: the page changed; parser: the same page is read differently.';
comment on column mart.revision.title_changed is 'Whether the headline is another one.';
comment on column mart.revision.title_before is 'Headline before.';
comment on column mart.revision.title_after is 'Headline after.';
comment on column mart.revision.lead_before is 'Lead before.';
comment on column mart.revision.lead_after is 'Lead after.';
comment on column mart.revision.body_before is 'Body before.';
comment on column mart.revision.body_after is 'Body after.';
