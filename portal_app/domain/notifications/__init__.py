"""What happened, who is told, and the outbox that tells them."""
