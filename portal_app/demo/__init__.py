"""Brightside Home & Pet Care: a business to look around in."""
