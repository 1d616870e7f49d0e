"""Measures how well Vonk does, on labelled sets and in made-up worlds; the command `vonk evaluate` calls it."""
