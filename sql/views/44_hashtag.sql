-- Hashtags of articles and posts.
create view mart.hashtag as
select article_id, hashtag
from core.article_hashtag;

comment on view mart.hashtag is 'Hashtags of articles and posts: one row for each of an article. Join mart.article by article_id.';
comment on column mart.hashtag.article_id is 'The article.';
comment on column mart.hashtag.hashtag is 'In lower case, without #.';
