"""What the words mean: pure values and functions, without files, frames, clocks or network."""
