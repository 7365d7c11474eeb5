"""The portal and the blank app, built and served the same way for comparison."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal_app.serving import build as frontend
from portal_app.serving.build import reflex_environment
from portal_app.serving.server import REFLEX_SWITCHES
from tests.support.mailbox import smtp_server
from tests.support.ports import free_port
from tests.support.processes import answers, end, wait_until_ready
from tests.support.server import running_portal

_HERE = Path(__file__).parent
_BUILD = _HERE / "build" / "blank"


@dataclass(frozen=True)
class Served:
    """An app that answers, and the event to fire at it."""

    name: str
    url: str
    event: str


@contextmanager
def blank_app() -> Iterator[Served]:
    """Build the blank app beside the portal and serve it by granian."""
    port = free_port()
    shutil.rmtree(_BUILD, ignore_errors=True)
    shutil.copytree(_HERE / "blank", _BUILD)
    environment = reflex_environment() | {
        "REFLEX_API_URL": f"http://localhost:{port}",
        "REFLEX_DEPLOY_URL": f"http://localhost:{port}",
    }
    subprocess.run(
        [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"],
        cwd=_BUILD,
        env=environment,
        check=True,
        capture_output=True,
    )
    command = [
        str(Path(sys.executable).parent / "granian"),
        "--factory",
        "--interface",
        "asgi",
        "--port",
        str(port),
        "blank.blank:app",
    ]
    process = subprocess.Popen(
        command,
        cwd=_BUILD,
        env=environment | REFLEX_SWITCHES,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://localhost:{port}"
        wait_until_ready(process, lambda: answers(f"{url}/ping"))
        yield Served(
            "blank", url, "reflex___state____state.blank___blank____counter.tell"
        )
    finally:
        end(process)


@contextmanager
def portal() -> Iterator[Served]:
    """The portal with the demo business, as people run it."""
    if not frontend.is_current():
        frontend.build()
    name = (
        "reflex___state____state.portal_app___state___core___toasts____toast_state.show"
    )
    folder = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    try:
        with (
            smtp_server() as mailbox,
            # A client of the benchmark asks for more than a person could.
            running_portal(folder, mailbox, PORTAL_EVENT_ALLOWANCE="1000") as running,
        ):
            yield Served("portal", running.url, name)
    finally:
        shutil.rmtree(folder)
