-- Posts that are forwards, and what they forward.
create view mart.forward as
select article_id, channel, post_id, origin
from core.article_forwarding;

comment on view mart.forward is 'Posts that are forwards, and what they forward. Join mart.article by article_id.';
comment on column mart.forward.article_id is 'The post.';
comment on column mart.forward.channel is 'Channel of the original post, in lower case; null when the origin is hidden.';
comment on column mart.forward.post_id is 'The original post in that channel; null when the origin is hidden.';
comment on column mart.forward.origin is 'As the post says it: channel/id, or the name of a hidden origin.';
