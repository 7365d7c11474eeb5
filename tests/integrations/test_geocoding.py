"""A geocoder that answers as Nominatim does, and all that one can do wrong."""

import json
import logging
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from portal_app.domain.customers.geocoding import GeocoderUnavailable
from portal_app.integrations.geocoding import NominatimGeocoder
from portal_app.serving.logs import configure_logs
from portal_app.settings import Settings
from tests.support.geocoder_server import (
    LICENCE,
    LINDEN,
    OCEAN_STREET,
    Geocoder,
    geocoder_server,
    nominatim_place,
)
from tests.support.ports import free_port

CALLER = "https://portal.example.com"
QUERY = "12 Ocean Street Bondi"


@pytest.fixture(scope="module")
def running() -> Iterator[Geocoder]:
    with geocoder_server() as server:
        yield server


@pytest.fixture
def server(running: Geocoder) -> Geocoder:
    running.behave()
    return running


@pytest.fixture
def geocoder(server: Geocoder) -> NominatimGeocoder:
    return NominatimGeocoder(server.url, CALLER)


def _unavailable(geocoder: NominatimGeocoder) -> str:
    with pytest.raises(GeocoderUnavailable) as refused:
        geocoder.search(QUERY, "AU", 5)
    return refused.value.reason


def test_an_address_is_found(server: Geocoder, geocoder: NominatimGeocoder) -> None:
    [found] = geocoder.search(QUERY, "AU", 5)
    assert (found.house_number, found.road, found.suburb, found.town) == (
        "12",
        "Ocean Street",
        "Bondi",
        "Sydney",
    )
    assert (found.state, found.state_code, found.postcode, found.country) == (
        "New South Wales",
        "AU-NSW",
        "2026",
        "AU",
    )
    assert (found.latitude, found.longitude) == (-33.891234, 151.274567)
    assert found.source == LICENCE
    [(path, asked, headers)] = server.asked
    assert path == "/search"
    assert asked == {
        "q": QUERY,
        "format": "jsonv2",
        "addressdetails": "1",
        "limit": "5",
        "countrycodes": "au",
    }
    assert headers["user-agent"] == f"customer-portal ({CALLER})"
    assert headers["accept-encoding"] == "identity"


def test_the_address_at_a_pin(server: Geocoder, geocoder: NominatimGeocoder) -> None:
    found = geocoder.reverse(52.5171, 13.3889)
    assert found is not None
    assert (found.road, found.town, found.country) == (
        "Unter den Linden",
        "Berlin",
        "DE",
    )
    assert geocoder.reverse(0.0, -30.0) is None
    assert next(asked for _, asked, _ in server.asked) == {
        "lat": "52.51710",
        "lon": "13.38890",
        "format": "jsonv2",
        "addressdetails": "1",
    }


def test_a_result_without_country_is_none(
    server: Geocoder, geocoder: NominatimGeocoder
) -> None:
    assert [one.country for one in geocoder.search("Berlin", "", 5)] == ["DE"]
    assert "countrycodes" not in server.asked[0][1]


def test_repeated_queries_are_cached(
    server: Geocoder, geocoder: NominatimGeocoder
) -> None:
    first = geocoder.search(QUERY, "AU", 5)
    assert geocoder.search(QUERY, "AU", 5) == first
    assert len(server.asked) == 1
    geocoder.search(QUERY, "NZ", 5)
    assert len(server.asked) == 2


def test_errors_are_not_cached(server: Geocoder, geocoder: NominatimGeocoder) -> None:
    server.status = 503
    assert _unavailable(geocoder) == "status 503"
    server.behave()
    assert len(geocoder.search(QUERY, "AU", 5)) == 1


def test_a_path_and_a_key_of_the_address_are_kept(server: Geocoder) -> None:
    geocoder = NominatimGeocoder(f"{server.url}/v1/?key=k%26y", CALLER)
    geocoder.search(QUERY, "", 1)
    [(path, asked, _)] = server.asked
    assert (path, asked["key"], asked["q"]) == ("/v1/search", "k&y", QUERY)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"<html>busy</html>", "the answer is no JSON"),
        (b"", "the answer is no JSON"),
        (b"[" * 100_000, "the answer is no JSON"),
        (b'"x"', "the answer is no list of places"),
        (b"[1, null, []]", "the answer holds no place"),
        (b'[{"lat": "north", "lon": "0"}]', "the answer holds no place"),
        (b'[{"lat": "91", "lon": "0"}]', "the answer holds no place"),
        (b'[{"lat": "NaN", "lon": "0"}]', "the answer holds no place"),
        (b'[{"lat": "1", "lon": "0", "address": [1]}]', "the answer holds no place"),
        (b" " * 300_000 + b"[]", "the answer is too long"),
    ],
)
def test_an_invalid_response_is_unavailable(
    server: Geocoder, geocoder: NominatimGeocoder, raw: bytes, reason: str
) -> None:
    server.raw = raw
    with capture_logs() as logs:
        assert _unavailable(geocoder) == reason
    assert logs == [
        {"event": "geocoder unavailable", "reason": reason, "log_level": "warning"}
    ]


def test_a_redirect_is_not_followed(
    server: Geocoder, geocoder: NominatimGeocoder
) -> None:
    server.status, server.headers = 302, {"location": f"{server.url}/elsewhere"}
    assert _unavailable(geocoder) == "status 302"
    assert [path for path, _, _ in server.asked] == ["/search"]


def test_a_slow_server_times_out(server: Geocoder) -> None:
    geocoder = NominatimGeocoder(server.url, CALLER, patience=0.1)
    server.hold(QUERY)
    assert _unavailable(geocoder) == "no answer in time"


def test_an_unreachable_server_is_unavailable() -> None:
    geocoder = NominatimGeocoder(f"http://127.0.0.1:{free_port()}", CALLER)
    assert _unavailable(geocoder) == "ConnectError"


def test_an_invalid_result_is_skipped(
    server: Geocoder, geocoder: NominatimGeocoder
) -> None:
    at_sea = nominatim_place(0, 0, name="Null Island")
    told = [OCEAN_STREET | {"lat": "x"}, {"lat": "1", "lon": "2"}, at_sea, LINDEN]
    server.raw = json.dumps(told).encode()
    assert [one.road for one in geocoder.search(QUERY, "", 5)] == ["Unter den Linden"]


def test_results_are_limited(server: Geocoder, geocoder: NominatimGeocoder) -> None:
    server.raw = json.dumps([OCEAN_STREET] * 40).encode()
    assert len(geocoder.search(QUERY, "", 5)) == 5


def test_hostile_texts_become_short_and_printable(
    server: Geocoder, geocoder: NominatimGeocoder
) -> None:
    odd = nominatim_place(
        1,
        2,
        name="\u202ename\x00\x1b[31m",
        house_number="9" * 500,
        road="A\u0000B\r\n  C\u2028D" + "x" * 5_000,
        city="<script>alert(1)</script>",
        postcode="P" * 90,
        country_code="de",
    )
    odd["licence"] = ["not a text"]
    odd["address"]["state"] = {"not": "a text"}
    server.raw = json.dumps([odd]).encode()
    [found] = geocoder.search(QUERY, "", 5)
    assert found.name == "name [31m"
    assert found.road.startswith("A B C Dxxx")
    assert (len(found.house_number), len(found.road), len(found.postcode)) == (
        16,
        80,
        16,
    )
    # Text like any other; whoever draws it writes it as text.
    assert found.town == "<script>alert(1)</script>"
    assert (found.state, found.source) == ("", "")


def test_queries_are_not_logged(
    geocoder: NominatimGeocoder, caplog: pytest.LogCaptureFixture
) -> None:
    configure_logs(Settings(_env_file=None))
    caplog.set_level(logging.INFO)
    geocoder.search(QUERY, "AU", 5)
    assert "Ocean" not in caplog.text
