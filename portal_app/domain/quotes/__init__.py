"""Quotes: what a customer asks a price for, what the office answers, the decision."""
