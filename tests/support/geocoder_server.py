"""A small geocoding server that answers as Nominatim does."""

import base64
import json
import math
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LICENCE = "Data © OpenStreetMap contributors, ODbL 1.0."
_LABELS = {"state_code": "ISO3166-2-lvl4"}
_NEAR_DEGREES = 0.02
_HOLD_TIMEOUT_SECONDS = 30
TILES = "/tiles/"
_TILE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


def nominatim_place(
    latitude: float, longitude: float, name: str = "", **address: str
) -> Any:
    """A place of an answer; ``address`` by Nominatim's labels."""
    labels = {_LABELS.get(word, word): text for word, text in address.items()}
    house = f"{labels.get('house_number', '')} {labels.get('road', '')}".strip()
    return {
        "place_id": 1,
        "licence": LICENCE,
        "osm_type": "node",
        "osm_id": 1,
        "lat": str(latitude),
        "lon": str(longitude),
        "category": "place",
        "type": "house" if "house_number" in labels else "road",
        "place_rank": 30,
        "importance": 0.1,
        "addresstype": "place",
        "name": name,
        "display_name": ", ".join(
            [house, *(v for k, v in labels.items() if k not in {"house_number"})]
        ),
        "address": labels,
        "boundingbox": ["0", "0", "0", "0"],
    }


OCEAN_STREET = nominatim_place(
    -33.891234,
    151.274567,
    house_number="12",
    road="Ocean Street",
    suburb="Bondi",
    city="Sydney",
    municipality="Waverley Council",
    state="New South Wales",
    state_code="AU-NSW",
    postcode="2026",
    country="Australia",
    country_code="au",
)
# Of this street the houses are not known.
WHARF_ROAD = nominatim_place(
    -32.925,
    151.784,
    road="Wharf Road",
    name="Wharf Road",
    suburb="Newcastle",
    city="Newcastle",
    state="New South Wales",
    state_code="AU-NSW",
    postcode="2300",
    country="Australia",
    country_code="au",
)
LINDEN = nominatim_place(
    52.5170365,
    13.3888599,
    house_number="5",
    road="Unter den Linden",
    suburb="Mitte",
    city="Berlin",
    state="Berlin",
    state_code="DE-BE",
    postcode="10117",
    country="Deutschland",
    country_code="de",
)


@dataclass
class Geocoder:
    """A running server.

    Attributes:
        url: Its address.
        places: What it knows.
        raw: What it answers instead, as bytes.
        status: With which status.
        headers: With which further headers.
        asked: Every question: path, parameters and headers in lower case.
    """

    url: str
    places: list[Any] = field(default_factory=list)
    raw: bytes | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(
        default_factory=list
    )
    answered: queue.Queue[str] = field(default_factory=queue.Queue)
    _held: dict[str, threading.Event] = field(default_factory=dict)
    _asking: dict[str, threading.Event] = field(default_factory=dict)

    def behave(self) -> None:
        """Know the places of the tests, and do nothing wrong any more."""
        self.places = [OCEAN_STREET, WHARF_ROAD, LINDEN]
        self.raw, self.status, self.headers = None, 200, {}
        self.asked.clear()
        self.release_held()

    def hold(self, text: str) -> None:
        """Answer no search for exactly this text until ``release_held``."""
        self._held[text] = threading.Event()
        self._asking[text] = threading.Event()

    def release_held(self) -> None:
        """Answer what was held."""
        for event in self._held.values():
            event.set()
        self._held.clear()

    def wait_for_answer(self, text: str) -> None:
        """Wait until a search for exactly this text was answered."""
        while self.answered.get(timeout=_HOLD_TIMEOUT_SECONDS) != text:
            pass

    def wait_for_question(self, text: str) -> None:
        """Wait until somebody waits for the answer that ``hold`` holds back."""
        assert self._asking[text].wait(_HOLD_TIMEOUT_SECONDS)

    def answer(self, path: str, asked: dict[str, str]) -> Any:
        """What Nominatim would say."""
        if path.endswith("/search"):
            event = self._held.get(asked["q"])
            if event is not None:
                self._asking[asked["q"]].set()
                event.wait(_HOLD_TIMEOUT_SECONDS)
            return self._search(asked)
        return self._reverse(float(asked["lat"]), float(asked["lon"]))

    def _search(self, asked: dict[str, str]) -> list[Any]:
        words = asked["q"].replace(",", " ").casefold().split()
        codes = asked.get("countrycodes", "").split(",")
        return [
            one
            for one in self.places
            if all(_matches_word(one, word) for word in words)
            and (codes == [""] or one["address"]["country_code"] in codes)
        ][: int(asked.get("limit", "10"))]

    def _reverse(self, latitude: float, longitude: float) -> Any:
        def far(one: Any) -> float:
            return math.dist((float(one["lat"]), float(one["lon"])), (lat, lon))

        lat, lon = latitude, longitude
        nearest = min(self.places, key=far, default=None)
        if nearest is None or far(nearest) > _NEAR_DEGREES:
            return {"error": "Unable to geocode"}
        return nearest


def _matches_word(one: Any, word: str) -> bool:
    # A number that is not on the map is no reason not to find the street.
    known = one["display_name"].casefold()
    return word in known or (word.isdigit() and "house_number" not in one["address"])


def _handler(server: Geocoder) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path.startswith(TILES):
                self._send(_TILE, "image/png")
                return
            asked = {k: v[0] for k, v in parse_qs(parts.query).items()}
            told = {k.lower(): v for k, v in self.headers.items()}
            server.asked.append((parts.path, asked, told))
            body = server.raw
            if body is None:
                body = json.dumps(server.answer(parts.path, asked)).encode()
            try:
                self.send_response(server.status)
                for name, value in server.headers.items():
                    self.send_header(name, value)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                server.answered.put(asked.get("q", ""))
            except OSError:
                # Whoever asked has enough.
                self.close_connection = True

        def _send(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


@contextmanager
def geocoder_server() -> Iterator[Geocoder]:
    """Run the server on a free port, in a thread."""
    served = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    running = Geocoder(f"http://127.0.0.1:{served.server_address[1]}")
    running.behave()
    served.RequestHandlerClass = _handler(running)
    thread = threading.Thread(target=served.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        running.release_held()
        served.shutdown()
        served.server_close()
        thread.join(5)
