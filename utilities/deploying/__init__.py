"""What ``python -m utilities.deploy`` does to Google Cloud, by the commands ``gcloud`` and ``docker``."""
