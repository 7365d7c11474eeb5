"""Build the front end when, and only when, its sources changed."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from portal_app.settings import ROOT

BUILT_SITE = ROOT / ".web" / "build" / "client"
_KEY_FILE = ROOT / ".web" / "build" / "portal-build-key"
_LOG_FILE = ROOT / "var" / "log" / "build.log"
_SOURCES = ("portal_app", "assets", "reflex.lock", "rxconfig.py", "requirements.txt")
_LOG_TAIL_LINES = 30
_PUBLIC_UMASK = 0o022


class BuildError(Exception):
    """The front end could not be built; the message holds the end of the log."""


def reflex_environment() -> dict[str, str]:
    """The environment for Reflex's own commands and servers.

    Node and bun come from the virtual environment, what Reflex keeps for itself
    stays inside the project, and nothing is reported anywhere.
    """
    bin_folder = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": os.pathsep.join([bin_folder, os.environ.get("PATH", "")]),
        "REFLEX_DIR": str(ROOT / "var" / "reflex"),
        "REFLEX_USE_SYSTEM_BUN": "true",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_ENV_MODE": "prod",
    }


def _source_files() -> Iterator[Path]:
    for name in _SOURCES:
        path = ROOT / name
        if path.is_dir():
            yield from (
                file
                for file in path.rglob("*")
                if file.is_file() and "__pycache__" not in file.parts
            )
        elif path.exists():
            yield path


def build_key() -> str:
    """A digest of everything the built front end depends on."""
    digest = hashlib.sha256(sys.version.encode())
    for file in sorted(_source_files()):
        digest.update(str(file.relative_to(ROOT)).encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def is_current() -> bool:
    """Whether the front end on disk was built from the sources on disk."""
    return (
        (BUILT_SITE / "index.html").exists()
        and _KEY_FILE.exists()
        and _KEY_FILE.read_text() == build_key()
    )


def build() -> None:
    """Build the front end from the sources on disk.

    Raises:
        BuildError: With the end of the build's output.
    """
    _LOG_FILE.parent.mkdir(parents=True, exist_ok=True)
    _KEY_FILE.unlink(missing_ok=True)
    key = build_key()
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    with _LOG_FILE.open("w") as log:
        # The bundle must not depend on where this build happens to run.
        finished = subprocess.run(  # noqa: S603 - our own interpreter, fixed arguments
            command,
            cwd=ROOT,
            env=reflex_environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
            # What is built is public, and may be served by another user.
            umask=_PUBLIC_UMASK,
            check=False,
        )
    if finished.returncode != 0 or not (BUILT_SITE / "index.html").exists():
        tail = _LOG_FILE.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:]
        raise BuildError("\n".join(["the front end could not be built:", *tail]))
    _KEY_FILE.write_text(key)
