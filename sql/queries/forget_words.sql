-- Deletes the word forms of these articles, in all their revisions, that stand in no other: of those found by their keys, none has them.
delete from core.word_form as form
where word in (
    select entry.lexeme
    from (
        select title, lead, body
        from core.article
        where article_id = any(%(articles)s)
        union all
        select title, lead, body
        from core.article_revision
        where article_id = any(%(articles)s)
    ) as former
    cross join unnest(to_tsvector('simple', core.plain_words(left(concat_ws(e'\n', title, lead, body), 200000)))) as entry
)
and cardinality(keys) > 0
and not exists (
    select
    from core.article_search
    join core.article on article.article_id = article_search.article_id
    where document @@ core.any_key(form.keys)
        and article.article_id <> all(%(articles)s)
        and position(form.word in core.folded(concat_ws(' ', title, lead, body))) > 0
)
