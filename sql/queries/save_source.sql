-- Who a source is, as its file says.
insert into core.source as known (source, title, kind, home)
values (%(source)s, %(title)s, %(kind)s, %(home)s)
on conflict (source) do update
set title = excluded.title,
    kind = excluded.kind,
    home = excluded.home
where (known.title, known.kind, known.home) is distinct from (excluded.title, excluded.kind, excluded.home)
