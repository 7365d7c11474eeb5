"""Rights that are taken away reach the tabs that are open.

The gate asks at every event who a session stands for. In a tab in which nothing
happens it would not be asked, and the tab would go on showing what its person may see
no more. So each worker asks for all of its tabs together, every moment, in one query.
A tab whose person may do less than when it last got an answer is told to read its page
anew, and the gate speaks. (A browser does not notice for seconds that its socket was
closed from here.)
"""

import asyncio
from typing import Any, NoReturn

import structlog
from reflex.state import OnLoadInternalState, StateUpdate
from reflex_base.event import Event

from portal_app.domain.sign_in import session_lookup
from portal_app.kernel.audiences import Actor, Audience
from portal_app.state.core import worker
from portal_app.state.core.outages import outage_behind

log = structlog.get_logger("sessions")

_SECONDS = 1.5


class SessionWatch:
    """What the sessions behind this worker's sockets stood for when last asked.

    Args:
        app: Whose sockets these are.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._known: dict[str, tuple[str, Actor]] = {}

    def note(self, sid: str, token_hash: str, who: Actor) -> None:
        """Remember who a socket has been answered as (the gate says so)."""
        self._known[sid] = token_hash, who

    async def run(self) -> NoReturn:
        """Look again and again, for as long as the portal serves."""
        while True:
            await asyncio.sleep(_SECONDS)
            try:
                await self.look()
            except Exception as error:
                # Whoever needs the database is told elsewhere that it is away.
                if outage_behind(error) is None:
                    log.error("sessions not looked up", exc_info=error)

    async def look(self) -> None:
        """Lead away those who may do less than they are shown."""
        namespace = self._app.event_namespace
        connected = namespace.sid_to_token
        self._known = {
            sid: known for sid, known in self._known.items() if sid in connected
        }
        seen = {sid: known for sid, known in self._known.items() if known[1].session_id}
        if not seen:
            return
        now = await worker.query(
            session_lookup.resolve_actors,
            {token_hash for token_hash, _ in seen.values()},
        )
        for sid, known in seen.items():
            token_hash, shown = known
            # An event that came in between knows better.
            is_newest = self._known.get(sid) is known and sid in connected
            if is_newest and _may_less(shown, now.get(token_hash)):
                log.info("tab led away", audience=str(shown.audience))
                del self._known[sid]
                events = Event.from_event_type(OnLoadInternalState.on_load_internal)
                await namespace.emit_update(StateUpdate(events=events), connected[sid])


def _may_less(shown: Actor, now: Actor | None) -> bool:
    """Whether somebody is not any more who they were; a newcomer only wins."""
    if now is None:
        return True
    if shown.audience is Audience.NEWCOMER:
        return False
    return now.audience is not shown.audience or (shown.is_owner and not now.is_owner)
