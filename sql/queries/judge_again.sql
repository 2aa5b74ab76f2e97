-- Makes the verdict and the story of all due that hang together with these articles: their copies, and what was found alike.
update core.article
set judged = false,
    judgement = null,
    told_as = null
where article_id in (
    select article_id
    from core.duplicate
    where original_id = any(%(articles)s)
    union
    select article_id
    from core.similar
    where other_id = any(%(articles)s)
    union
    select other_id
    from core.similar
    where article_id = any(%(articles)s)
)
