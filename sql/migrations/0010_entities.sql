-- What articles name: hashtags, mentions, links out, forwards, cited sources, each in a table of its own; and who the sources are.

create table core.article_hashtag (
    article_id bigint not null references core.article on delete cascade,
    hashtag text not null,
    primary key (article_id, hashtag)
);
create index article_hashtag_hashtag on core.article_hashtag (hashtag, article_id);

comment on table core.article_hashtag is 'Hashtags of articles and posts.';
comment on column core.article_hashtag.article_id is 'The article.';
comment on column core.article_hashtag.hashtag is 'In lower case, without #.';

create table core.article_mention (
    article_id bigint not null references core.article on delete cascade,
    name text not null,
    primary key (article_id, name)
);
create index article_mention_name on core.article_mention (name, article_id);

comment on table core.article_mention is 'Accounts that articles and posts name with @.';
comment on column core.article_mention.article_id is 'The article.';
comment on column core.article_mention.name is 'In lower case, without @. In a post it is an account of Telegram.';

create table core.article_link (
    article_id bigint not null references core.article on delete cascade,
    url text not null,
    host text not null,
    domain text not null,
    channel text,
    post_id bigint,
    is_own boolean not null,
    primary key (article_id, url)
);
create index article_link_domain on core.article_link (domain, article_id);
create index article_link_url on core.article_link using hash (url);
create index article_link_channel on core.article_link (channel, post_id) where channel is not null;

comment on table core.article_link is 'Where articles and posts link to, each address once.';
comment on column core.article_link.article_id is 'The article.';
comment on column core.article_link.url is 'Canonical URL; the same as core.article.url when it leads to an article that we have.';
comment on column core.article_link.host is 'Its host, in letters that people read (no punycode).';
comment on column core.article_link.domain is 'The part of the host that somebody registered: zakon.rada.gov.ua is rada.gov.ua.';
comment on column core.article_link.channel is 'Public channel of Telegram that it leads to, in lower case; null elsewhere.';
comment on column core.article_link.post_id is 'Post of that channel; null when the link leads to the channel itself.';
comment on column core.article_link.is_own is 'It stays within the outlet: the same domain, or the same channel.';

create table core.article_forwarding (
    article_id bigint primary key references core.article on delete cascade,
    channel text,
    post_id bigint,
    origin text not null
);
create index article_forwarding_channel on core.article_forwarding (channel, post_id) where channel is not null;

comment on table core.article_forwarding is 'Posts that are forwards, and what they forward.';
comment on column core.article_forwarding.article_id is 'The post.';
comment on column core.article_forwarding.channel is 'Channel of the original post, in lower case; null when the origin is hidden.';
comment on column core.article_forwarding.post_id is 'The original post in that channel; null when the origin is hidden.';
comment on column core.article_forwarding.origin is 'As the post says it: channel/id, or the name of a hidden origin.';

create table core.article_citation (
    article_id bigint primary key references core.article on delete cascade,
    cited text not null,
    cited_key text not null
);
create index article_citation_key on core.article_citation (cited_key, article_id);

comment on table core.article_citation is 'The source which an article names as its own («з посиланням на …»).';
comment on column core.article_citation.article_id is 'The article.';
comment on column core.article_citation.cited is 'As written.';
comment on column core.article_citation.cited_key is 'In lower case, without quotation marks: what the same source is counted by.';

-- read by entities.py, which SQL cannot do again: the verb maintain reads what was stored before this migration
create table core.entity_due (
    article_id bigint primary key references core.article on delete cascade
);
comment on table core.entity_due is 'Articles whose hashtags, mentions, links and citations are to be read from the stored row; the verb maintain does it.';
comment on column core.entity_due.article_id is 'The article.';

insert into core.entity_due (article_id)
select article_id
from core.article;

create table core.source (
    source text primary key,
    title text not null,
    kind text not null check (kind in ('site', 'channel')),
    home text not null
);
comment on table core.source is 'Who the sources are, as their files in sources/ say; written when a source is normalised.';
comment on column core.source.source is 'Short name of the publisher.';
comment on column core.source.title is 'As the publisher writes it.';
comment on column core.source.kind is 'site or channel.';
comment on column core.source.home is 'Start page, for people; empty when there is none.';
