"""A stand-in for Terraform's Google provider: its resources, fields and types, and nothing behind them."""
