"""The real server on a production build, as a process of its own."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal_app.kernel.db import Database
from tests.support.demo import LoadedDemo
from tests.support.mailbox import Mailbox
from tests.support.ports import free_port
from tests.support.processes import answers, end, wait_until_ready

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class RunningPortal:
    """A portal that serves, and what is behind it; ``files`` is where it keeps them."""

    url: str
    database: Database
    mailbox: Mailbox
    log: Path
    files: Path
    process: subprocess.Popen[bytes]


def wait_until_healthy(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Wait until a portal that starts, or that lacked a part, is ready."""
    wait_until_ready(process, lambda: answers(f"{url}/api/health"), log.read_text)


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
        end(process, signal.SIGINT)
