-- Makes the story due of those articles that were told as originals and are copies now, or the other way round.
update core.article
set told_as = null
where article_id = any(%(articles)s)
    and told_as is distinct from case
        when exists (select from core.duplicate where duplicate.article_id = article.article_id) then 'copy'
        else 'original'
    end
    and told_as is not null
