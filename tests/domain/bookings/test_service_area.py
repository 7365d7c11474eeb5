"""A booking is made only for where the business goes."""

from dataclasses import replace

import pytest

from portal_app.domain.bookings import drafts
from portal_app.domain.bookings.views import SavedPlacesView
from portal_app.domain.business import service as businesses
from portal_app.domain.customers import locations
from portal_app.domain.customers.addresses import AddressForm
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput
from tests.support.sample_business import (
    HOME,
    NOW,
    create_sample_business,
    draft_before_contact,
    new_customer,
)
from tests.support.snapshots import database_snapshot

FAR = AddressForm(
    street="1 Hoddle Street",
    town="Melbourne",
    state="VIC",
    postcode="3000",
    country="AU",
    latitude="-37.8136",
    longitude="144.9631",
)


def go_only_to(db: Database, postcodes: str) -> None:
    form, _ = db.query(businesses.settings_form)
    db.call(
        businesses.save_business,
        SYSTEM,
        replace(form, area_kind="postcodes", area_postcodes=postcodes),
    )


def test_an_address_elsewhere_is_refused_in_words(db: Database) -> None:
    with frozen(NOW):
        db.call(create_sample_business)
        maya = db.call(new_customer)
        draft = draft_before_contact(db, maya)
        place = db.call(locations.save_location, maya, HOME)
        go_only_to(db, "9990-9999")
        before = database_snapshot(db)
        for choose, what in (
            (drafts.choose_address, HOME),
            (drafts.choose_location, place),
        ):
            with pytest.raises(InvalidInput) as refused:
                db.call(choose, maya, draft, what)
            assert refused.value.fields == {}
            assert refused.value.message.startswith(
                "Sorry, we do not come to this address in "
            )
        assert database_snapshot(db) == before
        go_only_to(db, f"9990-9999, {HOME.postcode}")
        assert db.call(drafts.choose_location, maya, draft, place).location_id
        typed = db.call(drafts.choose_address, maya, draft, HOME)
        assert (typed.location_id, typed.address.street) == ("", HOME.street)


def go_only_around(db: Database, latitude: float, longitude: float, km: int) -> None:
    form, _ = db.query(businesses.settings_form)
    around = replace(
        form,
        address="1 Beach Road, Bondi",
        latitude=latitude,
        longitude=longitude,
        area_kind="radius",
        area_kilometres=km,
    )
    db.call(businesses.save_business, SYSTEM, around)


def test_saved_places_outside_are_told_apart(db: Database) -> None:
    with frozen(NOW):
        db.call(create_sample_business)
        maya = db.call(new_customer)
        home = db.call(locations.save_location, maya, HOME)
        away = db.call(locations.save_location, maya, FAR)
        found = db.query(drafts.saved_places, maya)
        assert [one.id for one in found.places] == [home, away]
        assert found.outside == []
        go_only_to(db, HOME.postcode)
        assert db.query(drafts.saved_places, maya).outside == [away]
        go_only_to(db, "9990-9999")
        assert db.query(drafts.saved_places, maya).outside == [home, away]


def test_a_place_is_outside_by_its_pin(db: Database) -> None:
    with frozen(NOW):
        db.call(create_sample_business)
        maya = db.call(new_customer)
        # Without a pin nobody can tell, and the office looks at it.
        db.call(locations.save_location, maya, HOME)
        away = db.call(locations.save_location, maya, FAR)
        go_only_around(db, -33.891, 151.277, 20)
        assert db.query(drafts.saved_places, maya).outside == [away]


def test_a_visitor_has_saved_no_places(db: Database) -> None:
    db.call(create_sample_business)
    assert db.query(drafts.saved_places, Actor()) == SavedPlacesView()
