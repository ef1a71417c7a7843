"""A batch as it is sent and answered: CSV, NDJSON and Parquet, a module each."""
