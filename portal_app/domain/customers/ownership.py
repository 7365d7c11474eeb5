"""Whose row it is; kept in the kernel, because files and fields ask as well."""

from portal_app.kernel.ownership import Owned, customer_of, owned_by

__all__ = ["Owned", "customer_of", "owned_by"]
