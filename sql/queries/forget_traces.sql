-- Deletes what stands of these articles in tables that do not go with their rows: sketches, keys, entries of the index that are due.
with sketch as (
    delete from core.article_sketch
    where article_id = any(%(articles)s)
), story_key as (
    delete from core.story_key
    where article_id = any(%(articles)s)
), due as (
    delete from core.search_due
    where article_id = any(%(articles)s)
)
update core.check_result
set sample = coalesce(
    (
        select jsonb_agg(item)
        from jsonb_array_elements(sample) as entry (item)
        where not exists (
            select
            from jsonb_each_text(item) as field (name, value)
            where value = any(%(urls)s) or name like '%%article_id' and value = any(%(articles)s::text[])
        )
    ), '[]')
where exists (
    select
    from jsonb_array_elements(sample) as entry (item)
    cross join jsonb_each_text(item) as field (name, value)
    where value = any(%(urls)s) or name like '%%article_id' and value = any(%(articles)s::text[])
)
