-- Opens a line in the ledger of runs.
insert into core.run (verb, source, feed, caller, asked_from, asked_to)
values (%(verb)s, %(source)s, %(feed)s, %(caller)s, %(asked_from)s, %(asked_to)s)
returning run_id
