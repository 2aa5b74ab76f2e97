-- How announcements ended.
update raw.announcement
set outcome = ended.outcome,
    outcome_detail = ended.detail
from (values %s) as ended (announcement_id, outcome, detail)
where announcement.announcement_id = ended.announcement_id
    and (announcement.outcome, announcement.outcome_detail) is distinct from (ended.outcome, ended.detail)
