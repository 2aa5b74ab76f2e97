-- For each of these articles the originals that the same publisher brought in another language within minutes.
select mine.article_id, other.article_id as other_id
from core.article as mine
cross join lateral (
    select article_id
    from core.article
    where published_at between mine.published_at - %(span)s and mine.published_at + %(span)s
        and source = mine.source
        and language <> mine.language
    -- so that the planner looks up the minutes of each, instead of reading all articles
    offset 0
) as other
where mine.article_id = any(%(articles)s)
    and not exists (select from core.duplicate where duplicate.article_id = other.article_id)
