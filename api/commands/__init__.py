"""The commands of `vonk`, a file per group; only `api.cli` calls them, and only they and the tests know the fixtures."""
