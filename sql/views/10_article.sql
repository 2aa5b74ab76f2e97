-- One row an article, with its verdict and where it can be traced to.
create view mart.article as
select
    article.article_id,
    article.source,
    source.title as source_title,
    article.feed,
    case when article.time_origin = 'post' then '@' || article.feed else article.source end as outlet,
    article.external_id,
    article.url,
    article.title,
    article.lead,
    article.body,
    article.body_kinds,
    article.word_count,
    article.dateline,
    article.published_at,
    (article.published_at at time zone 'Europe/Kyiv')::date as published_day,
    article.time_origin,
    article.modified_at,
    article.authors,
    article.section,
    article.tags,
    article.image_url,
    article.media,
    article.links,
    article.editions,
    article.cited_source,
    article.language,
    article.language_confidence,
    article.is_mixed,
    article.views,
    article.reactions,
    article.forwarded_from,
    article.reply_to,
    article.edited,
    article.revision,
    article.first_seen_at,
    article.updated_at,
    article.removed_at,
    article.parser_version,
    article.parse_method,
    article.found_by,
    article.missing,
    article.quality,
    duplicate.original_id,
    duplicate.kind as duplicate_kind,
    duplicate.similarity as duplicate_similarity,
    duplicate.reason as duplicate_reason,
    coalesce(duplicate.reason, article.judgement) as judgement,
    story_article.story_id,
    story_article.reason as story_reason,
    page.page_id,
    page.fetched_at as page_fetched_at,
    page.url as page_url,
    page.peer as page_peer,
    encode(page.body_sha256, 'hex') as page_sha256
from core.article
left join core.source on source.source = article.source
left join core.duplicate on duplicate.article_id = article.article_id
left join core.story_article on story_article.article_id = coalesce(duplicate.original_id, article.article_id)
left join raw.page on page.page_id = article.page_id and page.fetched_at = article.page_fetched_at;

comment on view mart.article is 'One row an article: an article of a site, or a post of a channel, as it stands now.';
comment on column mart.article.article_id is 'Key.';
comment on column mart.article.source is 'Short name of the publisher.';
comment on column mart.article.source_title is 'As the publisher writes its name; null before it was read since this column is there.';
comment on column mart.article.feed is 'Edition or channel that announced it.';
comment on column mart.article.outlet is 'Who speaks: @channel for a post, otherwise the source.';
comment on column mart.article.external_id is 'Identity within the source: path of the canonical URL, or channel/id of a post.';
comment on column mart.article.url is 'Canonical URL.';
comment on column mart.article.title is 'As printed, cleaned; null in a post.';
comment on column mart.article.lead is 'The publisher''s own summary; null when it has none.';
comment on column mart.article.body is 'Text without title and lead, one block a line.';
comment on column mart.article.body_kinds is 'Kind of each line of body; null when all are paragraphs.';
comment on column mart.article.word_count is 'Words of body.';
comment on column mart.article.dateline is 'Place, day, agency in front of the text; not part of body.';
comment on column mart.article.published_at is 'The earliest time that the publisher gave.';
comment on column mart.article.published_day is 'The day of published_at in Kyiv.';
comment on column mart.article.time_origin is 'Where published_at stood: feed, json_ld, meta, page or post.';
comment on column mart.article.modified_at is 'When the publisher says that it changed it last.';
comment on column mart.article.authors is 'Persons, or the signature of a post.';
comment on column mart.article.section is 'Section as the publisher names it.';
comment on column mart.article.tags is 'Tags or hashtags, without #.';
comment on column mart.article.image_url is 'Main picture.';
comment on column mart.article.media is 'What is attached: kind, url, title, details.';
comment on column mart.article.links is 'Links out of the text: url, text, kind.';
comment on column mart.article.editions is 'Language code to URL of the same article in other languages.';
comment on column mart.article.cited_source is 'The source which the article names as its own, as written.';
comment on column mart.article.language is 'ISO 639-1 of the text; und where undecidable.';
comment on column mart.article.language_confidence is 'Probability that language is right, 0 to 1.';
comment on column mart.article.is_mixed is 'A good part of the text is in a second language.';
comment on column mart.article.views is 'View counter when last read.';
comment on column mart.article.reactions is 'Reaction to count when last read.';
comment on column mart.article.forwarded_from is 'channel/id of the original post, or the name of a hidden origin.';
comment on column mart.article.reply_to is 'channel/id of the post that it answers.';
comment on column mart.article.edited is 'The channel marks the post as edited.';
comment on column mart.article.revision is '1 for the text first seen, one more for each change of content.';
comment on column mart.article.first_seen_at is 'When the pipeline stored it first.';
comment on column mart.article.updated_at is 'When the article really changed last.';
comment on column mart.article.removed_at is 'When a visit found that the publisher took it away; null while it stands.';
comment on column mart.article.parser_version is 'Source and version of the parser that made the row.';
comment on column mart.article.parse_method is 'How the text was found: rules (the source''s own), semantic, density, json_ld, trafilatura, post.';
comment on column mart.article.found_by is 'Field to how it was found: stated (for machines), printed, announced, rules and so on.';
comment on column mart.article.missing is 'Fields that an article of its kind has as a rule and this one lacks.';
comment on column mart.article.quality is '0 to 1: how complete the article is and how surely its fields were found; filter by it.';
comment on column mart.article.original_id is 'The article that it is a copy of; null for an original.';
comment on column mart.article.duplicate_kind is 'url, forward, exact, near or excerpt; null for an original.';
comment on column mart.article.duplicate_similarity is '0 to 1; 1 for url, forward and exact; null for an original.';
comment on column mart.article.duplicate_reason is 'Why it is a copy, for a person; null for an original.';
comment on column mart.article.judgement is 'Why it is a copy, or why its nearest candidate is none; null while it waits to be judged, or when all its candidates were its copies.';
comment on column mart.article.story_id is 'The story (mart.story) that it tells, or that its original tells; null where it tells an event alone.';
comment on column mart.article.story_reason is 'Why it stands in that story, for a person; of a copy, why its original does.';
comment on column mart.article.page_id is 'The page whose bytes made the row (raw.page).';
comment on column mart.article.page_fetched_at is 'When that page was fetched.';
comment on column mart.article.page_url is 'The address that was asked for.';
comment on column mart.article.page_peer is 'IP address that answered; 127.0.0.1 for the sample site.';
comment on column mart.article.page_sha256 is 'SHA-256 of its bytes.';
