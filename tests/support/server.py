"""The real server on a production build, as a process of its own."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal_app.kernel.db import Database
from tests.support.demo import LoadedDemo
from tests.support.mailbox import Mailbox
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 120
_STOP_SECONDS = 15


@dataclass(frozen=True)
class RunningPortal:
    """A portal that serves, and what is behind it; ``files`` is where it keeps them."""

    url: str
    database: Database
    mailbox: Mailbox
    log: Path
    files: Path
    process: subprocess.Popen[bytes]


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/api/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_until_healthy(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Wait until a portal that starts, or that lacked a part, is ready."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if _healthy(url):
            return
        time.sleep(0.1)
    raise AssertionError(f"the portal did not start:\n{log.read_text()[-4000:]}")


@contextmanager
def running_portal(
    folder: Path,
    mailbox: Mailbox,
    demo: LoadedDemo | None = None,
    **environment: str,
) -> Iterator[RunningPortal]:
    """Serve the portal on a free port.

    Args:
        folder: Where its database and log go; a database in it is kept.
        mailbox: Where its mail goes.
        demo: What to start with, copied; without it the server loads the demo
            business itself if its database is empty, which takes seconds.
        environment: Further ``PORTAL_`` variables.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if demo:
        shutil.copy(demo.database, folder / "portal.db")
        shutil.copytree(demo.files, folder / "files")
    port = free_port()
    url = f"http://localhost:{port}"
    database_url = environment.pop(
        "PORTAL_DATABASE_URL", f"sqlite:///{folder / 'portal.db'}"
    )
    log, files = folder / "server.log", folder / "files"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal_app", "serve"],
            cwd=ROOT,
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")},
                "PORTAL_PORT": str(port),
                "PORTAL_DATABASE_URL": database_url,
                "PORTAL_MAIL_URL": mailbox.url,
                "PORTAL_STORAGE_URL": str(files),
                **environment,
            },
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    database = Database(database_url)
    try:
        wait_until_healthy(process, url, log)
        yield RunningPortal(url, database, mailbox, log, files, process)
    finally:
        database.engine.dispose()
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
