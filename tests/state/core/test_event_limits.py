"""Who may fire how much, in a time that stands still until told."""

import pytest

from portal_app.state.core import event_limits
from portal_app.state.core.event_limits import EventLimits


class Time:
    """A clock to be moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def limits(time: Time) -> EventLimits:
    return EventLimits(clock=time)


def _spent(limits: EventLimits, tries: int, weight: float = 1, **who: str) -> int:
    """How many of so many events go on."""
    sender = {"socket": "s", "session": "b", "address": "203.0.113.7"} | who
    return sum(limits.spend(weight, **sender) for _ in range(tries))


def test_a_socket_has_a_burst_and_then_so_much_a_second(
    limits: EventLimits, time: Time
) -> None:
    assert _spent(limits, 1000) == 200
    assert _spent(limits, 1000) == 0
    time.now = 1
    assert _spent(limits, 1000) == 20
    time.now = 1_000
    assert _spent(limits, 1000) == 200


def test_a_heavy_event_costs_as_much_as_it_weighs(limits: EventLimits) -> None:
    assert _spent(limits, 1000, weight=20) == 10


def test_a_person_who_types_and_clicks_fast_never_meets_it(
    limits: EventLimits, time: Time
) -> None:
    for tenth in range(6_000):  # ten minutes of twelve events a second
        time.now = tenth / 10
        assert _spent(limits, 2 if tenth % 5 == 0 else 1) == (
            2 if tenth % 5 == 0 else 1
        )


def test_what_was_clicked_while_the_server_was_away_is_taken_at_once(
    limits: EventLimits,
) -> None:
    assert _spent(limits, 100) == 100


def test_the_tabs_of_a_browser_share_what_a_session_has(limits: EventLimits) -> None:
    tabs = [_spent(limits, 1000, socket=f"tab {at}") for at in range(4)]
    assert tabs == [200, 200, 0, 0]
    assert _spent(limits, 1000, socket="tab 5", session="another") == 200


def test_an_office_of_a_hundred_behind_one_address_works(
    limits: EventLimits, time: Time
) -> None:
    for second in range(60):
        time.now = second
        for person in range(100):
            who = {"socket": f"s{person}", "session": f"b{person}"}
            assert _spent(limits, 4, **who) == 4


def test_one_address_has_an_end_however_many_sockets(limits: EventLimits) -> None:
    total = sum(
        _spent(limits, 1000, socket=f"s{at}", session=f"b{at}") for at in range(50)
    )
    assert total == 4_000
    assert _spent(limits, 10, socket="s", session="b", address="203.0.113.8") == 10


def test_an_ipv6_network_is_one_address(limits: EventLimits) -> None:
    total = sum(
        _spent(
            limits, 1000, socket=f"s{at}", session=f"b{at}", address=f"2001:db8::{at}"
        )
        for at in range(50)
    )
    assert total == 4_000


def test_what_is_refused_costs_the_neighbours_nothing(limits: EventLimits) -> None:
    assert _spent(limits, 100_000) == 200
    neighbours = {"socket": "t", "session": "c"}
    assert _spent(limits, 1000, **neighbours) == 200
    assert _spent(limits, 1000, socket="u") == 200


def test_a_closed_socket_is_forgotten_and_its_session_is_not(
    limits: EventLimits,
) -> None:
    assert _spent(limits, 1000) == 200
    limits.forget("s")
    assert _spent(limits, 1000) == 200
    limits.forget("s")
    assert _spent(limits, 1000) == 0


def test_an_operator_may_allow_more(time: Time) -> None:
    limits = EventLimits(2.5, clock=time)
    assert _spent(limits, 1000) == 500
    time.now = 1
    assert _spent(limits, 1000) == 50


def test_the_memory_has_an_end(
    limits: EventLimits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_limits, "_MOST_BUCKETS", 3)
    for at in range(10):
        who = {"socket": f"s{at}", "session": f"b{at}", "address": f"192.0.2.{at}"}
        assert _spent(limits, 1, **who) == 1
    kinds = (limits._sockets, limits._sessions, limits._addresses)
    assert [len(kind) for kind in kinds] == [3, 3, 3]
    # The newest are still known.
    assert _spent(limits, 1000, socket="s9", session="b9", address="192.0.2.9") == 199
