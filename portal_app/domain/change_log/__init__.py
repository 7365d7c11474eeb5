"""What the staff changed in the business's set-up: by whom, from what, to what."""
