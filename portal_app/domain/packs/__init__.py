"""Industry packs: a trade in one readable file."""
