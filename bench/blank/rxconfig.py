"""A blank Reflex app, to compare with."""

import reflex as rx

config = rx.Config(
    app_name="blank",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frontend_compression_formats=["brotli", "gzip"],
    state_manager_mode="memory",
    disable_plugins=[rx.plugins.SitemapPlugin],
)
