-- Which outlets cite which sources: in words, by links out, and by forwards; counted over all articles.
create materialized view mart.citation as
with article as (
    select
        article.article_id,
        case when time_origin = 'post' then '@' || feed else source end as outlet,
        published_at,
        duplicate.article_id is null as is_original
    from core.article
    left join core.duplicate on duplicate.article_id = article.article_id
)
select
    outlet,
    'named' as how,
    cited_key,
    mode() within group (order by cited) as cited,
    count(*) as articles,
    count(*) filter (where is_original) as originals,
    min(published_at) as first_at,
    max(published_at) as last_at
from core.article_citation
join article using (article_id)
group by outlet, cited_key
union all
select
    outlet, how, cited_key, cited_key, count(*), count(*) filter (where is_original), min(published_at), max(published_at)
from (
    -- of several links of an article to one place, one counts
    select distinct article_id, 'linked' as how, coalesce('@' || channel, domain) as cited_key
    from core.article_link
    where not is_own
    union all
    select article_id, 'forwarded', coalesce('@' || channel, lower(origin))
    from core.article_forwarding
) as cited
join article using (article_id)
group by outlet, how, cited_key;

create unique index citation_key on mart.citation (outlet, how, cited_key);
create index citation_cited on mart.citation (cited_key);

comment on materialized view mart.citation is 'Which outlets cite which sources, and how often. Materialised: brought up to date after each run.';
comment on column mart.citation.outlet is 'Who cites: @channel for a post, otherwise the source.';
comment on column mart.citation.how is 'named: the text says that it has it from there; linked: it links there; forwarded: it forwards a post of that channel.';
comment on column mart.citation.cited_key is 'What the same source is counted by: its name in lower case, the domain of a link, @channel.';
comment on column mart.citation.cited is 'The source, as it is written most often.';
comment on column mart.citation.articles is 'Articles that cite it, copies among them.';
comment on column mart.citation.originals is 'Those of them that are no copies.';
comment on column mart.citation.first_at is 'When the first of them was published.';
comment on column mart.citation.last_at is 'When the last of them was published.';
