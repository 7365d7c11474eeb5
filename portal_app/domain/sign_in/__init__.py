"""The ways to sign in and up: one flow per module, over accounts and customers."""

# Importing it is what has a verified email merge the customers who share it.
from portal_app.domain.customers import merge

__all__ = ["merge"]
