"""The steps of the first day, as the page sends them."""

import pytest

from portal_app.domain.accounts import service as accounts
from portal_app.domain.business import service as businesses
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from portal_app.state.office.overview import OfficeOverviewState
from portal_app.state.office.setup import OfficeSetupState
from tests.support.tabs import Tab
from tests.support.uploads import upload_file

OFFICE = Actor(audience=Audience.OFFICE, is_owner=True)


@pytest.fixture
def tab(database: Database) -> Tab:
    database.call(businesses.ensure_business)
    found = Tab("/office/setup", OFFICE)
    found.fire(OfficeSetupState.load)
    return found


def _sent(tab: Tab, **form: str) -> list[str]:
    """Where saving a step leads."""
    events = tab.fire(OfficeSetupState.save, form)
    return [str(event.payload["path"]) for event in events if "path" in event.payload]


def _at(tab: Tab, step: str) -> OfficeSetupState:
    tab.go("/office/setup", step=step)
    tab.fire(OfficeSetupState.load)
    return tab.state(OfficeSetupState)


def _overview() -> OfficeOverviewState:
    tab = Tab("/office", OFFICE)
    tab.fire(OfficeOverviewState.load)
    return tab.state(OfficeOverviewState)


def test_the_first_day(tab: Tab) -> None:
    shown = tab.state(OfficeSetupState)
    assert (shown.step, shown.number, shown.before) == ("trade", 1, "")
    assert not _overview().is_open
    tab.fire(OfficeSetupState.pick_trade, "cleaning")
    assert shown.trade == "cleaning"

    # The business has a name already.
    assert _sent(tab, step="trade", trade="cleaning") == ["/office/setup?step=place"]
    assert _sent(tab, step="business", name="") == []
    assert shown.errors == {"name": "Please enter the name of the business."}
    assert _sent(tab, step="business", name="Sparkle") == ["/office/setup?step=place"]

    _at(tab, "place")
    tab.fire(OfficeSetupState.pick_country, "NZ")
    assert (shown.currency, shown.timezone, shown.locale) == (
        "NZD",
        "Pacific/Auckland",
        "en_NZ",
    )
    assert shown.example.startswith("$1,234 on ")
    tab.fire(OfficeSetupState.pick, "currency", "EUR")
    assert shown.example.startswith("€1,234 on ")
    tab.fire(OfficeSetupState.pick_country, "nowhere")
    assert shown.country == "NZ"
    place = {
        "country": "NZ",
        "currency": "NZD",
        "timezone": "Pacific/Auckland",
        "locale": "en_NZ",
    }
    assert _sent(tab, step="place", **place) == ["/office/setup?step=look"]
    assert [one.key for one in _overview().undecided] == [
        "look",
        "services",
        "team",
        "terms",
    ]

    shown = _at(tab, "services")
    slug = shown.setup.offers[0].slug
    services = {f"offer.{slug}": "on", f"price_{slug}": "-5"}
    assert _sent(tab, step="services", **services) == []
    assert shown.errors == {f"price_{slug}": "A price cannot be negative."}
    services[f"price_{slug}"] = "80"
    assert _sent(tab, step="services", **services) == ["/office/setup?step=team"]
    team = {"name": "Kim", "day0": "on", "starts": "09:00", "ends": "17:00"}
    assert _sent(tab, step="team", **team) == ["/office/setup?step=terms"]
    terms = {"payment": "Cash.", "cancellation": "A day before."}
    assert _sent(tab, step="terms", **terms) == ["/office/setup?step=look"]
    look = {"accent_color": "#aa3355"}
    assert _sent(tab, step="look", **look) == ["/office/setup?step=done"]

    found = _overview()
    assert (found.undecided, found.is_open) == ([], True)


def test_an_odd_step_is_the_first_open_one(tab: Tab) -> None:
    assert _at(tab, "no-such-step").step == "trade"
    assert _sent(tab, step="no-such-step") == []
    assert _at(tab, "done").step == "done"


def test_the_logo_is_handed_in_on_the_first_day(database: Database) -> None:
    database.call(businesses.ensure_business)
    account = accounts.create_account(
        database, "boss@example.com", "office", "sunny-otter-42"
    )
    boss = Actor(audience=Audience.OFFICE, account_id=account, is_owner=True)
    tab = Tab("/office/setup", boss, step="look")
    tab.fire(OfficeSetupState.load)
    shown = tab.state(OfficeSetupState)
    assert (shown.step, shown.logo) == ("look", "")
    file_id = upload_file(database, boss).id
    tab.fire(OfficeSetupState.use_logo, file_id)
    assert shown.logo == f"/api/brand/{file_id}.webp"
    # It is saved at once, and the step is still to be decided.
    fresh = Tab("/office/setup", boss, step="look")
    fresh.fire(OfficeSetupState.load)
    assert fresh.state(OfficeSetupState).logo == shown.logo
    assert _sent(tab, step="look", accent_color="#aa3355") == [
        "/office/setup?step=services"
    ]
    tab.fire(OfficeSetupState.remove_logo)
    assert shown.logo == ""
    assert database.query(businesses.business_view).accent_color == "#aa3355"
