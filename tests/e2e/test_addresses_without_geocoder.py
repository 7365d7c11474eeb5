"""Addresses where neither map nor geocoder answer: a portal of its own."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e import steps
from tests.e2e.conftest import Watch
from tests.e2e.test_addresses import SEARCH, dialog, field, option, pin_says, places_of
from tests.support.demo import LoadedDemo
from tests.support.mailbox import Mailbox
from tests.support.people import Person
from tests.support.ports import free_port
from tests.support.server import RunningPortal, running_portal

NewContext = Callable[[], BrowserContext]


@pytest.fixture
def portal(
    tmp_path: Path, mailbox: Mailbox, demo: LoadedDemo
) -> Iterator[RunningPortal]:
    """A portal whose map and geocoder are configured, and not there."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    with running_portal(
        tmp_path,
        mailbox,
        demo,
        PORTAL_GEOCODER_URL=nowhere,
        PORTAL_MAP_TILES_URL=f"{nowhere}/{{z}}/{{x}}/{{y}}.png",
    ) as running:
        yield running


def test_a_place_is_found_and_pinned_all_the_same(
    new_context: NewContext, portal: RunningPortal, customer: Person, watch: Watch
) -> None:
    # A browser says of every picture that it could not reach it.
    watch.expected.append("ERR_CONNECTION_REFUSED")
    page = steps.arrive_signed_in(new_context(), portal, customer)
    steps.visit(page, "/account")
    steps.button(page, "Add a location").click()
    field(page, SEARCH).fill("Newcastle")
    word = re.compile("Streets cannot be looked up just now.")
    expect(dialog(page).locator(".place-hits").get_by_text(word)).to_be_visible()
    option(page, "Newcastle, NSW, Australia").click()
    expect(page.get_by_text("A plain grid, without a map")).to_be_visible()
    field(page, "Postcode").fill("2300")
    field(page, "Street and number").fill("1 King Street")
    page.locator(".leaflet-container").click(position={"x": 200, "y": 90})
    expect(
        page.get_by_text("Streets cannot be looked up just now.", exact=False)
    ).to_be_visible()
    pin = pin_says(page)
    dialog(page).get_by_role("button", name="Save", exact=True).click()
    expect(dialog(page)).to_have_count(0)
    [saved] = places_of(portal, customer)
    assert (saved.street, saved.town, saved.state) == (
        "1 King Street",
        "Newcastle",
        "NSW",
    )
    assert (saved.latitude, saved.longitude) == pytest.approx(pin, abs=1e-5)
