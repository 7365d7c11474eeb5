"""What a request says about who sent it."""

from starlette.requests import Request

from portal_app.settings import Settings


def client_address(request: Request, settings: Settings) -> str:
    """The network address of the client.

    ``X-Forwarded-For`` counts only as far as our own proxies wrote it.
    """
    hops = settings.trusted_proxy_hops
    if hops:
        forwarded = request.headers.get("x-forwarded-for", "")
        addresses = [part.strip() for part in forwarded.split(",") if part.strip()]
        if len(addresses) >= hops:
            return addresses[-hops]
    return request.client.host if request.client else ""
