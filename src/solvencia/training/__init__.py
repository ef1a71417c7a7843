"""From training rows to a model directory, with what a committee needs to judge it."""
