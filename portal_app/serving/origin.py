"""Make the built front end independent of the address it is served from.

Reflex writes absolute backend URLs into the bundle. The build uses a
placeholder origin, and every string literal that starts with it becomes an
expression on ``location`` once the bundle exists.
"""

import re
from pathlib import Path
from typing import Any

from reflex.plugins import Plugin

BUILD_ORIGIN = "http://portal.invalid"
_LITERAL = re.compile(
    r"""(?P<quote>["'`])(?P<scheme>http|ws)://portal\.invalid(?P<path>[^"'`]*)(?P=quote)"""
)


def relative_to_location(javascript: str) -> str:
    """Replace literals on the build origin by expressions on ``location``.

    Args:
        javascript: The text of one built script.

    Returns:
        The script, with ``"ws://…"`` now following the page's own scheme and host.
    """
    return _LITERAL.sub(
        lambda m: f'(location.origin.replace(/^http/,"{m["scheme"]}")+"{m["path"]}")',
        javascript,
    )


class RelativeOriginPlugin(Plugin):
    """Reflex build plugin: rewrites the placeholder origin after the build."""

    def post_build(self, **context: Any) -> None:
        """Rewrite every script under the static output folder.

        Args:
            context: Reflex's build context; ``static_dir`` is the built site.
        """
        static_dir: Path = context["static_dir"]
        for script in static_dir.rglob("*.js"):
            text = script.read_text(encoding="utf-8")
            if BUILD_ORIGIN.removeprefix("http") in text:
                script.write_text(relative_to_location(text), encoding="utf-8")
