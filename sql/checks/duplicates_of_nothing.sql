-- Verdicts that a text is like another, where one of the two has no words.
-- severity: fail
select duplicate.article_id, duplicate.original_id, duplicate.kind
from core.duplicate
join core.article as copy on copy.article_id = duplicate.article_id
join core.article as original on original.article_id = duplicate.original_id
where duplicate.kind in ('exact', 'near', 'excerpt')
    and (original.title is null and original.word_count = 0 or copy.title is null and copy.word_count = 0)
