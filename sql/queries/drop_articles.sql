-- Deletes articles; their revisions, readings, verdicts and entities go with them.
delete from core.article
where article_id = any(%(articles)s)
