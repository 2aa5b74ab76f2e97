-- Drops the story keys of months that ended before a moment.
select core.drop_story_keys(%(before)s) as partitions
