"""Serve the built portal: granian directly on the prebuilt front end.

``reflex run`` compiles at every start and ends as a whole when one worker dies;
granian with respawn starts in about a second and replaces a dead worker. The
internal switches this needs are pinned to the Reflex version by a test.
"""

import os
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from portal_app.serving.build import reflex_environment
from portal_app.serving.logs import configure_logs, server_log_config
from portal_app.settings import Settings

TARGET = "portal_app.portal_app:app"
REFLEX_SWITCHES = {
    "__REFLEX_SKIP_COMPILE": "true",
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
    # Notice a lost connection in seconds: a phone changes networks silently.
    "REFLEX_SOCKET_INTERVAL": "10s",
    "REFLEX_SOCKET_TIMEOUT": "10s",
    "REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE": "262144",
}
_READY_POLL_SECONDS = 0.1
_SHUTDOWN_SECONDS = 5
# Where the server has to find out which version a client speaks, it waits for ever for
# one that says nothing. Proxies and browsers speak HTTP/1.1 where there is no TLS.
HTTP_MODE = HTTPModes.http1
# Also how long a connection may be idle between two requests.
_HEADER_MILLISECONDS = 20_000


class PortInUse(Exception):
    """Something else listens on the port."""


def check_port_is_free(port: int) -> None:
    """Fail early and clearly instead of in a worker.

    Raises:
        PortInUse: If the port cannot be bound.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104 - the portal serves everybody
        except OSError as error:
            raise PortInUse(
                f"port {port} is taken; choose another with PORTAL_PORT"
            ) from error


def serve(settings: Settings, when_ready: Callable[[], None]) -> None:
    """Serve until interrupted.

    Args:
        settings: Port and number of workers.
        when_ready: Called once, in a thread of its own, when the portal answers.
    """
    configure_logs(settings)
    os.environ.update(reflex_environment() | REFLEX_SWITCHES)
    start_after_forks(
        settings.workers, lambda: _call_when_healthy(settings.port, when_ready)
    )
    Server(
        target=TARGET,
        factory=True,
        address="0.0.0.0",  # noqa: S104 - the portal serves everybody
        port=settings.port,
        interface=Interfaces.ASGI,
        http=HTTP_MODE,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS),
        workers=settings.workers,
        respawn_failed_workers=True,
        workers_kill_timeout=_SHUTDOWN_SECONDS,
        log_enabled=True,
        log_dictconfig=server_log_config(),
        log_access=False,
    ).serve()


def start_after_forks(forks: int, target: Callable[[], None]) -> None:
    """Run something in a thread, but not before this process has forked so often.

    A worker that is forked while another thread imports a module inherits the
    import's lock, held for ever: it then hangs at that import, such as the one
    that looking a mail server up needs.

    Args:
        forks: How many workers will be forked.
        target: What to run.
    """
    left = forks

    def forked() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            threading.Thread(target=target, daemon=True).start()

    os.register_at_fork(after_in_parent=forked)


def _call_when_healthy(port: int, when_ready: Callable[[], None]) -> None:
    address = f"http://127.0.0.1:{port}/api/health"
    while True:
        try:
            with urllib.request.urlopen(address, timeout=2):
                break
        except (urllib.error.URLError, OSError):
            time.sleep(_READY_POLL_SECONDS)
    when_ready()
