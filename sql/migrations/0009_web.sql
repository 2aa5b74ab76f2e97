-- Indexes of the Newswire page: newest first, counts by day, what was visited lately; each view of it is a short range of one of them.

create index article_newest on core.article (published_at desc, article_id desc);
create index article_source on core.article (source, published_at desc, article_id desc);
create index article_language on core.article (language, published_at desc, article_id desc);

-- with the column that the day is made of: without it the rows themselves would be read
create index article_day on core.article (((published_at at time zone 'Europe/Kyiv')::date), source, language) include (published_at);

create index announcement_visited on raw.announcement (source, visited_at desc) include (outcome);
create index announcement_rejected on raw.announcement (visited_at desc, announcement_id desc) include (outcome, source)
where outcome not in ('ok', 'unchanged');

create index run_newest on core.run (source, started_at desc);
create index check_result_checked on core.check_result (checked_at desc);

drop index core.article_published;  -- article_newest is the same with a tie-breaker
