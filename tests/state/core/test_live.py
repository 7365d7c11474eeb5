"""Tabs are woken for what they show, once, and forgotten when they are gone."""

import asyncio
from types import SimpleNamespace
from typing import Any

from reflex.state import StateUpdate

from portal_app.state.bookings.wizard_time import WizardTimeState
from portal_app.state.core import live
from portal_app.state.core.live import Hub

ANA, BEN = "time ana 2026-11-03", "time ben 2026-11-03"


class _Tabs:
    """The sockets of a worker: a stand-in for Reflex's, which takes a server."""

    def __init__(self, *tokens: str) -> None:
        self.sent: list[tuple[str, str]] = []
        here = {token: SimpleNamespace(instance_id="here") for token in tokens}
        self._token_manager = SimpleNamespace(token_to_socket=here, instance_id="here")

    def close(self, token: str) -> None:
        del self._token_manager.token_to_socket[token]

    async def emit_update(self, update: StateUpdate, token: str) -> None:
        self.sent += [(token, event.name) for event in update.events]


def _hub(tabs: _Tabs) -> Hub:
    app: Any = SimpleNamespace(event_namespace=tabs)
    return Hub(app)


async def _settled() -> None:
    await asyncio.sleep(live._TOGETHER_SECONDS * 2)


def test_tabs_are_woken_once_for_what_they_show() -> None:
    async def run() -> None:
        tabs = _Tabs("one", "two")
        hub = _hub(tabs)
        hub.hear(frozenset({ANA}))
        hub.watch("one", [ANA, BEN], WizardTimeState.refresh)
        hub.watch("two", [BEN], WizardTimeState.refresh)
        for topic in (ANA, ANA, "time ana 2026-11-04"):
            await asyncio.to_thread(hub.hear, frozenset({topic}))
        await _settled()
        [(token, name)] = tabs.sent
        assert (token, name.rsplit(".", 1)[-1]) == ("one", "refresh")
        # What is watched last is what is shown.
        hub.watch("one", [BEN], WizardTimeState.refresh)
        hub.hear(frozenset({ANA}))
        await _settled()
        assert len(tabs.sent) == 1

    asyncio.run(run())


def test_tabs_that_are_gone_are_forgotten() -> None:
    async def run() -> None:
        tabs = _Tabs("one", "two")
        hub = _hub(tabs)
        hub.watch("one", [ANA], WizardTimeState.refresh)
        tabs.close("one")
        hub.hear(frozenset({ANA}))
        await _settled()
        assert (tabs.sent, hub._watches) == ([], {})
        hub.watch("two", [ANA], WizardTimeState.refresh)
        tabs.close("two")
        tabs._token_manager.token_to_socket["three"] = SimpleNamespace(
            instance_id="here"
        )
        hub.watch("three", [ANA], WizardTimeState.refresh)
        assert set(hub._watches) == {"three"}

    asyncio.run(run())
