"""Decisions kept: SQLite by default, PostgreSQL by ``DATABASE_URL``."""
