"""The history of the database, forward and back; run by `matching.database` alone."""
