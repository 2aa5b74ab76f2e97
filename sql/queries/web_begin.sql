-- For the rest of the transaction: the rights of the reading role alone, no writing, and an end to what takes too long.
select
    set_config('statement_timeout', %(timeout)s, true),
    set_config('transaction_read_only', 'on', true),
    set_config('jit', 'off', true),  -- to compile a view's query takes longer than to run it
    set_config('role', %(role)s, true)
