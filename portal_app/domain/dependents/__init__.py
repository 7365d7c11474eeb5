"""Whom or what a customer books for: pets, children, cars, pools."""
