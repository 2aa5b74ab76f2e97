-- What is compared of these articles.
select
    article_id, source, feed, url, title, lead, body, text_hash, word_count, published_at,
    array(select value from jsonb_each_text(editions)) as editions
from core.article
where article_id = any(%(articles)s)
