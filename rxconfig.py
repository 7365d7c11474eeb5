"""Reflex's configuration: what is fixed at build time.

Addresses are not: the bundle is built with placeholders that resolve in the
browser to the origin it was loaded from (``portal_app.serving.origin``), so one
build serves under any port and any domain.
"""

import reflex as rx

from portal_app.api.guard import allowed_origins
from portal_app.serving.origin import BUILD_ORIGIN, RelativeOriginPlugin
from portal_app.settings import settings

_settings = settings()

config = rx.Config(
    app_name="portal_app",
    api_url=BUILD_ORIGIN,
    deploy_url=BUILD_ORIGIN,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frontend_compression_formats=["brotli", "gzip"],
    redis_url=_settings.redis_url or None,
    state_manager_mode="redis" if _settings.redis_url else "memory",
    cors_allowed_origins=allowed_origins(_settings),
    trusted_proxy_hops=_settings.trusted_proxy_hops,
    plugins=[
        rx.plugins.TailwindV4Plugin(
            # Classes are read from the Python sources as well: a page drawn in
            # Python for its first HTML may use one that no script mentions.
            config={
                "content": [
                    "../portal_app/components/**/*.py",
                    "../portal_app/pages/**/*.py",
                ],
                "plugins": [],
            }
        ),
        RelativeOriginPlugin(),
    ],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
