from dataclasses import replace

import pytest

from portal_app.domain.business import rules, service
from portal_app.domain.business.rules import BusinessForm
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed

pytestmark = pytest.mark.each_database

FORM = BusinessForm(
    name="Brightside",
    tagline="Home and pet care",
    timezone="Australia/Sydney",
    currency="AUD",
    country="AU",
    locale="en_AU",
    accent_color="#0f766e",
)


def test_a_missing_business_raises_an_error_with_instructions(
    sqlite_db: Database,
) -> None:
    with pytest.raises(RuntimeError, match="demo load"):
        sqlite_db.query(service.current_business)
    assert sqlite_db.query(service.is_set_up) is False


def test_a_default_business_is_created_once(db: Database) -> None:
    db.call(service.ensure_business)
    assert db.query(service.business_view).name == "My business"
    db.call(service.save_business, SYSTEM, FORM)
    db.call(service.ensure_business)
    business = db.query(service.current_business)
    assert (business.name, business.version) == ("Brightside", 2)


def test_the_office_sets_the_business_up_and_changes_it(db: Database) -> None:
    db.call(service.save_business, SYSTEM, FORM)
    view = db.query(service.business_view)
    assert (view.name, view.tagline, view.demo) == (
        "Brightside",
        "Home and pet care",
        False,
    )
    assert db.query(service.formats).money(8500) == "$85"
    db.call(service.save_business, SYSTEM, replace(FORM, name="Sunnyside"), 1)
    business = db.query(service.current_business)
    assert (business.name, business.version) == ("Sunnyside", 2)


def test_a_stale_change_is_refused(db: Database) -> None:
    db.call(service.save_business, SYSTEM, FORM)
    db.call(service.save_business, SYSTEM, replace(FORM, name="First"), 1)
    with pytest.raises(Conflict):
        db.call(service.save_business, SYSTEM, replace(FORM, name="Second"), 1)
    business = db.query(service.current_business)
    assert (business.name, business.version) == ("First", 2)


@pytest.mark.parametrize(
    "audience", [Audience.PUBLIC, Audience.CUSTOMER, Audience.GUEST, "fieldworker"]
)
def test_only_the_office_may_change_settings(
    sqlite_db: Database, audience: Audience
) -> None:
    with pytest.raises(NotAllowed):
        sqlite_db.call(service.save_business, Actor(audience=Audience(audience)), FORM)
    assert sqlite_db.query(service.is_set_up) is False


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("name", "x" * 121),
        ("name", "Bright\nBcc: eve@example.com"),
        ("address", "1 Harbour Street\nSydney"),
        ("email", "hello"),
        ("timezone", "Australia/Nowhere"),
        ("currency", "XXQ"),
        ("country", "ZZ9"),
        ("locale", "klingon"),
        ("accent_color", "red"),
        ("accent_color", "#0f766e;}"),
        ("lead_minutes", -1),
        ("horizon_days", 0),
        ("slot_step_minutes", 1),
    ],
)
def test_invalid_settings_are_refused(field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.check_settings(replace(FORM, **{field: value}))
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    ("background", "ink"),
    [
        ("#0f766e", "#ffffff"),
        ("#fde047", "#111827"),
        ("#ffffff", "#111827"),
        ("#000000", "#ffffff"),
    ],
)
def test_ink_is_readable_on_the_accent(background: str, ink: str) -> None:
    assert rules.ink_for(background) == ink
