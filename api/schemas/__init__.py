"""The shapes in which Vonk speaks to the outside (`rank --json`, HTTP), apart from the tables."""
