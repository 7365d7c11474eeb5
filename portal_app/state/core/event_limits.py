"""How much a browser may ask for: token buckets in the memory of a worker.

An event has a weight (``event_for``); one unit is about ten milliseconds of a
worker. A bucket holds what somebody may spend at once and fills up by what they
may spend every second. An event is paid for three times: by its socket, by its
session (a browser with all its tabs) and by its address, whose bucket is so much
larger because a whole office may be behind one address. Whoever cannot pay all
three pays nothing, so that a flood from one tab costs its neighbours nothing.

Two workers have two memories: what is allowed is per worker.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from portal_app.domain.rate_limits.rules import network_of

_MOST_BUCKETS = 20_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one bucket holds, and by how much a second it fills up."""

    at_once: float
    per_second: float


SOCKET = Allowance(200, 20)
SESSION = Allowance(400, 40)
ADDRESS = Allowance(4000, 400)


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class _Buckets:
    """The buckets of one kind; the one that was unused for longest makes room.

    Whoever was away that long has a full bucket, and a new one is full too.
    """

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def bucket(self, key: str, now: float) -> _Bucket:
        """The bucket of somebody, filled up to now."""
        found = self._buckets.get(key)
        if found is None:
            found = self._buckets[key] = _Bucket(self._allowance.at_once, now)
            if len(self._buckets) > _MOST_BUCKETS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
            gained = (now - found.at) * self._allowance.per_second
            found.left = min(self._allowance.at_once, found.left + gained)
            found.at = now
        return found

    def forget(self, key: str) -> None:
        """Give up the bucket of somebody who is gone."""
        self._buckets.pop(key, None)

    def __len__(self) -> int:
        return len(self._buckets)


class EventLimits:
    """Whether an event may go on, by what its sender has spent.

    Args:
        factor: How many times the usual everybody may spend.
        clock: Seconds that never go back.
    """

    def __init__(
        self, factor: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._sockets, self._sessions, self._addresses = (
            _Buckets(Allowance(one.at_once * factor, one.per_second * factor))
            for one in (SOCKET, SESSION, ADDRESS)
        )

    def spend(self, weight: float, socket: str, session: str, address: str) -> bool:
        """Pay for an event.

        Args:
            weight: What it costs.
            socket: The socket it came by.
            session: Of the browser; without one, what names the tab.
            address: The address it came from; an IPv6 network counts as one.

        Returns:
            Whether all three could pay; otherwise none of them has paid.
        """
        now = self._clock()
        buckets = (
            self._sockets.bucket(socket, now),
            self._sessions.bucket(session, now),
            self._addresses.bucket(network_of(address), now),
        )
        if any(bucket.left < weight for bucket in buckets):
            return False
        for bucket in buckets:
            bucket.left -= weight
        return True

    def forget(self, socket: str) -> None:
        """Forget a socket that was closed; its session and address stay known."""
        self._sockets.forget(socket)
