-- What the verdicts on these articles are made of, beside their matches.
select
    article_id, source, external_id, url, forwarded_from, text_hash, word_count, published_at,
    array(select value from jsonb_each_text(editions)) as editions
from core.article
where article_id = any(%(articles)s)
