-- Articles that their publisher has taken away.
update core.article
set removed_at = %(removed_at)s
where announcement_id = any(%(announcements)s) and removed_at is null
