"""The entrance: what frames get in, and what is said of those that do not."""

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from portal_app.portal_app import app
from portal_app.state.auth.passwords import PasswordState
from portal_app.state.core import entrance
from portal_app.state.core.entrance import Entrance, clean_address, frame_of
from portal_app.state.core.event_limits import EventLimits
from portal_app.state.core.toasts import ToastState
from portal_app.state.core.viewer import ViewerState

LOAD = f"{ViewerState.get_full_name()}.load"
RATE = f"{PasswordState.get_full_name()}.rate"
SHOW = f"{ToastState.get_full_name()}.show"
HYDRATE = "reflex___state____state.hydrate_and_load"
HERE = {"pathname": "/login", "asPath": "/login?next=%2F", "query": {}}
SID = "socket"


class Queue:
    """What got in, in the place of Reflex's queue."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Any]] = []

    async def enqueue(self, token: str, event: Any) -> None:
        """Keep an event."""
        self.events.append((token, event))

    @property
    def names(self) -> list[str]:
        """The names of what got in."""
        return [event.name for _, event in self.events]


class Door:
    """An entrance with one socket, by which frames come in."""

    def __init__(self) -> None:
        self.queue = Queue()
        self.now = 0.0
        limits = EventLimits(clock=lambda: self.now)
        self.entrance = Entrance("/_event", app, limits)
        self.open(SID)

    def open(self, sid: str) -> None:
        """Connect a socket, as of a tab of its own."""
        manager = self.entrance._token_manager
        manager.sid_to_token[sid] = f"tab of {sid}"
        self.entrance._static_router_data[sid] = {
            "sid": sid,
            "headers": {"cookie": "hash"},
            "ip": "203.0.113.7",
        }

    def send(self, *frames: Any, sid: str = SID) -> None:
        """Let frames come in."""

        async def come_in() -> None:
            for frame in frames:
                await self.entrance.on_event(sid, frame)

        asyncio.run(come_in())


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    made = Door()
    monkeypatch.setattr(app, "_event_processor", made.queue)
    monkeypatch.setattr(entrance.time, "monotonic", lambda: made.now)
    return made


def _frame(name: str = LOAD, **payload: Any) -> dict[str, Any]:
    return {"name": name, "payload": payload, "router_data": dict(HERE)}


def test_the_app_has_this_entrance() -> None:
    own = app.event_namespace
    assert isinstance(own, Entrance)
    assert app.sio is not None
    assert app.sio.namespace_handlers["/_event"] is own


def test_an_event_gets_in_with_what_belongs_to_it(door: Door) -> None:
    door.send(_frame() | {"token": "stolen", "router_data": HERE | {"ip": "1.1.1.1"}})
    [(token, event)] = door.queue.events
    assert token == f"tab of {SID}"
    assert (event.name, event.payload) == (LOAD, {})
    assert event.router_data["asPath"] == "/login?next=%2F"
    assert event.router_data["ip"] == "203.0.113.7"


@pytest.mark.parametrize(
    "frame",
    [
        *(None, "", "text", [], 7, {}, {"name": None}, {"name": 7}, {"name": ["a"]}),
        {"name": "no.such.handler"},
        {"name": "x" * 100_000, "payload": {"password": "secret"}},
    ],
)
def test_what_is_no_event_is_dropped_and_not_repeated_in_the_log(
    door: Door, frame: Any
) -> None:
    with capture_logs() as logs:
        door.send(*[frame] * 50)
    assert door.queue.events == []
    assert [set(line) for line in logs] == [{"event", "log_level"}]
    assert logs[0]["event"] in {"frame refused", "unknown handler refused"}


def test_a_socket_without_a_tab_gets_nothing_in(door: Door) -> None:
    door.send(_frame(), sid="unknown")
    assert door.queue.events == []


def test_too_many_events_are_told_once_and_change_nothing(door: Door) -> None:
    with capture_logs() as logs:
        door.send(*[_frame()] * 1_000)
    assert door.queue.names == [LOAD] * 200 + [SHOW]
    token, told = door.queue.events[-1]
    assert token == f"tab of {SID}"
    assert told.payload == {
        "kind": "error",
        "text": "That was too much at once. Please wait a few seconds and try again.",
    }
    assert [line["event"] for line in logs] == ["too many events refused"]
    door.now = 11
    door.send(*[_frame()] * 1_000)
    assert door.queue.names == [LOAD] * 200 + [SHOW] + [LOAD] * 200 + [SHOW]


def test_an_event_costs_what_its_handler_declares(door: Door) -> None:
    door.send(*[_frame(RATE, password="x")] * 1_000)
    assert door.queue.names == [RATE] * 40 + [SHOW]


def test_hydration_costs_too(door: Door) -> None:
    door.send(*[_frame(HYDRATE)] * 1_000)
    assert door.queue.names == [HYDRATE] * 40 + [SHOW]


def test_another_tab_of_the_session_goes_on(door: Door) -> None:
    door.open("second")
    door.send(*[_frame()] * 1_000)
    door.queue.events.clear()
    door.send(_frame(), sid="second")
    assert door.queue.names == [LOAD]


@pytest.mark.parametrize(
    ("address", "cleaned"),
    [
        ("/bookings?when=past#top", "/bookings?when=past#top"),
        ("/dependents?q=Caf%C3%A9", "/dependents?q=Caf%C3%A9"),
        ("/bookings/\x00", "/bookings/\ufffd"),
        ("/bookings/%00", "/bookings/%EF%BF%BD"),
        ("/bookings/%0%000", "/bookings/%0%EF%BF%BD0"),
        ("/login?next=\ud83d", "/login?next=\ufffd"),
        ("/" + "x" * 9_000, "/" + "x" * 3_999),
        ("//[", "//["),
        *((odd, "/") for odd in (None, 7, "", "x", "@[", ["/"], {"a": "/"})),
    ],
)
def test_an_address_is_one_that_handlers_can_read(address: Any, cleaned: str) -> None:
    assert clean_address(address) == cleaned


def test_parameters_of_a_route_are_texts() -> None:
    query = {"id": "a\x00", "b": 7, "c": ["x"], "slug": "dog", "\ud800": "x"}
    frame = frame_of({"name": "n", "router_data": HERE | {"query": query}})
    assert frame is not None
    assert frame["router_data"]["query"] == {
        "id": "a\ufffd",
        "slug": "dog",
        "\ufffd": "x",
    }
    for odd in (None, [], "x", 7):
        frame = frame_of({"name": "n", "router_data": odd})
        assert frame == {
            "name": "n",
            "payload": {},
            "router_data": {"pathname": "/", "asPath": "/", "query": {}},
        }


def test_a_closed_socket_leaves_nothing_behind(door: Door) -> None:
    door.send(*[_frame()] * 201)
    assert door.entrance._quiet_until == {SID: 10}

    async def close() -> None:
        closing = door.entrance.on_disconnect(SID)
        if closing is not None:
            await closing

    asyncio.run(close())
    assert door.entrance._quiet_until == {}
    assert len(door.entrance._limits._sockets) == 0
