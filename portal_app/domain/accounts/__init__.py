"""Sign-up, passwords, sessions, tokens and rate limits."""
