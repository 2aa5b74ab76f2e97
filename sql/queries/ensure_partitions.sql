-- Makes sure that the pages of this moment and of the coming month have their partitions.
select raw.ensure_partitions(%(moment)s, %(moment)s + interval '1 month')
