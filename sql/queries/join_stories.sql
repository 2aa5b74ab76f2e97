-- Puts articles into stories.
insert into core.story_article as known (article_id, story_id, likelihood, reason)
values %s
on conflict (article_id) do update
set story_id = excluded.story_id,
    likelihood = excluded.likelihood,
    reason = excluded.reason,
    joined_at = clock_timestamp()
