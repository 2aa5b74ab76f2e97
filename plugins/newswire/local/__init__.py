"""The set-up for one machine: an embedded PostgreSQL, Airflow's processes, and the demonstration."""
