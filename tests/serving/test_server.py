"""What runs beside the workers must not run while they are forked."""

import os
import threading
from collections.abc import Callable

import pytest

from portal_app.serving.server import start_after_forks


def test_threads_start_after_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that another thread holds at that moment stays held in the worker."""
    hooks: list[Callable[[], None]] = []

    def register(*, after_in_parent: Callable[[], None]) -> None:
        hooks.append(after_in_parent)

    monkeypatch.setattr(os, "register_at_fork", register)
    started = threading.Semaphore(0)
    threads = threading.active_count()
    start_after_forks(2, started.release)
    [forked] = hooks
    forked()
    assert threading.active_count() == threads
    assert not started.acquire(blocking=False)
    forked()
    assert started.acquire(timeout=5)
    # A worker that is respawned later is forked as well.
    forked()
    assert not started.acquire(blocking=False)
