-- Articles whose verdict is up to date, with what was said of their nearest candidate.
update core.article
set judged = true,
    sketched = true,
    judgement = known.judgement
from (values %s) as known (article_id, judgement)
where article.article_id = known.article_id
