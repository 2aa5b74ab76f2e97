-- The articles whose duplicate verdict is due, with what is compared of them.
select
    article_id, source, feed, url, title, lead, body, text_hash, word_count, published_at, sketched,
    array(select value from jsonb_each_text(editions)) as editions
from core.article
where not judged
order by article_id
limit %(limit)s
