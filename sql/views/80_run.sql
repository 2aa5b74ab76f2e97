-- The ledger of runs.
create view mart.run as
select run_id, verb, source, feed, caller, asked_from, asked_to, started_at, finished_at, state, counts, error
from core.run;

comment on view mart.run is 'The ledger of runs: what was asked, by whom, how it ended, what it counted.';
comment on column mart.run.run_id is 'Key.';
comment on column mart.run.verb is 'discover, fetch, normalise, deduplicate, check, export, maintain.';
comment on column mart.run.source is 'Short name of the publisher; null for a verb over all.';
comment on column mart.run.feed is 'Edition or channel; null for all.';
comment on column mart.run.caller is 'Who started it: shell, or the Airflow Dag and run.';
comment on column mart.run.asked_from is 'Start of the window that was asked for.';
comment on column mart.run.asked_to is 'End of that window, exclusive.';
comment on column mart.run.started_at is 'When it began.';
comment on column mart.run.finished_at is 'When it ended.';
comment on column mart.run.state is 'running, done, failed or died.';
comment on column mart.run.counts is 'Outcomes and rows by code.';
comment on column mart.run.error is 'Why it failed.';
