-- Records the window that a discovery was asked for and the one that it really saw.
insert into core.coverage (
    run_id, source, feed, asked_from, asked_to, reached_from, reached_to, failure, failure_detail, notes
)
values (
    %(run_id)s, %(source)s, %(feed)s, %(asked_from)s, %(asked_to)s, %(reached_from)s, %(reached_to)s,
    %(failure)s, %(failure_detail)s, %(notes)s
)
