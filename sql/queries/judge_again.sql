-- Makes the verdict and the story of all due that hang together with these articles: their copies, what was found alike, and what
-- stands in one story with them.
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
    union
    select other.article_id
    from core.story_article as mine
    join core.story_article as other on other.story_id = mine.story_id
    where mine.article_id = any(%(articles)s)
)
