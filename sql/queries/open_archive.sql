-- Enters a web archive, or finds how far it was read.
insert into raw.archive (head_sha256, wanted, name, size)
values (%(head_sha256)s, %(wanted)s, %(name)s, %(size)s)
on conflict (head_sha256, wanted) do update
set name = excluded.name,
    size = excluded.size,
    position = case when %(again)s or archive.position > excluded.size then 0 else archive.position end,
    counts = case when %(again)s or archive.position > excluded.size then '{}' else archive.counts end
returning archive_id, position
