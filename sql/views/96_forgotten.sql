-- Articles that were taken down: that there were some, and nothing of what they said.
create view mart.forgotten as
select article_id, source, reason, min(forgotten_at) as forgotten_at
from core.forgotten
group by article_id, source, reason;

comment on view mart.forgotten is 'Articles that were taken down: that there were some, and nothing of what they said.';
comment on column mart.forgotten.article_id is 'The number that it had.';
comment on column mart.forgotten.source is 'Short name of the publisher.';
comment on column mart.forgotten.reason is 'Why, as the person who did it wrote.';
comment on column mart.forgotten.forgotten_at is 'When.';
