"""What the office reads across all that the business has."""
