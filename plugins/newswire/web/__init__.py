"""The page in Airflow's navigation: what came in, what did not, and what needs a person. Reads the views of `mart` alone."""
