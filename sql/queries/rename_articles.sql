-- Gives articles the identity that another version of the parser reads on the same page: the row and its history stay one.
update core.article
set external_id = renamed.external_id
from (values %s) as renamed (article_id, external_id)
where article.article_id = renamed.article_id
