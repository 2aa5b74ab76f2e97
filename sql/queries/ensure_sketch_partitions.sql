-- Makes sure that the sketches of articles of these days have their partitions.
select core.ensure_sketch_partitions(%(days)s::date[])
