"""The PostgreSQL of the tests."""

from utilities.postgres import PostgresServer

__all__ = ["PostgresServer"]
