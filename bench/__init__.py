"""Measurements; `make bench` runs them all. Read the ratios, not the numbers."""
