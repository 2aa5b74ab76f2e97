-- Stores new and changed articles; a row that is the same to the letter is left alone.
insert into core.article as known (
    source, feed, external_id, url, title, lead, body, body_kinds, word_count, dateline, published_at, time_origin,
    modified_at, authors, section, tags, image_url, media, links, editions, cited_source, language, language_confidence,
    views, reactions, forwarded_from, reply_to, edited, first_seen_at, updated_at, announcement_id, page_id,
    page_fetched_at, parser_version, run_id, content_hash, record_hash, text_hash, is_mixed, parse_method, found_by,
    missing, quality
)
values %s
on conflict (source, external_id) do update
set url = excluded.url,
    title = excluded.title,
    lead = excluded.lead,
    body = excluded.body,
    body_kinds = excluded.body_kinds,
    word_count = excluded.word_count,
    dateline = excluded.dateline,
    published_at = excluded.published_at,
    time_origin = excluded.time_origin,
    modified_at = excluded.modified_at,
    authors = excluded.authors,
    section = excluded.section,
    tags = excluded.tags,
    image_url = excluded.image_url,
    media = excluded.media,
    links = excluded.links,
    editions = excluded.editions,
    cited_source = excluded.cited_source,
    language = excluded.language,
    language_confidence = excluded.language_confidence,
    views = excluded.views,
    reactions = excluded.reactions,
    forwarded_from = excluded.forwarded_from,
    reply_to = excluded.reply_to,
    edited = excluded.edited,
    revision = known.revision + (known.content_hash is distinct from excluded.content_hash)::integer,
    updated_at = excluded.updated_at,
    removed_at = null,
    page_id = excluded.page_id,
    page_fetched_at = excluded.page_fetched_at,
    parser_version = excluded.parser_version,
    run_id = excluded.run_id,
    content_hash = excluded.content_hash,
    record_hash = excluded.record_hash,
    text_hash = excluded.text_hash,
    is_mixed = excluded.is_mixed,
    parse_method = excluded.parse_method,
    found_by = excluded.found_by,
    missing = excluded.missing,
    quality = excluded.quality,
    -- of all that the verdict is made of
    judged = known.judged
        and (known.title, known.lead, known.body, known.url, known.forwarded_from, known.published_at, known.editions)
            is not distinct from (
                excluded.title, excluded.lead, excluded.body, excluded.url, excluded.forwarded_from, excluded.published_at, excluded.editions
            ),
    told_as = null
where (known.content_hash, known.record_hash) is distinct from (excluded.content_hash, excluded.record_hash)
returning external_id, article_id
