"""Files and folders that nobody else on the machine may read or list."""

import os
from contextlib import suppress
from pathlib import Path

PRIVATE_UMASK = 0o077
_FOLDER, _FILE = 0o700, 0o600


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing; it is for us alone."""
    if not folder.parent.exists():
        make_private_folder(folder.parent)
    # The mode of ``mkdir`` counts only as far as the process's umask lets it.
    folder.mkdir(_FOLDER, exist_ok=True)


def open_private(path: Path) -> int:
    """A descriptor for writing a new file that nobody else can open, ever."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE)


def take_from_others(path: Path) -> None:
    """Take from others what an earlier version, or a wider umask, gave them.

    What is somebody else's, or not there, stays as it is.
    """
    with suppress(OSError):
        path.chmod(_FOLDER if path.is_dir() else _FILE)
