"""Find or get a Chromium for the browser tests.

Run as a module before the tests: it installs one by Playwright's own installer
or, where that cannot download, from the system's packages.
"""

import asyncio
import shutil
import sys
import warnings
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.support.packages import install_package, run_quietly

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
_CLOSE_SECONDS = 20
# Headless shells first: the whole browser takes nearly twice the processor time.
_SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@cache
def browser_executable() -> str | None:
    """The browser to launch, or ``None``.

    In this order: Playwright's own headless shell, the system's, Playwright's own
    browser, the system's.
    """
    with sync_playwright() as playwright:
        bundled = Path(playwright.chromium.executable_path)
    own_shell = _shell_beside(bundled)
    candidates = [
        str(own_shell) if own_shell else None,
        *map(shutil.which, _SHELLS),
        str(bundled) if bundled.exists() else None,
        *map(shutil.which, _BROWSERS),
    ]
    return next(filter(None, candidates), None)


def _shell_beside(browser: Path) -> Path | None:
    """Playwright's headless shell, which it installs beside its browser."""
    for folder in browser.parents:
        if folder.name.startswith("chromium-"):
            name = folder.name.replace("chromium-", "chromium_headless_shell-")
            found = folder.with_name(name).glob("*/*headless*shell")
            return next((path for path in found if path.is_file()), None)
    return None


def install_browser() -> None:
    """Get a headless shell; where there is none to get, a whole browser will do.

    Raises:
        SystemExit: If there is neither; says what to do.
    """
    if "shell" in (browser_executable() or ""):
        return
    print("Getting Chromium for the browser tests ...", flush=True)
    if browser_executable() is None:
        own = (sys.executable, "-m", "playwright", "install", "--only-shell")
        run_quietly(*own, "chromium")
        browser_executable.cache_clear()
    for package in ("chromium-headless-shell", "chromium"):
        if browser_executable() is None or package.endswith("shell"):
            _install_package(package)
    if browser_executable() is None:
        sys.exit(
            "tests: no Chromium; install your system's chromium-headless-shell or "
            "chromium package, or run `playwright install --only-shell chromium`"
        )


def _install_package(name: str) -> None:
    if "shell" in (browser_executable() or ""):
        return
    install_package(name)
    browser_executable.cache_clear()


class Browsers:
    """One browser at a time; a new one where the last no longer answers."""

    def __enter__(self) -> Self:
        # Asked for first: that starts Playwright, too, and it runs only once.
        path = browser_executable()
        assert path, "run `python -m tests.support.browser` first"
        self._path = path
        self._running = sync_playwright()
        self._playwright: Playwright = self._running.__enter__()
        self._browser: Browser | None = None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._discard()
        self._running.__exit__(kind, error, trace)

    def current(self) -> Browser:
        """The browser to open contexts in."""
        if self._browser is None or not self._browser.is_connected():
            self._browser = self._playwright.chromium.launch(
                executable_path=self._path, args=LAUNCH_ARGUMENTS
            )
        return self._browser

    def close(self, context: BrowserContext) -> None:
        """Close a context; a browser that does not get it done is given up.

        Chromium may say that a page which navigates at that moment is closed and
        leave it open (microsoft/playwright#42068); Playwright then waits for good.
        What the test saw is not affected, so this is a warning and no failure.
        """
        if self._ends(context):
            return
        warnings.warn("a browser context did not close; a new browser", stacklevel=2)
        self._discard()

    def _discard(self) -> None:
        if self._browser is not None:
            self._ends(self._browser)
            self._browser = None

    def _ends(self, what: BrowserContext | Browser) -> bool:
        """Whether closing it came to an end; the library itself sets no limit."""
        closing = what._impl_obj.close(reason=None)
        try:
            what._sync(asyncio.wait_for(closing, _CLOSE_SECONDS))
        except TimeoutError:
            return False
        return True


if __name__ == "__main__":
    install_browser()
