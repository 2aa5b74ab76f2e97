-- What is compared of these articles.
select article_id, source, feed, url, title, lead, body, text_hash, word_count, published_at
from core.article
where article_id = any(%(articles)s)
