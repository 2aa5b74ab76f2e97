-- The matches among these articles.
select article_id, other_id, kind, similarity, confidence, reason
from core.similar
where article_id = any(%(articles)s)
