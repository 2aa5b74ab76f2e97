-- Rows of the demonstration that are worth a look: a copy with its original, an edited headline, an article with its source.
(
    select 'copy' as what, article.url, article.duplicate_reason || ' as ' || original.url as why
    from mart.article
    join mart.article as original on original.article_id = article.original_id
    order by article.word_count desc
    limit 3
)
union all
(
    select 'edited', url, title_before || ' → ' || title_after
    from mart.revision
    where title_changed
    order by changed_at desc
    limit 2
)
union all
(
    select 'cites', url, cited_source
    from mart.article
    where cited_source is not null
    order by published_at desc
    limit 3
)
union all
(
    select 'rejected', url, outcome || coalesce(': ' || outcome_detail, '')
    from mart.rejected
    order by outcome, url
    limit 4
)
