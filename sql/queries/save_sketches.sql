-- Enters sketches. `copy`, which logs the rows of a page at once: `insert` makes half as much log again.
copy core.article_sketch (hash, day, size, article_id) from stdin
