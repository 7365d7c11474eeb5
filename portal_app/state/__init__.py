"""Browser event to one domain call to plain view data."""
