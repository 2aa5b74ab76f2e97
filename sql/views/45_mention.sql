-- Accounts that articles and posts name with @.
create view mart.mention as
select article_id, name
from core.article_mention;

comment on view mart.mention is 'Accounts that articles and posts name with @: one row for each of an article. Join mart.article by article_id.';
comment on column mart.mention.article_id is 'The article.';
comment on column mart.mention.name is 'In lower case, without @. In a post it is an account of Telegram.';
