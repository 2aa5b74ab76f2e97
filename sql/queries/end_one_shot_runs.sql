-- In Airflow's own database: runs that were tested in one process, which is gone, have failed.
update dag_run
set state = 'failed', end_date = now()
where triggered_by = 'TEST' and state in ('running', 'queued')
