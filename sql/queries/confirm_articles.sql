-- Articles found as they were: back where they had been away, and marked with the parser that says so.
update core.article
set removed_at = null,
    parser_version = %(parser_version)s
where article_id = any(%(articles)s)
    and (removed_at is not null or parser_version <> %(parser_version)s)
