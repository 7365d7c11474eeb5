"""Bookings, their drafts and their history."""
