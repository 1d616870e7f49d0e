"""The way in: command line and HTTP. Knows matching and scoring."""
