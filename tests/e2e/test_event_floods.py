"""Floods of events over raw sockets, and somebody else who goes on meanwhile."""

import time
from contextlib import ExitStack

from reflex_base.registry import RegistrationContext

import portal_app.portal_app  # noqa: F401 - registers every state
from tests.e2e.matrix import HANDLERS
from tests.support.server import RunningPortal
from tests.support.sockets import RawTab, raw_tab

FRAMES = 70
SIGNS = "4@8({[<361!|70$5+%29zz#&"
TOO_MUCH = "That was too much at once. Please wait a few seconds and try again."
MOST_SECONDS = 2


def _handler(short: str) -> str:
    names = RegistrationContext.get().event_handlers
    return next(name for name in names if name.endswith(short))


def _toasts(tab: RawTab) -> list[str]:
    """What this tab was told, each message once."""
    [shown] = [
        values["toasts_rx_state_"]
        for name, values in tab.state().items()
        if name.endswith("toast_state")
    ]
    return [toast["text"] for toast in shown]


def test_a_flood_at_the_password_meter_stops_nobody_else(
    portal: RunningPortal,
) -> None:
    rate, load = _handler("password_state.rate"), _handler("viewer_state.load")
    assert "rate" in HANDLERS["for everybody"]["password_state"]
    longest = []
    with raw_tab(portal.url) as other:
        other.round_trip()
        with ExitStack() as attackers:
            for _ in range(4):
                tab = attackers.enter_context(raw_tab(portal.url))
                for number in range(FRAMES):
                    tab.fire(rate, {"password": f"{number}{SIGNS}"})
            for _ in range(10):
                started = time.monotonic()
                other.fire(load)
                other.round_trip()
                longest.append(time.monotonic() - started)
    assert max(longest) < MOST_SECONDS, longest


def test_whoever_sends_too_much_is_told_once(portal: RunningPortal) -> None:
    load = _handler("policies_state.load")
    with raw_tab(portal.url) as tab:
        tab.round_trip()
        for _ in range(600):
            tab.fire(load)
        with tab._arrived:
            assert tab._arrived.wait_for(lambda: TOO_MUCH in repr(tab.frames), 15)
        assert _toasts(tab) == [TOO_MUCH]
