-- Who the sources are.
create view mart.source as
select source, title, kind, home
from core.source;

comment on view mart.source is 'Who the sources are: one row for each that was ever read.';
comment on column mart.source.source is 'Short name of the publisher, as in all other views.';
comment on column mart.source.title is 'As the publisher writes it.';
comment on column mart.source.kind is 'site or channel.';
comment on column mart.source.home is 'Start page; empty when there is none.';
