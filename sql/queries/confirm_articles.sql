-- Articles found as they were: back where they had been away, and marked with the parser that says so and how it read them.
update core.article as known
set removed_at = null,
    parser_version = read.parser_version,
    parse_method = read.parse_method,
    found_by = read.found_by::jsonb,
    missing = read.missing::text[],
    quality = read.quality
from (values %s) as read (article_id, parser_version, parse_method, found_by, missing, quality)
where known.article_id = read.article_id
