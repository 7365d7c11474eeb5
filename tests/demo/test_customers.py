"""What the demo business's customers keep: loaded once, with its papers."""

from datetime import date, timedelta

from portal_app.demo.content import read_content
from portal_app.demo.customers import DemoStorage, one_page_pdf
from portal_app.demo.loader import load_demo
from portal_app.domain.bookings import queries, rules
from portal_app.domain.customers import business_profiles, contacts
from portal_app.domain.dependents import service as dependents
from portal_app.domain.fields import schema
from portal_app.domain.fields import values as fields
from portal_app.domain.fields.values import Subject
from portal_app.domain.files import rules as files
from portal_app.integrations.images import PillowImages
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support.accounts import cheap_hashing
from tests.support.demo import MAYA, NOAH, NOW, ordered_rows, sign_in_demo_user
from tests.support.uploads import MemoryStorage

TODAY = date(2026, 11, 18)


def test_maya_has_dependents_with_documents(sqlite_db: Database) -> None:
    shelf = MemoryStorage()
    with cheap_hashing():
        assert load_demo(sqlite_db, NOW, DemoStorage(shelf, PillowImages())) is True
        once, stored = ordered_rows(sqlite_db), dict(shelf.contents)
        assert load_demo(sqlite_db, NOW, DemoStorage(shelf, PillowImages())) is False
        assert ordered_rows(sqlite_db) == once
        assert shelf.contents == stored
        maya = sign_in_demo_user(sqlite_db, MAYA)
    with frozen(NOW):
        page = sqlite_db.query(dependents.list_dependents, maya)
        assert [(row.name, row.type, bool(row.picture_url)) for row in page.rows] == [
            ("Asha", "Child", False),
            ("Biscuit", "Pet", True),
            ("Miso", "Pet", True),
            ("Mum and Dad's pool", "Pool", True),
            ("The silver wagon", "Vehicle", True),
        ]
        assert [(one.singular, one.count) for one in page.types] == [
            ("Pet", 2),
            ("Child", 1),
            ("Vehicle", 1),
            ("Pool", 1),
        ]
        biscuit = sqlite_db.query(dependents.get_dependent, maya, page.rows[1].id)
        assert [(d.kind, d.expires_on, d.status) for d in biscuit.documents] == [
            ("vaccination", (TODAY + timedelta(days=12)).isoformat(), "soon"),
            ("registration", (TODAY + timedelta(days=210)).isoformat(), "valid"),
        ]
        assert page.rows[2].notice == "Vaccination certificate has expired"
        assert page.rows[3].notice == "Pool fence certificate is missing"
        coming = sqlite_db.query(queries.dependent_bookings, maya, biscuit.id)
        past = sqlite_db.query(queries.dependent_bookings, maya, biscuit.id, rules.PAST)
    assert [row.service_name for row in coming.rows] == ["Dog walking"]
    assert [row.service_name for row in past.rows] == ["Dog grooming at home"]


def test_documents_missing_after_the_first_load_are_added_later(
    sqlite_db: Database,
) -> None:
    with cheap_hashing():
        assert load_demo(sqlite_db, NOW) is True
        assert load_demo(sqlite_db, NOW) is False
        demo_storage = DemoStorage(MemoryStorage(), PillowImages())
        assert load_demo(sqlite_db, NOW, demo_storage) is True
        assert load_demo(sqlite_db, NOW, demo_storage) is False


def test_maya_has_contacts_with_permissions(
    sqlite_db: Database,
) -> None:
    with cheap_hashing():
        load_demo(sqlite_db, NOW)
        maya = sign_in_demo_user(sqlite_db, MAYA)
    found = sqlite_db.query(contacts.list_contacts, maya)
    assert [(one.name, one.told_about, one.may) for one in found] == [
        ("Tom Chen", ["booking_updates"], ["view", "book"]),
        ("Graham Poole", ["invoices"], []),
    ]
    assert all(email.verified for one in found for email in one.emails)


def test_maya_books_for_two_companies_and_answers_what_is_asked(
    sqlite_db: Database,
) -> None:
    with cheap_hashing():
        load_demo(sqlite_db, NOW)
        maya, noah = (
            sign_in_demo_user(sqlite_db, MAYA),
            sign_in_demo_user(sqlite_db, NOAH),
        )
    companies = sqlite_db.query(business_profiles.list_business_profiles, maya)
    assert [(one.name, one.is_default) for one in companies] == [
        ("Fernando Design Studio", True),
        ("Wattle Lane Owners", False),
    ]

    def answers(customer_id: str | None) -> dict[str, str]:
        subject = Subject("customer", customer_id or "")
        views = sqlite_db.query(
            fields.field_views, "customer", schema.CUSTOMER_SCOPE, subject
        )
        return {view.key: view.text for view in views}

    assert answers(maya.customer_id) == {
        "heard_of_us": "A neighbour",
        "parking": "In the lane behind the house, left of the blue door.",
        "products": "Only fragrance-free ones",
        "sensitive": "Yes",
        "sensitive_to": "Lavender and bleach",
    }
    assert set(answers(noah.customer_id).values()) == {""}
    assert sqlite_db.query(dependents.list_dependents, noah).total == 0


def test_mayas_bookings_have_dependents_and_answers(
    sqlite_db: Database,
) -> None:
    with cheap_hashing():
        load_demo(sqlite_db, NOW)
        maya = sign_in_demo_user(sqlite_db, MAYA)
    told = {}
    with frozen(NOW):
        for when in (rules.UPCOMING, rules.PAST):
            for row in sqlite_db.query(queries.my_bookings, maya, when).rows:
                view = sqlite_db.query(queries.get_booking, maya, row.number)
                whom = [one.name for one in view.for_whom]
                answered = {one.key for one in view.fields if one.is_filled_in}
                told[view.service_name, when] = (whom, answered)
    assert told == {
        ("Dog walking", "upcoming"): (["Biscuit"], {"meeting_point", "route"}),
        ("Regular house clean", "upcoming"): ([], {"leave_alone", "first"}),
        ("Car wash and wax", "upcoming"): (["The silver wagon"], {"tap"}),
        ("Window cleaning", "past"): ([], set()),
        ("Dog grooming at home", "past"): (["Biscuit"], set()),
        ("Lawn mowing", "past"): ([], {"clippings"}),
        ("Regular house clean", "past"): ([], {"first"}),
        ("Deep clean", "past"): ([], set()),
    }


def test_no_service_asks_for_an_answer_without_which_nothing_can_be_booked() -> None:
    asked = read_content().fields
    assert sum(map(len, asked.values())) == 15
    assert not any(one.required for fields in asked.values() for one in fields)


def test_a_drawn_page_is_a_pdf() -> None:
    page = one_page_pdf("Registration (2026)", "The silver wagon")
    assert files.sniff_media_type(page) == files.PDF
    files.check_pdf(page[-1024:])
    start = int(page.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert page[start : start + 4] == b"xref"
    assert b"(Registration 2026) Tj" in page
