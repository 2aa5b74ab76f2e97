-- Where articles and posts link to.
create view mart.link as
select article_id, url, host, domain, channel, post_id, is_own
from core.article_link;

comment on view mart.link is 'Where articles and posts link to: one row for each address of an article. Join mart.article by article_id.';
comment on column mart.link.article_id is 'The article that links.';
comment on column mart.link.url is 'Canonical URL; join mart.article by url where it leads to an article that is here too.';
comment on column mart.link.host is 'Its host, in letters that people read (no punycode).';
comment on column mart.link.domain is 'The part of the host that somebody registered: zakon.rada.gov.ua is rada.gov.ua.';
comment on column mart.link.channel is 'Public channel of Telegram that it leads to, in lower case; null elsewhere.';
comment on column mart.link.post_id is 'Post of that channel; null when the link leads to the channel itself.';
comment on column mart.link.is_own is 'It stays within the outlet: the same domain, or the same channel.';
