"""How HTTP is spoken, whatever it is about: limits, bodies, problems, retries, pages of a list, logs and metrics."""
