-- Drops the sketches of months that ended before a moment.
select core.drop_sketches(%(before)s) as partitions
