-- For this transaction: no compilation, which takes longer than any statement of it; the newest of a hash from the index, where the
-- planner, who takes every hash for a rare one, would sort all that have it; and room to count lines in memory.
select set_config('jit', 'off', true), set_config('enable_sort', 'off', true), set_config('work_mem', '64MB', true)
