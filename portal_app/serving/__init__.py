"""Building the front end once and serving it under any address."""
