-- Articles whose story is up to date.
update core.article
set told_as = case when exists (select from core.duplicate where duplicate.article_id = article.article_id) then 'copy' else 'original' end
where article_id = any(%(articles)s)
