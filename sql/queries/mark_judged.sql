-- Articles whose verdict is up to date.
update core.article
set judged = true
where article_id = any(%(articles)s) and not judged
