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


def test_without_a_business_the_error_says_what_to_do(sqlite_db: Database) -> None:
    with pytest.raises(RuntimeError, match="demo load"):
        sqlite_db.query(service.current)
    assert sqlite_db.query(service.is_set_up) is False


def test_a_fresh_portal_gets_a_business_once(db: Database) -> None:
    db.call(service.ensure)
    assert db.query(service.view).name == "My business"
    db.call(service.save, SYSTEM, FORM)
    db.call(service.ensure)
    business = db.query(service.current)
    assert (business.name, business.version) == ("Brightside", 2)


def test_the_office_sets_the_business_up_and_changes_it(db: Database) -> None:
    db.call(service.save, SYSTEM, FORM)
    view = db.query(service.view)
    assert (view.name, view.tagline, view.demo) == (
        "Brightside",
        "Home and pet care",
        False,
    )
    assert db.query(service.formats).money(8500) == "$85.00"
    db.call(service.save, SYSTEM, replace(FORM, name="Sunnyside"), 1)
    business = db.query(service.current)
    assert (business.name, business.version) == ("Sunnyside", 2)


def test_a_change_of_what_was_changed_meanwhile_is_refused(db: Database) -> None:
    db.call(service.save, SYSTEM, FORM)
    db.call(service.save, SYSTEM, replace(FORM, name="First"), 1)
    with pytest.raises(Conflict):
        db.call(service.save, SYSTEM, replace(FORM, name="Second"), 1)
    business = db.query(service.current)
    assert (business.name, business.version) == ("First", 2)


@pytest.mark.parametrize(
    "audience", [Audience.PUBLIC, Audience.CUSTOMER, Audience.GUEST, "fieldworker"]
)
def test_only_the_office_may(sqlite_db: Database, audience: Audience) -> None:
    with pytest.raises(NotAllowed):
        sqlite_db.call(service.save, Actor(audience=Audience(audience)), FORM)
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
def test_settings_the_portal_cannot_work_with(field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.check(replace(FORM, **{field: value}))
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
    assert rules.readable_on(background) == ink
