"""The ways to sign in and up: one flow per module, over accounts and customers."""
