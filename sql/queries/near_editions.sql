-- For each of these articles the originals that the same publisher brought in another language within minutes.
select mine.article_id, other.article_id as other_id
from core.article as mine
join core.article as other
    on other.published_at between mine.published_at - %(span)s and mine.published_at + %(span)s
    and other.source = mine.source
    and other.language <> mine.language
where mine.article_id = any(%(articles)s)
    and not exists (select from core.duplicate where duplicate.article_id = other.article_id)
