"""The first day of a business: each step is stored, and can be taken up again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portal_app.domain.business import policies
from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.office import places, setup
from portal_app.domain.office.setup import TeamForm
from portal_app.domain.scheduling import roster, shop_window
from portal_app.domain.scheduling.roster import FieldworkerDefinition
from portal_app.domain.scheduling.shop_window import NotOpenYet
from portal_app.domain.scheduling.views import NOTHING_YET
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed, NotFound
from tests.support.accounts import snapshot_without_logs

OFFICE = Actor(audience=Audience.OFFICE, is_owner=True)
_TEAM = TeamForm(name="Kim", days=(0, 1, 2), starts="08:00", ends="16:30")


@pytest.fixture(autouse=True)
def _empty_business(db: Database) -> None:
    db.call(businesses.ensure_business)


def _open_steps(db: Database) -> list[str]:
    return [step.key for step in db.query(setup.missing, OFFICE)]


def _view(db: Database) -> setup.SetupView:
    return db.query(setup.setup_view, OFFICE)


def test_from_nothing_to_open(db: Database) -> None:
    assert _open_steps(db) == list(setup.STEPS)
    assert not _view(db).is_open

    db.call(setup.choose_trade, OFFICE, "cleaning")
    db.call(setup.save_business, OFFICE, "business", {"name": " Sparkle ", "phone": ""})
    place = {
        "country": "NZ",
        "currency": "NZD",
        "timezone": "Pacific/Auckland",
        "locale": "en_NZ",
    }
    db.call(setup.save_business, OFFICE, "place", place)
    db.call(setup.save_business, OFFICE, "look", {"accent_color": "#AA3355"})
    assert _open_steps(db) == ["services", "team", "terms"]

    offers = _view(db).offers
    first, second, *_ = offers
    prices = {first.slug: "1,234.5", second.slug: "99"}
    db.call(setup.offer_services, OFFICE, prices)
    rows = {row.slug: row for row in db.query(catalogue.active_services)}
    assert {slug: row.base_price_minor for slug, row in rows.items()} == {
        first.slug: 123450,
        second.slug: 9900,
    }
    assert [one.slug for one in _view(db).offers if one.ticked] == [
        first.slug,
        second.slug,
    ]
    assert not _view(db).is_open
    assert _open_steps(db) == ["team", "terms"]

    db.call(setup.add_fieldworker, OFFICE, _TEAM)
    db.call(setup.save_terms, OFFICE, "Cash.", "A day before.")
    view = _view(db)
    assert (_open_steps(db), view.is_open, view.team) == ([], True, ["Kim"])
    assert (view.name, view.accent_color) == ("Sparkle", "#aa3355")
    assert (view.payment, view.cancellation) == ("Cash.", "A day before.")
    assert db.query(policies.policy_paragraphs, "cancellation") == ["A day before."]
    [(_, skills)] = db.query(roster.working_people)
    assert skills == {row.id for row in rows.values()}


def _shown_to_customers(db: Database) -> tuple[list[str], list[str]]:
    home = db.query(shop_window.home_page).categories
    shelves = db.query(shop_window.catalogue_view).categories
    return [one.slug for one in home], [one.slug for one in shelves]


def test_services_that_nobody_does_are_not_shown_to_customers(db: Database) -> None:
    db.call(setup.add_service, OFFICE, "Piano tuning", "150", "90")
    assert not _view(db).is_open
    assert "team" in _open_steps(db)
    assert _shown_to_customers(db) == ([], [])
    db.call(setup.add_fieldworker, OFFICE, _TEAM)
    assert _view(db).is_open
    assert "team" not in _open_steps(db)
    assert _shown_to_customers(db) == (["services"], ["services"])
    # Whoever has gone does nothing any more, whatever was decided once.
    gone = FieldworkerDefinition(_TEAM.name, active=False)
    db.call(roster.define_fieldworker, OFFICE, gone)
    assert not _view(db).is_open
    assert "team" in _open_steps(db)
    assert _shown_to_customers(db) == ([], [])


def test_before_it_opens_only_the_staff_see_a_service(db: Database) -> None:
    def shown(who: Actor, slug: str = "piano-tuning") -> str:
        return db.query(shop_window.service_page, who, slug).service.name

    db.call(setup.add_service, OFFICE, "Piano tuning", "150", "90")
    customer = Actor(Audience.CUSTOMER, account_id="a", customer_id="c")
    others = (Actor(), customer, replace(customer, looking=True))
    for who in others:
        with pytest.raises(NotOpenYet, match=f"^{NOTHING_YET}$"):
            shown(who)
        with pytest.raises(NotFound):
            shown(who, "nothing")
    staff = (OFFICE, Actor(Audience.READER), replace(customer, on_behalf=True))
    assert [shown(who) for who in staff] == ["Piano tuning"] * 3
    db.call(setup.add_fieldworker, OFFICE, _TEAM)
    assert [shown(who) for who in others] == ["Piano tuning"] * 3


def _done(db: Database) -> dict[str, list[str]]:
    names = {row.id: row.name for row in db.query(catalogue.active_services)}
    return {
        who: sorted(names[one] for one in skills)
        for who, skills in db.query(roster.working_people)
    }


def test_whoever_works_alone_does_what_is_offered_later(db: Database) -> None:
    db.call(setup.add_fieldworker, OFFICE, _TEAM)
    db.call(setup.add_service, OFFICE, "Piano tuning", "150", "90")
    assert _done(db) == {"Kim": ["Piano tuning"]}
    assert _view(db).is_open
    db.call(setup.choose_trade, OFFICE, "cleaning")
    first, second, *_ = _view(db).offers
    db.call(setup.offer_services, OFFICE, {first.slug: "50"})
    assert _done(db) == {"Kim": sorted(["Piano tuning", first.name])}
    # What Kim does no more is not given back by going through the step again.
    kim = FieldworkerDefinition(
        "Kim",
        skills=("piano-tuning",),
        hours=roster.weekly_hours((0, 1, 2), "08:00", "16:30"),
    )
    db.call(roster.define_fieldworker, OFFICE, kim)
    db.call(setup.offer_services, OFFICE, {first.slug: "60", second.slug: "70"})
    assert _done(db) == {"Kim": sorted(["Piano tuning", second.name])}


def test_of_two_people_the_office_says_who_does_it(db: Database) -> None:
    for name in ("Kim", "Lou"):
        db.call(setup.add_fieldworker, OFFICE, replace(_TEAM, name=name))
    db.call(setup.add_service, OFFICE, "Piano tuning", "150", "90")
    assert _done(db) == {"Kim": [], "Lou": []}
    assert not _view(db).is_open


def test_each_step_may_be_repeated(db: Database) -> None:
    db.call(setup.choose_trade, OFFICE, "cleaning")
    [first, *_] = _view(db).offers
    for price in ("50", "60"):
        db.call(setup.save_terms, OFFICE, "Cash.", "A day before.")
        db.call(setup.offer_services, OFFICE, {first.slug: price})
        db.call(setup.add_fieldworker, OFFICE, _TEAM)
    assert [row.base_price_minor for row in db.query(catalogue.active_services)] == [
        6000
    ]
    assert _view(db).team == ["Kim"]
    # The texts that were written here are not those of the pack again.
    assert _view(db).cancellation == "A day before."


def test_a_business_without_a_pack_names_its_first_service(db: Database) -> None:
    db.call(setup.choose_trade, OFFICE, "")
    view = _view(db)
    assert (view.offers, [one for one in view.trades if one.chosen]) == ([], [])
    db.call(setup.add_service, OFFICE, "Piano tuning", "150", "90")
    [row] = db.query(catalogue.active_services)
    assert (row.slug, row.base_price_minor, row.duration_minutes) == (
        "piano-tuning",
        15000,
        90,
    )


@pytest.mark.parametrize(
    ("step", "arguments", "fields"),
    [
        (setup.choose_trade, ("smuggling",), ["trade"]),
        (setup.save_business, ("business", {"name": " "}), ["name"]),
        (setup.save_business, ("business", {"name": "x" * 121}), ["name"]),
        (setup.save_business, ("place", {"timezone": "Mars/Base"}), ["timezone"]),
        (setup.save_business, ("place", {"currency": "XXX1"}), ["currency"]),
        (setup.save_business, ("look", {"accent_color": "red"}), ["accent_color"]),
        (setup.offer_services, ({},), []),
        (setup.offer_services, ({"no-such-service": "1"},), []),
        (
            setup.add_service,
            ("", "-1", "0"),
            ["minutes", "price", "service"],
        ),
        (setup.add_service, ("Tuning", "1e9", "9999"), ["minutes", "price"]),
        (setup.save_terms, ("", " "), ["cancellation", "payment"]),
        (
            setup.add_fieldworker,
            (TeamForm(name="Kim", days=(), starts="08:00", ends="16:00"),),
            ["days"],
        ),
        (
            setup.add_fieldworker,
            (TeamForm(name="", days=(0,), starts="08:00", ends="16:00"),),
            ["name"],
        ),
        (
            setup.add_fieldworker,
            (TeamForm(name="Kim", days=(0,), starts="later", ends="16:00"),),
            ["hours"],
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(
    db: Database, step: object, arguments: tuple[object, ...], fields: list[str]
) -> None:
    before = snapshot_without_logs(db)
    with pytest.raises(InvalidInput) as refused:
        db.call(step, OFFICE, *arguments)  # type: ignore[arg-type]
    assert sorted(refused.value.fields) == fields
    assert snapshot_without_logs(db) == before


@pytest.mark.parametrize("audience", [one for one in Audience if one != "office"])
def test_only_the_office_decides(db: Database, audience: Audience) -> None:
    who = Actor(audience=audience)
    before = snapshot_without_logs(db)
    for step, *arguments in (
        (setup.choose_trade, "cleaning"),
        (setup.save_business, "business", {"name": "Mine"}),
        (setup.offer_services, {"x": "1"}),
        (setup.add_service, "Tuning", "1", "60"),
        (setup.add_fieldworker, _TEAM),
        (setup.save_terms, "Cash.", "Never."),
    ):
        with pytest.raises(NotAllowed):
            db.call(step, who, *arguments)  # type: ignore[operator]
    if audience is not Audience.READER:
        for reading in (setup.missing, setup.setup_view):
            with pytest.raises(NotAllowed):
                db.query(reading, who)
    assert snapshot_without_logs(db) == before


@pytest.mark.parametrize(
    ("country", "suggested"),
    [
        ("AU", ("AUD", "Australia/Sydney", "en_AU")),
        ("US", ("USD", "America/New_York", "en_US")),
        ("DE", ("EUR", "Europe/Berlin", "en_DE")),
        ("CH", ("CHF", "Europe/Zurich", "en_CH")),
    ],
)
def test_what_a_country_suggests(country: str, suggested: tuple[str, ...]) -> None:
    found = places.place_choices(country)
    assert (
        found.currencies[0][0],
        found.timezones[0][0],
        found.locales[0][0],
    ) == suggested


def test_every_country_has_a_suggestion() -> None:
    for code, name in places.country_choices():
        found = places.place_choices(code)
        assert all((found.currencies, found.timezones, found.locales, name)), code
    with pytest.raises(InvalidInput):
        places.place_choices("XX")


def test_the_example_shows_a_price_and_a_date() -> None:
    with frozen(datetime(2026, 11, 30, 2, 30, tzinfo=UTC)):
        assert (
            setup.example("AU", "AUD", "Australia/Sydney", "en_AU")
            == "$1,234 on Monday, 30 November 2026 at 1:30\u202fpm"
        )
        assert setup.example("AU", "AUD", "Mars/Base", "en_AU") == ""
        assert setup.example("AU", "AUD", "Australia/Sydney", "xx_YY") == ""
