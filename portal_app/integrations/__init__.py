"""The only code that speaks to a vendor or a protocol."""
