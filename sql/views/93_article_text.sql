-- Every text that an article had: the former ones, and the one that stands.
create view mart.article_text as
select article_id, revision, title, lead, body, seen_from, seen_to, cause, page_id, parser_version
from core.article_revision
union all
select
    article_id,
    revision,
    title,
    lead,
    body,
    -- of a text that was never replaced it is the time of storing; updated_at also moves when a tag is added
    case when revision = 1 then first_seen_at else (
        select max(former.seen_to) from core.article_revision as former where former.article_id = article.article_id
    ) end,
    null,
    null,
    page_id,
    parser_version
from core.article;

comment on view mart.article_text is 'Every text that an article had, one row a revision, the present one included. mart.revision shows the same as changes.';
comment on column mart.article_text.article_id is 'The article.';
comment on column mart.article_text.revision is '1 for the text first seen, one more for each change.';
comment on column mart.article_text.title is 'Headline of that revision; null in a post.';
comment on column mart.article_text.lead is 'Lead of that revision.';
comment on column mart.article_text.body is 'Body of that revision, one block a line.';
comment on column mart.article_text.seen_from is 'When it was stored.';
comment on column mart.article_text.seen_to is 'When it was found replaced; null while it stands.';
comment on column mart.article_text.cause is 'Why it was replaced. publisher: the page changed; parser: the same page is read differently. Null while it stands.';
comment on column mart.article_text.page_id is 'The page (mart.raw_page) that it was read from.';
comment on column mart.article_text.parser_version is 'Parser that read it.';
