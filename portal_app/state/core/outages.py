"""What a tab gets while the database or Redis is away.

A message cannot go the usual way then, as an event of its own: that would need both.
It is sent as it is, past the state. Then the socket is closed from here. The browser
shows that the connection is lost, keeps what is typed and clicked, and tries again;
``Guard`` takes no socket before everything answers. The page is then filled anew and
what was clicked meanwhile happens, as after any lost connection.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import redis.exceptions
from reflex.app import App
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.event.context import EventContext

from portal_app.kernel import errors
from portal_app.kernel.errors import Unavailable
from portal_app.kernel.ids import new_id
from portal_app.state.core.toasts import Toast, ToastState

_NO_STATES = "We cannot reach our server just now. Please try again in a moment."
_UNREACHABLE_REDIS = (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)


@dataclass(frozen=True)
class _Watched:
    app: App | None = None
    is_ready: Callable[[], Awaitable[bool]] | None = None


_watched = _Watched()


def watch(app: App, is_ready: Callable[[], Awaitable[bool]]) -> None:
    """Say whose tabs these are, and who knows whether everything answers."""
    global _watched  # noqa: PLW0603 - one per process, as the app is
    _watched = _Watched(app, is_ready)


def outage_behind(error: BaseException) -> Unavailable | None:
    """As ``errors.outage_behind``, and Redis, where the states of tabs are."""
    if outage := errors.outage_behind(error):
        return outage
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, _UNREACHABLE_REDIS):
            return Unavailable(_NO_STATES)
        seen = seen.__cause__ or seen.__context__
    return None


async def tell(message: str) -> None:
    """Show a message in the tab of this event, and let it reconnect if it must."""
    context = EventContext.get()
    shown = Toast(id=new_id(), kind="error", text=message)
    await context.emit_delta(
        {ToastState.get_full_name(): {f"toasts{FIELD_MARKER}": [shown]}}
    )
    if _watched.is_ready is not None and not await _watched.is_ready():
        await _close_socket(context.token)


async def _close_socket(token: str) -> None:
    app: Any = _watched.app
    namespace = app.event_namespace
    record = namespace._token_manager.token_to_socket.get(token)
    if record is None:
        return
    connection = app.sio.manager.eio_sid_from_sid(record.sid, namespace.namespace)
    if connection is not None:
        # The connection and not only the namespace: a browser takes the end of that
        # for a wish of ours, and does not come back.
        await app.sio.eio.disconnect(connection)
