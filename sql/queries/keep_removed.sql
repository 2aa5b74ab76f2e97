-- Articles that their publisher took away stay away: their kept pages were read again, nobody visited them.
update core.article
set removed_at = gone.removed_at::timestamptz
from (values %s) as gone (article_id, removed_at)
where article.article_id = gone.article_id
