"""The decision service: HTTP around one model and one policy."""
