"""Watches a model while it serves."""
