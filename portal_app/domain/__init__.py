"""What the business is about; no Reflex, no HTTP, no vendor."""
