"""Working hours, time off, availability, claims on time."""
