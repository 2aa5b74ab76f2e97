-- Airflow's own database beside the news; PostgreSQL's image runs this once, on an empty volume.
create database airflow;
