-- Every announcement that became no article, with its reason and its bytes' place.
create view mart.rejected as
select
    announcement.announcement_id,
    announcement.source,
    announcement.feed,
    announcement.url,
    announcement.title,
    announcement.published_at,
    announcement.outcome,
    announcement.outcome_detail,
    announcement.visited_at,
    announcement.tries,
    announcement.next_visit_at,
    announcement.page_id,
    announcement.page_fetched_at
from raw.announcement
left join core.article on article.announcement_id = announcement.announcement_id
where announcement.outcome is not null and article.article_id is null;

comment on view mart.rejected is 'Announcements that became no article, by code.';
comment on column mart.rejected.announcement_id is 'Key.';
comment on column mart.rejected.source is 'Short name of the publisher.';
comment on column mart.rejected.feed is 'Edition or channel.';
comment on column mart.rejected.url is 'Canonical URL.';
comment on column mart.rejected.title is 'Title as announced.';
comment on column mart.rejected.published_at is 'Time as announced.';
comment on column mart.rejected.outcome is 'How it ended: gone, refused, no_text and so on.';
comment on column mart.rejected.outcome_detail is 'One line for a person.';
comment on column mart.rejected.visited_at is 'When it was visited last.';
comment on column mart.rejected.tries is 'Failed visits in a row.';
comment on column mart.rejected.next_visit_at is 'When it is tried again; null when never.';
comment on column mart.rejected.page_id is 'The bytes that were kept (raw.page); null when none came.';
comment on column mart.rejected.page_fetched_at is 'When they were fetched.';
