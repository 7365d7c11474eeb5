"""The fields a business defines, and what people enter into them."""
