"""nginx from the system's packages, run on the sample configurations.

Run as a module before the tests: where every service is required it is installed.
"""

import datetime
import getpass
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.packages import install_package
from tests.support.processes import end, wait_until_ready

_REQUIRED = os.environ.get("PORTAL_TEST_SERVICES") == "required"
_SURROUNDINGS = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
{user}
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/sample.conf;
}}
"""


def nginx_executable() -> str | None:
    """Where nginx is, or ``None``; its folder is not always on the path."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def nginx_available() -> bool:
    """Whether there is nginx; true where it must be, so that its tests tell."""
    return _REQUIRED or nginx_executable() is not None


def install_nginx() -> None:
    """Install it from the system's packages where every service is required.

    Raises:
        SystemExit: If that does not succeed; says what to do.
    """
    if not _REQUIRED or nginx_executable() is not None:
        return
    print("Getting nginx for the tests of proxies ...", flush=True)
    install_package("nginx", "--no-install-recommends")
    if nginx_executable() is None:
        sys.exit("tests: no nginx; install your system's nginx package")


@dataclass(frozen=True)
class Certificate:
    """A certificate that nobody vouches for, and its key."""

    chain: Path
    key: Path


def self_signed(folder: Path, host: str) -> Certificate:
    """Make a certificate for a host that is good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    made = Certificate(folder / "chain.pem", folder / "key.pem")
    made.chain.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    made.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return made


@contextmanager
def running_nginx(
    folder: Path, sample: Path, replaced: Mapping[str, str], port: int
) -> Iterator[None]:
    """Run nginx on a sample configuration.

    Args:
        folder: Where its files go.
        sample: The configuration.
        replaced: What differs on this machine (ports, files), each of it once.
        port: Where it then listens.
    """
    executable = nginx_executable()
    assert executable, "run `python -m tests.support.nginx` first"
    text = sample.read_text(encoding="utf-8")
    for documented, here in replaced.items():
        assert text.count(documented) == 1, documented
        text = text.replace(documented, here)
    folder.mkdir()
    (folder / "sample.conf").write_text(text, encoding="utf-8")
    # Its workers would not be root, and the folder of the test is root's.
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    whole = folder / "nginx.conf"
    whole.write_text(_SURROUNDINGS.format(folder=folder, user=user), encoding="utf-8")
    process = subprocess.Popen(
        [executable, "-c", str(whole), "-p", str(folder), "-e", str(folder / "early")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_ready(
            process,
            lambda: _listens(port),
            lambda: "".join(
                (folder / log).read_text() for log in ("early", "error.log")
            ),
        )
        yield
    finally:
        end(process)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    install_nginx()
