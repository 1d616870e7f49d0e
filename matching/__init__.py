"""Data, transactions, runs and jobs around the pair model. Knows scoring."""
