"""How a pair is judged: pure numerics over arrays. Knows nobody."""
