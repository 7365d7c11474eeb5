"""What can be booked: categories, services, options, prices."""
