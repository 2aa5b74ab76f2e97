-- Makes sure that the keys of articles of these times have their partitions.
select core.ensure_story_partitions(%(moments)s)
