"""What ``utilities.bench_api`` compares, and what it asks them."""
