"""Drawing quotes, for customers and for the office."""
