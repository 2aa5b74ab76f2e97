-- Verdicts on judged articles that no longer hold.
delete from core.duplicate
where article_id = any(%(judged)s) and article_id <> all(%(copies)s)
