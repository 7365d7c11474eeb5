"""Dependents."""
