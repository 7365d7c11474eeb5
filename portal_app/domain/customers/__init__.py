"""The people who book: profile and locations."""
