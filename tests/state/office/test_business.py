"""The form of the business: hostile input, two tabs, a preview that saves nothing."""

from dataclasses import asdict

import pytest
from sqlmodel import select

from portal_app.domain.business import service as businesses
from portal_app.domain.business.service_area import Place, ServiceArea
from portal_app.domain.change_log.models import ChangeEntry
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.changes import Change
from portal_app.kernel.db import Database
from portal_app.state.office.business import OfficeBusinessState
from tests.support.accounts import snapshot_without_logs
from tests.support.tabs import Tab

LEA = Actor(Audience.OFFICE, address="198.51.100.7")


def opened() -> Tab:
    tab = Tab("/office/business", LEA)
    tab.fire(OfficeBusinessState.load)
    return tab


def save(tab: Tab, **typed: str) -> OfficeBusinessState:
    state = tab.state(OfficeBusinessState)
    # Whoever was told of a newer version saves over that.
    version = str(state.seen or state.version)
    form = asdict(state.form) | {"version": version} | typed
    tab.fire(OfficeBusinessState.save, form)
    return state


def test_what_is_typed_is_saved_and_written_down(database: Database) -> None:
    tab = opened()
    before = database.query(businesses.settings_form)
    save(tab)  # nothing was changed
    assert database.query(businesses.settings_form) == before
    state = save(
        tab,
        name="  Sunny\u200b Side ",
        opening_text="Monday to Friday\r\n8 to 6 ",
        accent_color="#C2410C",
        latitude="-33.8688",
        longitude="151,2093",
        area_kind="radius",
        area_kilometres="20",
        quote_valid_days="30",
    )
    assert (state.errors, state.problem) == ({}, "")
    form, version = database.query(businesses.settings_form)
    assert (form.name, form.opening_text, form.accent_color) == (
        "Sunny Side",
        "Monday to Friday\n8 to 6",
        "#c2410c",
    )
    assert (form.latitude, form.longitude, form.quote_valid_days) == (
        -33.8688,
        151.2093,
        30,
    )
    assert version == before[1] + 1
    assert database.query(businesses.area_of) == ServiceArea(
        "radius", Place("", -33.8688, 151.2093), 20, ""
    )
    assert state.form.longitude == "151.2093"
    with database.read() as tx:
        changes = tx.exec(
            select(ChangeEntry).where(
                ChangeEntry.thing_kind == "Business", ChangeEntry.action == "changed"
            )
        ).all()
    assert [one["label"] for entry in changes for one in entry.differences] == [
        *("Name", "Latitude", "Longitude", "When you can be reached", "Colour"),
        *("Where you go", "Distance (km)", "A quote is valid for (days)"),
    ]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"name": " "}, {"name": "Please enter the name of the business."}),
        ({"name": "x" * 121}, {"name": "Please use at most 120 characters."}),
        ({"name": "a\nb"}, {"name": "Please use one line of text."}),
        (
            {"footer_text": "a\x07b"},
            {"footer_text": "Please use only letters, numbers and signs."},
        ),
        (
            {"email": "nobody"},
            {"email": "Please enter an email address such as hello@example.com."},
        ),
        ({"country": "XX"}, {"country": "Please choose a country."}),
        (
            {"currency": "QQQ"},
            {"currency": "Please choose a currency such as AUD."},
        ),
        (
            {"timezone": "Mars/One"},
            {"timezone": "Please choose a time zone such as Australia/Sydney."},
        ),
        (
            {"accent_color": "red"},
            {"accent_color": "Please choose a colour such as #0f766e."},
        ),
        (
            {"latitude": "91", "longitude": "0"},
            {"latitude": "Please enter a number from -90 to 90."},
        ),
        (
            {"latitude": "north", "longitude": "nan"},
            {
                "latitude": "Please enter a number from -90 to 90.",
                "longitude": "Please enter a number from -180 to 180.",
            },
        ),
        ({"latitude": "1"}, {"longitude": "A pin needs both numbers."}),
        ({"area_kind": "moon"}, {"area_kind": "Please choose where you go."}),
        (
            {"area_kind": "radius", "area_kilometres": "1e9"},
            {"area_kilometres": "Please enter a number from 1 to 500."},
        ),
        (
            {"area_kind": "radius", "area_kilometres": "5"},
            {"latitude": "A distance is measured from the pin of the address."},
        ),
        (
            {"area_kind": "postcodes", "area_postcodes": ""},
            {"area_postcodes": "Please enter at least one postcode."},
        ),
        (
            {"lead_minutes": "-5", "horizon_days": "0", "quote_valid_days": "1e9"},
            {
                "lead_minutes": "Please enter a number from 0 to 43200.",
                "horizon_days": "Please enter a number from 1 to 730.",
                "quote_valid_days": "Please enter a number from 1 to 365.",
            },
        ),
    ],
)
def test_hostile_input_is_told_beside_the_field(
    database: Database, typed: dict[str, str], wrong: dict[str, str]
) -> None:
    tab = opened()
    before = snapshot_without_logs(database)
    state = save(tab, **typed)
    assert (state.errors, state.pending) == (wrong, False)
    assert snapshot_without_logs(database) == before


def test_names_of_any_script_are_fine(database: Database) -> None:
    for name in ("שמש", "太陽の家", "Zoë & Söhne 🧽", "O’Neill"):
        assert save(opened(), name=name).errors == {}
        assert database.query(businesses.business_view).name == name


def test_two_people_at_once_are_shown_what_differs(database: Database) -> None:
    first, second = opened(), opened()
    save(first, name="First")
    state = save(second, tagline="Second")
    assert state.changes == [
        Change("name", "Name", "Brightside", "First"),
        Change("tagline", "Tagline", "Second", "Home and pet care"),
    ]
    save(second, tagline="Second", name="First")
    view = database.query(businesses.business_view)
    assert (view.name, view.tagline) == ("First", "Second")


def test_the_preview_follows_and_saves_nothing(database: Database) -> None:
    tab = opened()
    before = snapshot_without_logs(database)
    tab.fire(OfficeBusinessState.show, "name", "Elsewhere")
    tab.fire(OfficeBusinessState.show, "accent_color", "#FFFFE0")
    tab.fire(OfficeBusinessState.show, "email", "not@shown.example.com")
    preview = tab.state(OfficeBusinessState).preview
    assert (preview.name, preview.accent_color, preview.ink) == (
        "Elsewhere",
        "#ffffe0",
        "#111827",
    )
    assert preview.light == (
        "Buttons hardly stand out from a light page (1.0 : 1; 3 : 1 is enough)."
    )
    assert preview.dark == ""
    tab.fire(OfficeBusinessState.show, "accent_color", "#111827")
    preview = tab.state(OfficeBusinessState).preview
    assert preview.light == ""
    assert preview.dark.startswith("Buttons hardly stand out from a dark page")
    assert snapshot_without_logs(database) == before
