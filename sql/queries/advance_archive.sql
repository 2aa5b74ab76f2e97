-- How far a web archive has been read and stored, and what became of the records since.
update raw.archive
set position = %(position)s,
    counts = (
        select coalesce(jsonb_object_agg(code, records), '{}')
        from (
            select code, sum(records::bigint) as records
            from (
                select * from jsonb_each_text(counts)
                union all
                select * from jsonb_each_text(%(counts)s)
            ) as both_counts (code, records)
            group by code
        ) as summed
    ),
    last_read_at = clock_timestamp()
where archive_id = %(archive_id)s
