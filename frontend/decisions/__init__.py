"""What the page of decisions shows, as plain values and tables; ``screens`` draws them."""
