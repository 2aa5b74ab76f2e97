-- Counters over time.
create view mart.reading as
select reading.article_id, article.source, article.feed, article.url, reading.read_at, reading.views, reading.reactions
from core.article_reading as reading
join core.article on article.article_id = reading.article_id;

comment on view mart.reading is 'View and reaction counters over time; a row only where they moved.';
comment on column mart.reading.article_id is 'The article.';
comment on column mart.reading.source is 'Short name of the publisher.';
comment on column mart.reading.feed is 'Edition or channel.';
comment on column mart.reading.url is 'Canonical URL.';
comment on column mart.reading.read_at is 'When the counters were read.';
comment on column mart.reading.views is 'View counter; null when none is shown.';
comment on column mart.reading.reactions is 'Reaction to count.';
