"""What the office does with services by hand."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from portal_app.domain.accounts.models import Account
from portal_app.domain.bookings import confirmation, drafts, queries
from portal_app.domain.bookings.confirmation import OverviewChanged
from portal_app.domain.catalogue import (
    amounts,
    categories,
    rows,
    service,
    services,
    tax,
)
from portal_app.domain.catalogue.categories import CategoryForm
from portal_app.domain.catalogue.definitions import (
    CategoryDefinition,
    define_category,
    define_service,
)
from portal_app.domain.catalogue.models import Category, Service, ServicePhoto
from portal_app.domain.catalogue.service import OnRequest
from portal_app.domain.catalogue.services import (
    ChoiceForm,
    NewServiceForm,
    OptionForm,
    PhotoForm,
    ServiceForm,
)
from portal_app.domain.catalogue.tax import TaxForm
from portal_app.domain.change_log.models import ChangeEntry
from portal_app.domain.files.models import StoredFile
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import EditConflict
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from portal_app.kernel.formats import Formats
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    create_sample_business,
    new_customer,
    ready_draft,
)
from tests.support.snapshots import database_snapshot
from tests.support.uploads import upload_file

pytestmark = pytest.mark.each_database

STRANGERS = [
    Actor(),
    Actor(audience=Audience.FIELDWORKER),
    Actor(audience=Audience.READER),
    Actor(audience=Audience.CUSTOMER, account_id="a", customer_id="c"),
]


def _slug_id(tx: Session, slug: str) -> str:
    return tx.exec(select(Service.id).where(Service.slug == slug)).one()


def _as_form(tx: Session, service_id: str) -> ServiceForm:
    """The form of a service, sent back as it is shown."""
    shown = services.service_form(tx, SYSTEM, service_id)
    return ServiceForm(
        name=shown.name,
        slug=shown.slug,
        category=shown.category,
        summary=shown.summary,
        description=shown.description,
        included=shown.included,
        needed=shown.needed,
        photos=tuple(PhotoForm(key=one.key, alt=one.alt) for one in shown.photos),
        price_kind=shown.price_kind,
        price=shown.price,
        price_unit=shown.price_unit,
        tax=shown.tax,
        duration=shown.duration,
        buffer_before=shown.buffer_before,
        buffer_after=shown.buffer_after,
        notice=shown.notice,
        horizon=shown.horizon,
        people_needed=shown.people_needed,
        seats=shown.seats,
        visits_per_day=shown.visits_per_day,
        dependent_minutes=shown.dependent_minutes,
        dependent_price=shown.dependent_price,
        options=tuple(
            OptionForm(
                key=one.key,
                name=one.name,
                kind=one.kind,
                help=one.help,
                required=one.required,
                minimum=one.minimum,
                maximum=one.maximum,
                choices=tuple(
                    ChoiceForm(
                        key=choice.key,
                        name=choice.name,
                        price=choice.price,
                        minutes=choice.minutes,
                    )
                    for choice in one.choices
                ),
            )
            for one in shown.options
        ),
        dependent_types=tuple(shown.dependent_types),
        giftable=shown.giftable,
        repeats=shown.repeats,
        deposit_kind=shown.deposit_kind,
        deposit=shown.deposit,
        confirmation=shown.confirmation,
        published=shown.published,
    )


def _change(db: Database, service_id: str, version: int, **changes: Any) -> None:
    form = replace(db.query(_as_form, service_id), **changes)
    db.call(services.change_service, SYSTEM, service_id, form, version)


def _log(tx: Session, thing_id: str) -> list[tuple[str, list[tuple[str, str, str]]]]:
    rows = tx.exec(
        select(ChangeEntry)
        .where(ChangeEntry.thing_id == thing_id)
        .order_by(col(ChangeEntry.id))
    )
    return [
        (row.action, [(d["label"], d["before"], d["after"]) for d in row.differences])
        for row in rows
    ]


def _office(tx: Session) -> Actor:
    account = Account(email="office@example.com", role="office")
    tx.add(account)
    tx.flush()
    return Actor(audience=Audience.OFFICE, account_id=account.id)


def test_a_form_sent_back_as_shown_changes_only_blanks(db: Database) -> None:
    shop = db.call(create_sample_business)
    before = db.query(service.service_view, "home-clean")

    _change(db, shop.cleaning, 1)

    assert db.query(service.service_view, "home-clean") == before
    assert [action for action, _ in db.query(_log, shop.walk)] == ["added"]
    _change(db, shop.walk, 1)
    assert db.query(services.service_form, SYSTEM, shop.walk).version == 1
    assert [action for action, _ in db.query(_log, shop.walk)] == ["added"]


def test_a_service_is_added_once_as_a_draft_and_published(db: Database) -> None:
    shop = db.call(create_sample_business)
    pets = db.query(lambda tx: tx.get_one(Service, shop.walk).category_id)
    form = NewServiceForm(name="  Cat\u200b visit ", category=pets)

    added = db.call(services.add_service, SYSTEM, form, "r1")
    assert db.call(services.add_service, SYSTEM, form, "r1") == added
    with pytest.raises(NotFound):
        db.query(service.service_view, "cat-visit")

    _change(
        db,
        added,
        1,
        price="19.50",
        price_kind="fixed",
        price_unit="per visit",
        duration="45",
        notice="1.5",
        horizon="90",
        tax="8.25",
        deposit_kind="percent",
        deposit="20",
        confirmation="office",
        giftable=False,
        dependent_types=("cat", "dog"),
        published=True,
        options=(
            OptionForm(
                name="Litter",
                kind="single",
                required=False,
                choices=(ChoiceForm(name="Change it", price="3", minutes="5"),),
            ),
            OptionForm(
                name="Cats",
                kind="quantity",
                minimum="1",
                maximum="4",
                choices=(ChoiceForm(price="2.00"),),
            ),
        ),
    )
    view = db.query(service.service_view, "cat-visit")
    assert (view.from_price, view.is_from, view.tax_note) == (
        "$21.50",
        False,
        "incl. 8.25% tax",
    )
    shown = db.query(services.service_form, SYSTEM, added)
    assert (shown.notice, shown.horizon, shown.deposit_kind, shown.deposit) == (
        "1.5",
        "90",
        "percent",
        "20",
    )
    assert [(one.key, one.required) for one in shown.options] == [
        ("litter", False),
        ("cats", True),
    ]
    assert shown.options[1].choices[0].name == "Cats"
    action, differences = db.query(_log, added)[-1]
    assert action == "changed"
    assert ("Amount", "$0", "$19.50") in differences
    assert ("Published", "No", "Yes") in differences


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"name": ""}, {"name": "Please enter a name."}),
        ({"name": "x" * 101}, {"name": "Please use at most 100 characters."}),
        (
            {"name": "DOG  walk"},
            {"name": "There is a service called “DOG walk” already."},
        ),
        ({"slug": "dog-walk"}, {"slug": "Another service has this address."}),
        ({"category": "none"}, {"category": "Please choose a category."}),
        ({"price": ""}, {"price": "Please enter an amount."}),
        ({"price": "-1"}, {"price": "A price cannot be negative."}),
        ({"price": "1e9"}, {"price": "This price is too high."}),
        ({"price": "\u05d0\U0001f4b6"}, {"price": "Please enter a number."}),
        (
            {"price": "1.999"},
            {"price": "Please use 2 digits after the mark, as AUD has them."},
        ),
        ({"duration": ""}, {"duration": "Please enter a whole number."}),
        ({"duration": "-5"}, {"duration": "Please enter 1 to 43200 minutes."}),
        ({"duration": "9" * 30}, {"duration": "Please enter 1 to 43200 minutes."}),
        ({"buffer_before": "-1"}, {"buffer_before": "A buffer cannot be negative."}),
        ({"notice": "soon"}, {"notice": "Please enter a number."}),
        ({"notice": "1e9"}, {"notice": "Please enter at most 365 days."}),
        ({"horizon": "0"}, {"horizon": "Please enter 1 to 1095 days."}),
        ({"tax": "101"}, {"tax": "Please enter 0 to 100 percent."}),
        (
            {"deposit_kind": "percent", "deposit": "101"},
            {"deposit": "Please enter 1 to 100 percent."},
        ),
        (
            {"deposit_kind": "amount", "deposit": ""},
            {"deposit": "Please enter an amount."},
        ),
        (
            {"photos": (PhotoForm(file_id="none", alt="x"),)},
            {"photos.0": "This picture is not there any more. Please choose it again."},
        ),
        (
            {"options": (OptionForm(name="", choices=(ChoiceForm(name="A"),)),)},
            {"options.0": "Please enter a name."},
        ),
        (
            {"options": (OptionForm(name="Size", choices=(ChoiceForm(price="-1"),)),)},
            {"options.0.choices.0": "A price cannot be negative."},
        ),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_stored(
    db: Database, change: dict[str, Any], faults: dict[str, str]
) -> None:
    shop = db.call(create_sample_business)
    before = db.query(services.service_form, SYSTEM, shop.cleaning)

    with pytest.raises(InvalidInput) as refused:
        _change(db, shop.cleaning, 1, **change)

    assert refused.value.fields == faults
    assert db.query(services.service_form, SYSTEM, shop.cleaning) == before


def test_the_second_of_two_editors_is_shown_what_differs(db: Database) -> None:
    shop = db.call(create_sample_business)
    _change(db, shop.walk, 1, price="30", name="Long walk")

    with pytest.raises(EditConflict) as refused:
        _change(db, shop.walk, 1, price="28", name="Long walk")

    assert [(one.label, one.yours, one.now) for one in refused.value.changes] == [
        ("Amount", "$28", "$30")
    ]
    assert db.query(services.service_form, SYSTEM, shop.walk).price == "30.00"
    _change(db, shop.walk, refused.value.version, price="28")
    assert db.query(services.service_form, SYSTEM, shop.walk).price == "28.00"


def test_former_addresses_lead_to_the_service(db: Database) -> None:
    shop = db.call(create_sample_business)
    _change(db, shop.walk, 1, slug="walkies")
    _change(db, shop.walk, 2, slug="walks")

    assert db.query(service.service_view, "walks").name == "Dog walk"
    for former in ("dog-walk", "walkies"):
        assert db.query(service.present_slug, former) == "walks"
    with pytest.raises(InvalidInput) as refused:
        _change(db, shop.cleaning, 1, slug="walkies")
    assert refused.value.fields == {
        "slug": "This was an address of “Dog walk” and leads there."
    }
    _change(db, shop.walk, 3, slug="dog-walk")
    assert db.query(service.present_slug, "dog-walk") == ""
    assert db.query(service.present_slug, "walks") == "dog-walk"
    db.call(services.archive_service, SYSTEM, shop.walk)
    assert db.query(service.present_slug, "walks") == ""


def test_a_new_price_never_touches_what_is_booked_and_is_told_before(
    db: Database,
) -> None:
    with frozen(NOW):
        shop = db.call(create_sample_business)
        maya = db.call(new_customer)
        first = ready_draft(db, maya)
        booked = confirmation.confirm(db, maya, first.id, first.shown)
        _change(db, shop.walk, 1, price="30")
        draft = ready_draft(db, maya, starts_at=TUESDAY_NINE + timedelta(hours=3))
        _change(db, shop.walk, 2, price="99")

        with pytest.raises(OverviewChanged) as told:
            confirmation.confirm(db, maya, draft.id, draft.shown)
        assert str(told.value).startswith("The price has changed from $30 to $99.")
        again = db.query(drafts.get_draft, maya, draft.id)
        later = confirmation.confirm(db, maya, draft.id, again.shown)

        totals = [
            db.query(queries.get_booking, maya, number).total
            for number in (booked, later)
        ]
        assert totals == ["$25", "$99"]
        db.call(services.archive_service, SYSTEM, shop.walk)
        view = db.query(queries.get_booking, maya, booked)
        assert (view.service_name, view.total) == ("Dog walk", "$25")


def test_a_price_on_request_is_shown_and_not_booked(db: Database) -> None:
    shop = db.call(create_sample_business)
    maya = db.call(new_customer)
    _change(db, shop.walk, 1, price_kind="on_request")

    view = db.query(service.service_view, "dog-walk")
    assert (view.from_price, view.on_request, view.by_quote) == (
        "Price on request",
        True,
        True,
    )
    draft = db.call(drafts.open_draft, maya, "dog-walk")
    assert (draft.on_request, draft.total) == (True, "")
    assert "time" not in draft.steps
    before = database_snapshot(db)
    with pytest.raises(OnRequest):
        db.query(service.bookable_service, "dog-walk")
    assert database_snapshot(db) == before


def test_a_duplicate_is_a_draft_of_its_own(db: Database) -> None:
    shop = db.call(create_sample_business)
    copy = db.call(services.duplicate_service, SYSTEM, shop.cleaning, "r1")
    assert db.call(services.duplicate_service, SYSTEM, shop.cleaning, "r1") == copy
    other = db.call(services.duplicate_service, SYSTEM, shop.cleaning, "r2")

    forms = [db.query(services.service_form, SYSTEM, one) for one in (copy, other)]
    assert [(form.name, form.slug, form.published) for form in forms] == [
        ("Home clean (copy)", "home-clean-copy", False),
        ("Home clean (copy 2)", "home-clean-copy-2", False),
    ]
    assert len(forms[0].options) == 3


def test_services_are_ordered_archived_and_restored(db: Database) -> None:
    shop = db.call(create_sample_business)
    copy = db.call(services.duplicate_service, SYSTEM, shop.cleaning, "r1")
    db.call(services.reorder_services, SYSTEM, [copy, shop.cleaning])
    for _ in range(2):
        db.call(services.archive_service, SYSTEM, shop.walk)

    entries = db.query(services.service_entries, SYSTEM)
    assert [(one.id, one.state) for one in entries] == [
        (copy, "draft"),
        (shop.cleaning, "published"),
        (shop.walk, "archived"),
    ]
    for ask in (service.service_view, service.active_service):
        with pytest.raises(NotFound):
            db.query(ask, "dog-walk")
    assert [c.slug for c in db.query(service.catalogue_view).categories] == ["cleaning"]
    db.call(services.restore_service, SYSTEM, shop.walk)
    assert db.query(service.service_view, "dog-walk").name == "Dog walk"
    assert [action for action, _ in db.query(_log, shop.walk)] == [
        "added",
        "archived",
        "restored",
    ]


def test_photos_are_taken_into_use_ordered_and_released(db: Database) -> None:
    shop = db.call(create_sample_business)
    office = db.call(_office)
    files = [upload_file(db, office, "photo").id for _ in range(2)]

    def save(version: int, *photos: PhotoForm) -> None:
        form = replace(db.query(_as_form, shop.walk), photos=photos)
        db.call(services.change_service, office, shop.walk, form, version)

    save(1, *(PhotoForm(file_id=file, alt=f"Dog {file[-1]}") for file in files))
    first, second = db.query(services.service_form, SYSTEM, shop.walk).photos
    cover = db.query(service.service_view, "dog-walk")
    assert (cover.image, [one.url for one in cover.photos]) == (first.url, [second.url])
    assert first.url == f"/api/photos/{first.key}.webp"
    copy = db.call(services.duplicate_service, office, shop.walk, "r1")

    save(2, PhotoForm(key=second.key, alt="Second first"))
    view = db.query(service.service_view, "dog-walk")
    assert (view.image, view.image_alt, view.photos) == (
        second.url,
        "Second first",
        [],
    )

    def removed(tx: Session) -> set[str]:
        gone = col(StoredFile.removed_at).is_not(None)
        return set(tx.exec(select(StoredFile.id).where(gone)))

    assert db.query(removed) == set()  # the duplicate shows it still
    form = replace(db.query(_as_form, copy), photos=())
    db.call(services.change_service, office, copy, form, 1)
    assert db.query(removed) == {files[0]}
    with pytest.raises(InvalidInput):
        save(3, PhotoForm(file_id=files[0], alt="gone"))


def test_categories_are_kept_by_hand(db: Database) -> None:
    shop = db.call(create_sample_business)
    add = categories.add_category
    garden = db.call(add, SYSTEM, CategoryForm(name="Garden"), "r1")
    assert db.call(add, SYSTEM, CategoryForm(name="Garden"), "r1") == garden
    with pytest.raises(InvalidInput) as refused:
        db.call(add, SYSTEM, CategoryForm(name="GARDEN"), "r2")
    assert refused.value.fields == {
        "name": "There is a category called “GARDEN” already."
    }
    form = CategoryForm(name="Gardens", description="Hedges")
    db.call(categories.change_category, SYSTEM, garden, form, 1)
    with pytest.raises(EditConflict):
        db.call(
            categories.change_category, SYSTEM, garden, CategoryForm(name="Yards"), 1
        )
    pets = db.query(lambda tx: tx.get_one(Service, shop.walk).category_id)
    with pytest.raises(Conflict):
        db.call(categories.archive_category, SYSTEM, pets)
    db.call(categories.archive_category, SYSTEM, garden)
    db.call(categories.reorder_categories, SYSTEM, [pets])
    entries = db.query(categories.category_entries, SYSTEM)
    assert [(one.name, one.count, one.archived) for one in entries] == [
        ("Cleaning", 1, False),
        ("Pet care", 1, False),
        ("Gardens", 0, True),
    ]
    db.call(services.archive_service, SYSTEM, shop.walk)
    db.call(categories.archive_category, SYSTEM, pets)
    with pytest.raises(Conflict, match="Pet care"):
        db.call(services.restore_service, SYSTEM, shop.walk)


def test_a_definition_of_what_is_archived_restores_it_and_that_is_logged(
    db: Database,
) -> None:
    shop = db.call(create_sample_business)
    pets = db.query(lambda tx: tx.get_one(Service, shop.walk).category_id)
    walk = db.query(lambda tx: rows.definition_of(tx, tx.get_one(Service, shop.walk)))
    slug = db.query(lambda tx: tx.get_one(Category, pets).slug)
    db.call(services.archive_service, SYSTEM, shop.walk)
    db.call(categories.archive_category, SYSTEM, pets)
    category = CategoryDefinition(slug, "Pet care")
    for _ in range(2):
        db.call(define_category, SYSTEM, category)
        db.call(define_service, SYSTEM, walk)
    for thing_id in (pets, shop.walk):
        log = db.query(_log, thing_id)
        assert [action for action, _ in log] == ["added", "archived", "restored"]


def test_the_tax_is_the_countrys_unless_said(db: Database) -> None:
    db.call(create_sample_business)
    version = db.query(tax.tax_view).version
    db.call(tax.save_tax, SYSTEM, TaxForm(percent="10"), version)
    assert db.query(service.service_view, "dog-walk").tax_note == "incl. 10% tax"

    form = TaxForm(percent="7,5", included="added")
    db.call(tax.save_tax, SYSTEM, form, version + 1)
    assert db.query(service.service_view, "dog-walk").tax_note == "+ 7.5% tax"
    assert db.query(service.quote, "dog-walk", {}).total == "$26.88"
    with pytest.raises(InvalidInput):
        db.call(tax.save_tax, SYSTEM, TaxForm(percent="x"), version + 2)
    assert db.query(tax.tax_view).text == "7.5%, added on top"


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda who: who.audience)
def test_only_the_office_changes_services(db: Database, stranger: Actor) -> None:
    shop = db.call(create_sample_business)
    category = db.query(lambda tx: tx.exec(select(Category.id)).all())[0]
    form = db.query(_as_form, shop.walk)
    before = database_snapshot(db)
    for attempt in (
        (services.add_service, NewServiceForm(name="x", category=category), "r"),
        (services.change_service, shop.walk, replace(form, name="x"), 1),
        (services.duplicate_service, shop.walk, "r"),
        (services.archive_service, shop.walk),
        (services.restore_service, shop.walk),
        (services.reorder_services, [shop.walk]),
        (categories.add_category, CategoryForm(name="x"), "r"),
        (categories.change_category, category, CategoryForm(name="x"), 1),
        (categories.archive_category, category),
        (categories.restore_category, category),
        (categories.reorder_categories, [category]),
        (tax.save_tax, TaxForm(percent="5"), 1),
    ):
        act, *rest = attempt
        with pytest.raises(NotAllowed):
            db.call(act, stranger, *rest)
    assert database_snapshot(db) == before


def test_amounts_are_read_as_the_business_writes_them(db: Database) -> None:
    german = Formats("de", "Europe/Berlin", "EUR")
    yen = Formats("ja", "Asia/Tokyo", "JPY")
    assert amounts.parse_amount("1.234,50", german) == 123450
    assert amounts.amount_text(123450, german) == "1234,50"
    assert amounts.parse_amount("1234", yen) == 1234
    with pytest.raises(ValueError, match="whole numbers"):
        amounts.parse_amount("12.5", yen)


def test_a_preview_shows_what_is_typed_and_stores_nothing(db: Database) -> None:
    shop = db.call(create_sample_business)
    form = replace(
        db.query(_as_form, shop.walk), name="Walkies", price="not yet", summary="New"
    )
    before = database_snapshot(db)
    page = db.query(services.preview, SYSTEM, shop.walk, form)
    assert (page.service.name, page.service.summary, page.service.from_price) == (
        "Walkies",
        "New",
        "$0",
    )
    assert database_snapshot(db) == before
    assert db.query(lambda tx: tx.exec(select(ServicePhoto)).all()) == []
