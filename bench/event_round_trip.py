"""Event round trip under 1, 50 and 200 connected clients, against the blank app.

Every client fires one event after the other and waits for the answer each time,
for a fixed number of events; what is compared is the time from firing to the
answer and the events answered in a second. The load runs in this process on the
same machine, for both apps alike: read the ratios, not the numbers.
"""

import asyncio
import statistics
import time
import uuid

import socketio

from bench.results import print_rows, write_result
from bench.servers import Served, blank_app, portal

_NAMESPACE = "/_event"
_CLIENTS = (1, 50, 200)
_EVENTS = 600
_TIMEOUT = 30


async def _client(served: Served, events: int, start: asyncio.Event) -> list[float]:
    client = socketio.AsyncClient(reconnection=False)
    answers: asyncio.Queue[dict] = asyncio.Queue()  # type: ignore[type-arg]
    client.on("event", answers.put, namespace=_NAMESPACE)
    await client.connect(
        f"{served.url.replace('http', 'ws')}/?token={uuid.uuid4()}",
        headers={"origin": served.url},
        transports=["websocket"],
        socketio_path="_event",
        namespaces=[_NAMESPACE],
        wait_timeout=_TIMEOUT,
    )
    message = {
        "name": served.event,
        "payload": {"kind": "info", "text": "x"},
        "router_data": {"pathname": "/", "asPath": "/", "query": {}},
    }
    times = []
    try:
        # The first event also fills the state of the tab.
        await client.emit("event", message, namespace=_NAMESPACE)
        await asyncio.wait_for(answers.get(), _TIMEOUT)
        await start.wait()
        while not answers.empty():
            answers.get_nowait()
        for _ in range(events):
            fired = time.perf_counter()
            await client.emit("event", message, namespace=_NAMESPACE)
            await asyncio.wait_for(answers.get(), _TIMEOUT)
            times.append(time.perf_counter() - fired)
    finally:
        await client.disconnect()
    return times


async def _under_load(served: Served, clients: int) -> dict[str, float]:
    start = asyncio.Event()
    tasks = [
        asyncio.create_task(_client(served, max(3, _EVENTS // clients), start))
        for _ in range(clients)
    ]
    await asyncio.sleep(0.05 * clients)
    began = time.perf_counter()
    start.set()
    times = [t for each in await asyncio.gather(*tasks) for t in each]
    took = time.perf_counter() - began
    return {
        "median ms": statistics.median(times) * 1000,
        "p95 ms": statistics.quantiles(times, n=20)[-1] * 1000,
        "events/s": len(times) / took,
    }


def main() -> None:
    """Measure both, print the table, write the result."""
    measured: dict[str, dict[int, dict[str, float]]] = {}
    for app in (blank_app, portal):
        with app() as served:
            measured[served.name] = {
                clients: asyncio.run(_under_load(served, clients))
                for clients in _CLIENTS
            }
    rows = [
        {
            "clients": clients,
            "what": key,
            "blank": round(measured["blank"][clients][key], 2),
            "portal": round(measured["portal"][clients][key], 2),
            "ratio": round(
                measured["portal"][clients][key] / measured["blank"][clients][key], 2
            ),
        }
        for clients in _CLIENTS
        for key in measured["blank"][clients]
    ]
    print_rows("Event round trip, against a blank app", rows)
    write_result("event_round_trip", {"rows": rows})


if __name__ == "__main__":
    main()
