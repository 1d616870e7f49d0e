"""The commands of `vonk`, a file per group; `api.cli` calls them. Only they and the tests know the fixtures."""
