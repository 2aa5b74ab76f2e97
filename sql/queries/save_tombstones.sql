-- Tombstones of articles that are taken down.
insert into core.forgotten (key, article_id, source, reason)
values %s
on conflict (key) do nothing
