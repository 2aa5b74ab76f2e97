-- Adds view and reaction counters that have moved.
insert into core.article_reading (article_id, read_at, views, reactions)
values %s
on conflict (article_id, read_at) do nothing
