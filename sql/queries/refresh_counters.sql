-- Brings the counters on the articles up to date; nothing of what they say changes.
update core.article
set views = fresh.views::bigint,
    reactions = fresh.reactions::jsonb,
    media = fresh.media::jsonb
from (values %s) as fresh (article_id, views, reactions, media)
where article.article_id = fresh.article_id
