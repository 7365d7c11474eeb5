"""A blank Reflex app, to compare with."""
