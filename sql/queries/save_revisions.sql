-- Keeps what articles say now, before a change of their content replaces it.
insert into core.article_revision (
    article_id, revision, title, lead, body, body_kinds, modified_at, seen_from, seen_to, cause,
    page_id, page_fetched_at, parser_version
)
select
    article.article_id, article.revision, title, lead, body, body_kinds, modified_at,
    coalesce(
        (select max(seen_to) from core.article_revision as earlier where earlier.article_id = article.article_id),
        first_seen_at
    ),
    change.seen_to::timestamptz, change.cause, page_id, page_fetched_at, parser_version
from core.article
join (values %s) as change (article_id, seen_to, cause) on change.article_id = article.article_id
on conflict (article_id, revision) do nothing
