"""From raw tables, real or simulated, to rows a model can learn from."""
