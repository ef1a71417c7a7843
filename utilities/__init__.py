"""Commands for people and for automation; nothing imports them."""
