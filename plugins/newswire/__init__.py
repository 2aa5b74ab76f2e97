"""Newswire: news of many outlets and channels, fetched, cleaned, told apart and kept in PostgreSQL.

The library knows nothing of Airflow. `model` holds the nouns; `pipeline` the verbs; `sources` one small file a publisher.
"""
