"""A portfolio: reading its file, matching its columns, deciding its rows, writing the results."""
