"""What a model measured and what its tables hold, as plain data for the page; nothing asks the service."""
