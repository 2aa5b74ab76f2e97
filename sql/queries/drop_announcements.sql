-- Announcements of what was taken down; one to which an article belongs stays.
delete from raw.announcement
where announcement_id = any(%(announcements)s)
    and not exists (select from core.article where article.announcement_id = announcement.announcement_id)
