"""States of a customer's quotes."""
