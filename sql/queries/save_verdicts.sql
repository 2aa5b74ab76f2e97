-- Writes verdicts; one that stands already keeps its time.
insert into core.duplicate as known (article_id, original_id, kind, similarity, reason)
values %s
on conflict (article_id) do update
set original_id = excluded.original_id,
    kind = excluded.kind,
    similarity = excluded.similarity,
    reason = excluded.reason,
    judged_at = clock_timestamp()
where (known.original_id, known.kind, known.similarity, known.reason)
    is distinct from (excluded.original_id, excluded.kind, excluded.similarity, excluded.reason)
