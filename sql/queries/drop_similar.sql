-- Matches of articles that are compared anew; returns who matched.
delete from core.similar
where article_id = any(%(articles)s) or other_id = any(%(articles)s)
returning article_id, other_id
