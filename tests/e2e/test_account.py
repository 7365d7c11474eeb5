"""A new customer tells all about themselves: by keyboard alone, and on a phone."""

import re
from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from playwright.sync_api import (
    BrowserContext,
    Locator,
    Page,
    WebSocketRoute,
    expect,
)
from sqlmodel import Session, col, select

from portal_app.domain.customers import business_profiles, contacts
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.business_profiles import BusinessProfileForm
from portal_app.domain.customers.models import (
    SELF,
    BillingAddress,
    BusinessProfile,
    Contact,
    ContactEmail,
    ContactPhone,
    Customer,
    CustomerDetails,
)
from portal_app.domain.customers.rules import ContactForm, EmailEntry
from portal_app.domain.dependents.models import (
    Dependent,
    DependentDocument,
    DependentType,
)
from portal_app.domain.fields.models import FieldDefinition, FieldValue
from portal_app.domain.files.models import StoredFile
from tests.e2e import steps
from tests.e2e.input_methods import InputMethod, input_method_of
from tests.support.people import Person, actor_of, session_cookie
from tests.support.pictures import PDF, picture
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
PHONES = ["0412 345 678", "030 901820", "03-3210-0011"]
AS_SHOWN = ["0412 345 678", "+49 30 901820", "+81 3-3210-0011"]
NUMBERS = ["+61412345678", "+4930901820", "+81332100011"]
TOWN, FOUND = "Newcastle", "Newcastle, NSW, Australia"
CITY = (-32.92953, 151.7801)
PIN = re.compile(r"Pin at (-?[\d.]+), (-?[\d.]+)\.")
EXPIRES = date(2031, 10, 10)


@pytest.fixture
def hands(device: str, tab: Page) -> InputMethod:
    """What the customer does it with."""
    return input_method_of(device, tab)


def _customer_id(tx: Session, person: Person) -> str:
    return tx.exec(select(Customer.id).where(Customer.email == person.email)).one()


def _dialog(page: Page) -> Locator:
    return page.locator("dialog[open]")


def _field(page: Page, label: str) -> Locator:
    return _dialog(page).get_by_label(label, exact=True)


def _save(page: Page, hands: InputMethod) -> None:
    hands.press(_dialog(page).get_by_role("button", name="Save", exact=True))
    expect(_dialog(page)).to_have_count(0)


def _second(person: Person) -> str:
    return f"second-{person.email}"


def _tell_the_profile(tab: Page, hands: InputMethod, customer: Person) -> re.Match[str]:
    """Two emails, three phones and a billing address; where its pin was put."""
    second = _second(customer)
    hands.press(steps.button(tab, "Edit Info"))
    hands.press(steps.button(tab, "Add another email"))
    hands.write(_field(tab, "Email 2"), second)
    hands.write(_field(tab, "Phone"), PHONES[0])
    for at, (code, country) in enumerate((("+49", "DE"), ("+81", "JP")), start=1):
        hands.press(steps.button(tab, "Add another phone"))
        words = f"Phone {at + 1}"
        hands.choose(_field(tab, f"{words}: country"), code, country)
        hands.write(_field(tab, words), PHONES[at])
    hands.find(
        _field(tab, "Search for a town or address"),
        TOWN,
        tab.get_by_role("option", name=FOUND, exact=True),
    )
    expect(_field(tab, "Street and number")).to_be_focused()
    expect(_field(tab, "State")).to_have_value("NSW")
    hands.write(_field(tab, "Postcode"), "2300")
    hands.write(_field(tab, "Street and number"), "1 King Street")
    at_first = f"Pin at {CITY[0]:.5f}, {CITY[1]:.5f}."
    expect(tab.get_by_text(at_first)).to_be_visible()
    hands.move_pin(tab)
    expect(tab.get_by_text(at_first)).to_have_count(0)
    said = PIN.search(tab.get_by_text(PIN).inner_text())
    assert said
    _save(tab, hands)
    return said


def _expect_the_profile(
    portal: RunningPortal, customer: Person, said: re.Match[str]
) -> None:
    with portal.database.read() as tx:
        me = _customer_id(tx, customer)
        own = select(Contact).where(Contact.customer_id == me, Contact.role == SELF)
        [contact] = tx.exec(own).all()
        emails = tx.exec(
            select(ContactEmail)
            .where(ContactEmail.contact_id == contact.id)
            .order_by(col(ContactEmail.position))
        ).all()
        assert [(e.email, e.is_primary, e.verified_at is not None) for e in emails] == [
            (customer.email, True, True),
            (_second(customer), False, False),
        ]
        phones = tx.exec(
            select(ContactPhone)
            .where(ContactPhone.contact_id == contact.id)
            .order_by(col(ContactPhone.position))
        ).all()
        assert [(p.number, p.is_primary) for p in phones] == [
            (NUMBERS[0], True),
            (NUMBERS[1], False),
            (NUMBERS[2], False),
        ]
        billing = tx.get_one(BillingAddress, me)
        assert (billing.street, billing.town, billing.state) == (
            "1 King Street",
            TOWN,
            "NSW",
        )
        assert (billing.postcode, billing.country) == ("2300", "AU")
        assert f"{billing.latitude:.5f}" == said[1]
        assert f"{billing.longitude:.5f}" == said[2]


def _choose_a_picture(tab: Page, hands: InputMethod) -> None:
    hands.press(steps.button(tab, "Update Profile Picture"))
    with tab.expect_file_chooser() as chooser:
        hands.press(steps.button(tab, "Choose a picture"))
    chooser.value.set_files(
        {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    expect(_dialog(tab).get_by_role("img")).to_be_focused()
    hands.press(steps.button(tab, "Turn right"))
    hands.press(_dialog(tab).get_by_role("button", name="Save", exact=True))
    expect(_dialog(tab)).to_have_count(0)
    expect(tab.get_by_text("Your picture is saved.")).to_be_visible()


def _expect_the_picture(portal: RunningPortal, customer: Person) -> None:
    with portal.database.read() as tx:
        me = _customer_id(tx, customer)
        details = tx.get_one(CustomerDetails, me)
        stored = tx.get_one(StoredFile, details.picture_id)
        assert (stored.customer_id, stored.kind) == (me, "picture")
        assert stored.attached_at is not None
        assert stored.width == stored.height


def _add_a_contact(tab: Page, hands: InputMethod) -> None:
    hands.press(steps.button(tab, "Add another contact"))
    hands.choose(_field(tab, "Role"), "Assistant", "assistant")
    hands.write(_field(tab, "First name"), "Arno")
    hands.write(_dialog(tab).locator('[name="last_name"]'), "Third")
    hands.write(_field(tab, "Email"), "arno@example.com")
    hands.tick(_field(tab, "Invoices"))
    hands.tick(_field(tab, "See bookings"))
    _save(tab, hands)


def _expect_the_contacts(tab: Page, portal: RunningPortal, customer: Person) -> None:
    more = tab.locator("section", has=steps.heading(tab, "More contacts", level=2))
    expect(more.get_by_role("heading", level=3)).to_have_text(
        ["Paula Second", "Arno Third"]
    )
    expect(more.get_by_text("Emails about: Invoices")).to_have_count(2)
    with portal.database.read() as tx:
        me = _customer_id(tx, customer)
        rows = tx.exec(
            select(Contact, ContactEmail.email)
            .join(ContactEmail, col(ContactEmail.contact_id) == Contact.id)
            .where(Contact.customer_id == me, Contact.role != SELF)
            .order_by(col(Contact.position))
        ).all()
        assert [
            (row.role, row.first_name, row.last_name, email) for row, email in rows
        ] == [
            ("partner", "Paula", "Second", "paula@example.com"),
            ("assistant", "Arno", "Third", "arno@example.com"),
        ]
        assert [(row.told_about, row.may) for row, _ in rows] == [
            (["invoices"], ["view"])
        ] * 2


def _add_a_company(tab: Page, hands: InputMethod) -> None:
    hands.press(steps.button(tab, "Create business profile"))
    hands.write(_field(tab, "Business name"), "Harbour Cafe")
    number = _dialog(tab).locator('[name="tax_number"]')
    hands.write(number, "51 824 753 556")
    hands.write(_field(tab, "Billing email"), "bills@example.com")
    hands.choose(_field(tab, "State"), "New", "NSW")
    hands.write(_field(tab, "Suburb or town"), "Newcastle")
    hands.write(_field(tab, "Postcode"), "2300")
    hands.write(_field(tab, "Street and number"), "2 Wharf Road")
    _save(tab, hands)


def _expect_the_companies(tab: Page, portal: RunningPortal, customer: Person) -> None:
    section = tab.locator(
        "section", has=steps.heading(tab, "Business profiles", level=2)
    )
    expect(section.get_by_role("heading", level=3)).to_have_text(
        ["Harbour Cafe", "Hill Studio"]
    )
    expect(section.get_by_text("2 Wharf Road, Newcastle NSW 2300")).to_be_visible()
    with portal.database.read() as tx:
        rows = tx.exec(
            select(BusinessProfile)
            .where(BusinessProfile.customer_id == _customer_id(tx, customer))
            .order_by(col(BusinessProfile.name))
        ).all()
        assert [
            (r.name, r.tax_number, r.billing_email, r.street, r.town, r.postcode)
            for r in rows
        ] == [
            (
                "Harbour Cafe",
                "51 824 753 556",
                "bills@example.com",
                "2 Wharf Road",
                "Newcastle",
                "2300",
            ),
            (
                "Hill Studio",
                "",
                "bills@example.com",
                "3 Hill Street",
                "Sydney",
                "2000",
            ),
        ]
        assert {(r.state, r.country) for r in rows} == {("NSW", "AU")}


def _keep_one_of_each(portal: RunningPortal, customer: Person) -> None:
    """The first contact and the other company, as added on another day."""
    who = actor_of(portal.database, session_cookie(portal.database, customer))
    paula = ContactForm(
        role="partner",
        first_name="Paula",
        last_name="Second",
        emails=(EmailEntry("paula@example.com"),),
        told_about=("invoices",),
        may=("view",),
    )
    contacts.add_contact(portal.database, who, paula, "r1")
    studio = BusinessProfileForm(
        name="Hill Studio",
        billing_email="bills@example.com",
        address=AddressForm(
            street="3 Hill Street",
            town="Sydney",
            state="NSW",
            postcode="2000",
            country="AU",
        ),
    )
    portal.database.call(business_profiles.add_business_profile, who, studio, "r2")


def test_a_customer_tells_all_about_themselves(
    tab: Page, hands: InputMethod, portal: RunningPortal, customer: Person
) -> None:
    _keep_one_of_each(portal, customer)
    steps.visit(tab, "/account")
    said = _tell_the_profile(tab, hands, customer)
    _choose_a_picture(tab, hands)
    _add_a_contact(tab, hands)
    _add_a_company(tab, hands)
    steps.reload(tab)
    expect(tab.locator('main img[src*="/api/files/"]').first).to_be_visible()
    facts = steps.facts(tab)
    assert facts["Phone"] == [f"{AS_SHOWN[0]}", "Main", *AS_SHOWN[1:]]
    assert facts["Email"][:3] == [customer.email, "Main", _second(customer)]
    assert facts["Billing address"][0] == "1 King Street, Newcastle NSW 2300"
    _expect_the_profile(portal, customer, said)
    _expect_the_picture(portal, customer)
    steps.link(tab, "More contacts").click()
    _expect_the_contacts(tab, portal, customer)
    _expect_the_companies(tab, portal, customer)


def _add(page: Page, hands: InputMethod, kind: str) -> None:
    """From the page to the form that adds one of this kind."""
    hands.press(page.locator('a[href="/dependents"]:visible').first)
    add = page.get_by_role("main").get_by_role("button", name="Add", exact=True)
    hands.press(add)
    hands.press(page.locator("#menu-add-dependent").get_by_role("link", name=kind))
    expect(steps.heading(page, f"Add {kind.lower()}")).to_be_visible()


@pytest.mark.parametrize("device", ["phone"], indirect=True)
def test_a_customer_adds_a_pool_and_a_dog_with_its_vaccination(
    tab: Page, hands: InputMethod, portal: RunningPortal, customer: Person
) -> None:
    steps.visit(tab, "/account")
    main = tab.get_by_role("main")
    _add(tab, hands, "Pool")
    hands.write(main.locator('[name="name"]'), "The lagoon")
    hands.write(main.locator('[name="field.volume"]'), "45000")
    hands.tick(tab.get_by_role("radio", name="Salt chlorinator"))
    hands.press(main.get_by_role("button", name="Save", exact=True))
    expect(steps.heading(tab, "The lagoon")).to_be_visible()
    _add(tab, hands, "Pet")
    hands.write(main.locator('[name="name"]'), "Biscuit")
    hands.choose(main.locator('[name="field.species"]'), "Dog", "dog")
    hands.press(main.get_by_role("button", name="Save", exact=True))
    expect(steps.heading(tab, "Biscuit")).to_be_visible()
    # On a phone the news of what was saved lies over the button.
    steps.dismiss_news(tab)
    hands.press(steps.button(tab, "Add Vaccination certificate"))
    with tab.expect_file_chooser() as chooser:
        # A file input opens its chooser on Enter and Space.
        hands.press(tab.locator("#field-document-file_id"))
    chooser.value.set_files(
        {"name": "shots.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    expect(_dialog(tab).get_by_role("link", name="shots.pdf")).to_be_visible()
    hands.write(tab.locator("#field-document-expires_on"), EXPIRES.isoformat())
    hands.press(_dialog(tab).get_by_role("button", name="Save", exact=True))
    expect(_dialog(tab)).to_have_count(0)
    steps.reload(tab)
    expect(steps.link(tab, "Vaccination certificate")).to_be_visible()
    expect(steps.button(tab, "Add Vaccination certificate")).to_have_count(0)
    with portal.database.read() as tx:
        found = tx.exec(
            select(Dependent, DependentType.slug)
            .join(DependentType, col(DependentType.id) == Dependent.type_id)
            .where(Dependent.customer_id == _customer_id(tx, customer))
            .order_by(col(Dependent.created_at))
        ).all()
        assert [(row.name, slug) for row, slug in found] == [
            ("The lagoon", "pool"),
            ("Biscuit", "pet"),
        ]
        pool, dog = (row.id for row, _ in found)
        assert _values(tx, pool) == {
            "volume": "45000 L",
            "sanitiser": "Salt chlorinator",
        }
        assert _values(tx, dog) == {"species": "Dog"}
        [paper] = tx.exec(
            select(DependentDocument).where(DependentDocument.dependent_id == dog)
        ).all()
        assert (paper.kind, paper.expires_on) == ("vaccination", EXPIRES)
        stored = tx.get_one(StoredFile, paper.file_id)
        assert (stored.name, stored.media_type) == ("shots.pdf", "application/pdf")
        assert stored.attached_at is not None


def _values(tx: Session, dependent: str) -> dict[str, str]:
    rows = tx.exec(
        select(FieldDefinition.key, FieldValue.text)
        .join(FieldDefinition, col(FieldDefinition.id) == FieldValue.definition_id)
        .where(FieldValue.subject_id == dependent)
    ).all()
    return dict(rows)


def test_a_phone_typed_before_the_countries_are_there_is_one_of_home(
    new_context: NewContext, portal: RunningPortal, customer: Person
) -> None:
    tab = steps.arrive_signed_in(new_context(), portal, customer)
    late: list[Callable[[], None]] = []
    tab.route_web_socket(re.compile("/_event"), lambda ws: _hold_countries(ws, late))
    steps.visit(tab, "/account")
    steps.button(tab, "Edit Info").click()
    _field(tab, "Phone").fill(PHONES[0])
    country = _field(tab, "Phone: country")
    # What the page asks for after the countries is there, so they were on the way.
    expect(tab.get_by_text("None yet", exact=True)).to_have_count(3)
    expect(country.get_by_role("option")).to_have_count(0)
    assert late
    for deliver in late:
        deliver()
    expect(country).to_have_value("AU")
    _dialog(tab).get_by_role("button", name="Save", exact=True).click()
    expect(_dialog(tab)).to_have_count(0)
    with portal.database.read() as tx:
        mine = tx.get_one(Customer, _customer_id(tx, customer))
        assert mine.phone == NUMBERS[0]


def _hold_countries(socket: WebSocketRoute, late: list[Callable[[], None]]) -> None:
    """Let everything through but the list of countries, which comes when asked."""
    server = socket.connect_to_server()

    def pass_on(message: str | bytes) -> None:
        if "+61 Australia" in str(message):
            late.append(partial(socket.send, message))
        else:
            socket.send(message)

    server.on_message(pass_on)
