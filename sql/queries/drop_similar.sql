-- Matches of articles that are compared anew.
delete from core.similar
where article_id = any(%(articles)s) or other_id = any(%(articles)s)
