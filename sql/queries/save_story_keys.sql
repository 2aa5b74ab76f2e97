-- Enters keys. `copy`, which logs the rows of a page at once.
copy core.story_key (key, published_at, article_id) from stdin
