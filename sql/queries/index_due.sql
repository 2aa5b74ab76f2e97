-- Indexes up to so many of the articles whose entry in the full-text index is due.
select core.index_due(%(most)s) as indexed
