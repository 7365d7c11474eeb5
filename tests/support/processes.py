"""Servers in processes of their own: waiting until they answer, and ending them."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable

_POLL_SECONDS = 0.1
# What starts in a second may take a minute where others want the processor.
_START_SECONDS = 120
_STOP_SECONDS = 60


def wait_until_ready(
    process: subprocess.Popen[bytes],
    is_ready: Callable[[], bool],
    printed: Callable[[], str] = str,
) -> None:
    """Wait for a server that starts, or that lacked a part.

    Args:
        process: The server.
        is_ready: Asked again and again.
        printed: What the server said so far, for when it does not get ready.

    Raises:
        AssertionError: If it ended, or is not ready after two minutes.
    """
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if is_ready():
            return
        time.sleep(_POLL_SECONDS)
    raise AssertionError(f"{process.args!r} did not start:\n{printed()[-4000:]}")


def answers(url: str) -> bool:
    """Whether an address answers with a success."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def end(process: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> None:
    """End a server; one that does not stop is killed, with a warning.

    Args:
        process: The server. One that leads its session is killed with all that it
            started.
        how: The signal that asks it to stop.
    """
    process.send_signal(how)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        if os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
        # Where this happens the tests are over; to fail would hide what they said.
        warnings.warn(
            f"{process.args!r} did not stop within {_STOP_SECONDS} s", stacklevel=2
        )
