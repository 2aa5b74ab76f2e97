-- Whether anything has been stored yet: one row, or none.
select article_id
from core.article
limit 1
