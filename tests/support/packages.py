"""Programs from the system's packages."""

import shutil
import subprocess

# Another installation may be under way; it is waited for.
_APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")


def run_quietly(*command: str) -> bool:
    """Run a command, if its program is there; whether it succeeded."""
    if shutil.which(command[0]) is None:
        return False
    finished = subprocess.run(command, capture_output=True, check=False, timeout=900)
    return finished.returncode == 0


def install_package(name: str, *options: str) -> None:
    """Install a package where there is apt; its lists may be too old at first.

    Args:
        name: The package.
        *options: For ``apt-get install``.
    """
    install = (*_APT, "install", "-y", *options, name)
    if not run_quietly(*install):
        run_quietly(*_APT, "update")
        run_quietly(*install)
