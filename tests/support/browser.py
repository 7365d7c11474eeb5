"""Find or get a Chromium for the browser tests.

Run as a module before the tests: it installs one by Playwright's own installer
or, where that cannot download, from the system's packages.
"""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from playwright.sync_api import sync_playwright

LAUNCH_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--force-color-profile=srgb",
]
_SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome")


@cache
def executable() -> str | None:
    """The browser to launch: Playwright's own, else the system's, else ``None``."""
    with sync_playwright() as playwright:
        bundled = playwright.chromium.executable_path
    if Path(bundled).exists():
        return bundled
    return next(filter(None, map(shutil.which, _SYSTEM_NAMES)), None)


def _run(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    finished = subprocess.run(command, capture_output=True, check=False, timeout=900)
    return finished.returncode == 0


def install() -> None:
    """Get a browser if there is none.

    Raises:
        SystemExit: If neither way works; says what to do.
    """
    if executable():
        return
    print("Getting Chromium for the browser tests ...", flush=True)
    _run(sys.executable, "-m", "playwright", "install", "chromium")
    executable.cache_clear()
    if executable():
        return
    _run("apt-get", "update", "-qq")
    _run("apt-get", "install", "-y", "-qq", "chromium")
    executable.cache_clear()
    if not executable():
        sys.exit(
            "tests: no Chromium; install your system's chromium package "
            "or run `playwright install chromium`"
        )


if __name__ == "__main__":
    install()
