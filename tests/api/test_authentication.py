"""Whose address a request comes from, with and without proxies of ours."""

import pytest
from starlette.requests import Request

from portal_app.api.authentication import client_address
from portal_app.settings import Settings

PEER = "10.0.0.9"


@pytest.mark.parametrize(
    ("hops", "lines", "address"),
    [
        (0, ["192.0.2.1"], PEER),
        (1, [], PEER),
        (1, ["192.0.2.1"], "192.0.2.1"),
        (1, ["6.6.6.6, 192.0.2.1"], "192.0.2.1"),
        # A proxy that appends a line instead of a word.
        (1, ["6.6.6.6", "192.0.2.1"], "192.0.2.1"),
        (2, ["6.6.6.6, 192.0.2.1, 10.0.0.1"], "192.0.2.1"),
        (2, ["6.6.6.6", "192.0.2.1, 10.0.0.1"], "192.0.2.1"),
        (2, ["6.6.6.6", "192.0.2.1", "10.0.0.1"], "192.0.2.1"),
        # Past the proxies: nothing that it says is believed.
        (2, ["6.6.6.6"], PEER),
    ],
)
def test_an_address_is_what_our_own_proxies_saw(
    hops: int, lines: list[str], address: str
) -> None:
    request = Request(
        {
            "type": "http",
            "client": (PEER, 5000),
            "headers": [(b"x-forwarded-for", line.encode()) for line in lines],
        }
    )
    settings = Settings(_env_file=None, trusted_proxy_hops=hops)
    assert client_address(request, settings) == address
