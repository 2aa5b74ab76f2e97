-- Enters matches; the articles of each in the order of their numbers.
insert into core.similar (article_id, other_id, kind, similarity, confidence, reason)
values %s
