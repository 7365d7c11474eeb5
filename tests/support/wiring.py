"""Other parts for the process, for as long as a test needs them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from portal_app.domain import wiring


@contextmanager
def wired(**parts: Any) -> Iterator[None]:
    """Replace some parts of ``Wiring``, and put back what was there."""
    before = wiring.current()
    wiring.install(replace(before, **parts))
    try:
        yield
    finally:
        wiring.install(before)
