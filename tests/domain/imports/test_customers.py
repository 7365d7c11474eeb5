"""Customers that the office imports: what each row comes to, and what is stored."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from portal_app.domain.accounts import credentials, email_verification
from portal_app.domain.accounts.models import Account
from portal_app.domain.customers import contacts, locations, profiles
from portal_app.domain.customers.models import Customer
from portal_app.domain.customers.rules import EmailEntry, PhoneEntry
from portal_app.domain.imports import exports
from portal_app.domain.imports import service as imports
from portal_app.domain.sign_in import sign_up
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.support.accounts import (
    FORM,
    OTHER_PASSWORD,
    STRANGER,
    newest_link,
    newest_token,
    sent_messages,
    sign_in_customer,
)
from tests.support.imports import ImportDesk, csv_file, office_actor
from tests.support.snapshots import database_snapshot

pytestmark = pytest.mark.each_database

HEAD = ("Email", "First name", "Last name", "Phone")
WIDE = (
    *HEAD,
    *("Business name", "Birthday", "Language", "Street", "Unit", "Town", "State"),
    *("Postcode", "Country"),
)
NOAH = ("noah@example.com", "Noah", "Reid", "0412 000 111")
ZOE = (
    *("zoe@example.com", "Zoë", "Müller", "+49 30 901820", "Müller GmbH", "1990-03-21"),
    *("German", "Hauptstr. 1", "", "Berlin", "", "10115", "Germany"),
)


def stored(desk: ImportDesk) -> list[tuple[str, str, str, str]]:
    with desk.db.read() as tx:
        return sorted(
            (row.email, row.first_name, row.last_name, row.phone)
            for row in tx.exec(select(Customer))
        )


def snapshot(desk: ImportDesk) -> dict[str, Any]:
    """All that an import must not touch before it is carried out."""
    found = database_snapshot(desk.db)
    for table in ("import_run", "import_row", "stored_file", "attempt_window"):
        found.pop(table)
    return found


def changes(desk: ImportDesk) -> list[tuple[str, str, str, list[tuple[str, str, str]]]]:
    return [
        (
            row["action"],
            row["thing_kind"],
            row["thing_name"],
            [(d["label"], d["before"], d["after"]) for d in row["differences"]],
        )
        for row in database_snapshot(desk.db)["change_entry"]
        if row["thing_kind"] in {"Customer", "Import"}
    ]


def export(desk: ImportDesk, ending: str = "csv") -> bytes:
    with exports.export_file(
        desk.db, desk.actor, "customers", ending, template=False
    ) as file:
        return file.read()


def test_new_customers_are_stored_as_forms_would(desk: ImportDesk) -> None:
    before = snapshot(desk)
    view = desk.check(csv_file(WIDE, NOAH, ZOE))
    assert desk.outcomes() == [(2, "added"), (3, "added")]
    assert (view.stage, view.total, view.added, view.refused) == ("ready", 2, 2, 0)
    assert [cell.label for cell in desk.rows()[0].cells] == list(HEAD)
    assert snapshot(desk) == before
    assert desk.carry_out()
    assert stored(desk) == [
        ("noah@example.com", "Noah", "Reid", "+61412000111"),
        ("zoe@example.com", "Zoë", "Müller", "+4930901820"),
    ]
    found = database_snapshot(desk.db)
    [details] = [row for row in found["customer_details"] if row["company"]]
    assert (details["kind"], details["company"]) == ("business", "Müller GmbH")
    assert (str(details["birthday"])[:10], details["language"]) == ("1990-03-21", "de")
    [address] = found["billing_address"]
    [place] = found["location"]
    for row in (address, place):
        assert (row["street"], row["town"], row["postcode"], row["country"]) == (
            "Hauptstr. 1",
            "Berlin",
            "10115",
            "DE",
        )
    assert place["is_default"]
    assert [row["account_id"] for row in found["customer"]] == [None, None]
    assert (found["import_row"], sent_messages(desk.db)) == ([], [])
    assert desk.now().stage == "done"
    assert changes(desk) == [
        ("added", "Import", "Customers from table.csv", [("Added", "", "2")])
    ]


def test_what_was_imported_is_exported_and_changes_nothing(desk: ImportDesk) -> None:
    formula = ("eve@example.com", "Eve", "", "", "=cmd()")
    quoted = ("o@example.com", "Ida", "O'Neil", "", "'=Ida & Co")
    desk.bring_in([WIDE, NOAH, ZOE, formula, quoted])
    for ending in ("csv", "xlsx"):
        content = export(desk, ending)
        before = snapshot(desk)
        view = desk.check(content)
        assert (view.total, view.unchanged) == (4, 4)
        assert desk.carry_out(update=True)
        after = snapshot(desk)
        del before["change_entry"], after["change_entry"]
        assert after == before
    lines = export(desk).decode("utf-8-sig").splitlines()
    assert lines[0] == ",".join(WIDE)
    assert "eve@example.com,Eve,,,'=cmd()" in lines[3]
    assert "o@example.com,Ida,O'Neil,,''=Ida & Co" in lines[4]
    assert "zoe@example.com,Zoë,Müller,'+49 30 901820,Müller GmbH" in lines[2]


def test_each_refusal_stands_beside_its_cell(desk: ImportDesk) -> None:
    before = snapshot(desk)
    view = desk.check(
        csv_file(
            WIDE,
            ("maya@", "Maya"),
            ("", "Nobody"),
            ("a@example.com", "", "=HYPERLINK(1)", "1e9"),
            ("b@example.com", "B" * 81, "Be", "0412 000 111", "C" * 121),
            ("c@example.com", "C", "", "", "", "21.03.2990", "Klingon"),
            ("d@example.com", "D", *[""] * 5, "1 Hill St", "", "", "ZZ", "x", "Narnia"),
            ("e@example.com", "E", *[""] * 5, "1 Hill St", "", "Bondi", "XX", "1"),
            NOAH,
            ("NOAH@example.com ", "Noah", "Again"),
            ("f@example.com", "\u202eevil\x07"),
            ("office@example.com", "Olga"),
        )
    )
    assert desk.refusals() == {
        2: {"Email": "Please enter an email address such as maya@example.com."},
        3: {"Email": "Please enter an email address such as maya@example.com."},
        4: {
            "First name": "Please enter the first name.",
            "Last name": "Please use only letters in the last name.",
            "Phone": "Please enter a phone number such as 0412 345 678.",
        },
        5: {
            "First name": "Please use at most 80 characters.",
            "Business name": "Please use at most 120 characters.",
        },
        6: {
            "Birthday": "Please enter a date that is not in the future.",
            "Language": "Please write a language such as English, or its code.",
        },
        7: {
            "Country": "We do not know this country. Please write its name or code.",
        },
        8: {
            "State": "Please choose a state.",
            "Postcode": "Please enter a postcode such as 2060.",
        },
        10: {"Email": "Row 9 has this email already."},
        11: {"First name": "This cell holds characters that cannot be stored."},
        12: {"Email": "Somebody of your staff logs in with this email."},
    }
    assert (view.refused, view.added) == (10, 1)
    with pytest.raises(InvalidInput, match="Some rows are refused"):
        desk.carry_out()
    assert snapshot(desk) == before
    assert desk.now().stage == "ready"


def test_names_and_texts_of_the_world_are_taken(desk: ImportDesk) -> None:
    names = ("שרה לוי", "李小龍", "🌻 Ida", "Nguyễn", "عمر")
    rows = [(f"n{at}@example.com", name) for at, name in enumerate(names)]
    desk.bring_in([HEAD, *rows])
    assert [row[1] for row in stored(desk)] == list(names)


def maya(desk: ImportDesk) -> Actor:
    sign_up.create_active_customer(desk.db, FORM)
    return sign_in_customer(desk.db)


def test_customers_who_exist_are_changed_only_when_asked(desk: ImportDesk) -> None:
    actor = maya(desk)
    head = (*WIDE[:4], *WIDE[7:])
    row = ("Maya@Example.com", "Maia", "", "0412 999 999", "2 Hill St", "", "Bondi")
    table = csv_file(head, (*row, "nsw", "2026"), NOAH)
    before = snapshot(desk)
    view = desk.check(table)
    assert (view.changed, view.added) == (1, 1)
    assert desk.differences() == {
        2: [
            ("First name", "Maya", "Maia"),
            ("Phone", "0412 345 678", "0412 999 999"),
            ("Street", "", "2 Hill St"),
            ("Town", "", "Bondi"),
            ("State", "", "NSW"),
            ("Postcode", "", "2026"),
            ("Country", "", "Australia"),
        ]
    }
    assert snapshot(desk) == before
    assert desk.carry_out()
    assert ("maya@example.com", "Maya", "Chen", "+61412345678") in stored(desk)
    assert len(stored(desk)) == 2
    desk.check(table)
    assert desk.outcomes() == [(2, "changed"), (3, "unchanged")]
    assert desk.carry_out(update=True)
    profile = desk.db.query(profiles.get_profile, actor)
    assert (profile.first_name, profile.last_name) == ("Maia", "Chen")
    assert profile.phone == "0412 999 999"
    assert profile.billing.lines == ["2 Hill St", "Bondi NSW 2026"]
    [place] = desk.db.query(locations.list_locations, actor)
    assert (place.street, place.is_default) == ("2 Hill St", True)
    assert [entry[:3] for entry in changes(desk)] == [
        ("added", "Import", "Customers from table.csv"),
        ("changed", "Customer", "Maia Chen"),
        ("added", "Import", "Customers from table.csv"),
    ]
    assert changes(desk)[1][3][0] == ("First name", "Maya", "Maia")
    assert changes(desk)[2][3] == [("Changed", "", "1")]
    assert sent_messages(desk.db) == []
    desk.check(table)
    assert desk.outcomes() == [(2, "unchanged"), (3, "unchanged")]


def test_contact_points_keep_step_with_a_changed_phone(desk: ImportDesk) -> None:
    actor = maya(desk)
    form = profiles.ProfileForm(
        first_name="Maya",
        last_name="Chen",
        emails=(EmailEntry(FORM.email, primary=True),),
        phones=(PhoneEntry("0412 345 678", primary=True), PhoneEntry("0412 000 222")),
    )
    version = desk.db.query(profiles.get_profile, actor).version
    profiles.save_profile(desk.db, actor, form, version)
    for number in ("0412 000 222", "0412 000 333"):
        desk.bring_in([HEAD, (FORM.email, "", "", number)], update=True)
        profile = desk.db.query(profiles.get_profile, actor)
        assert profile.phone == number
        assert [one.text for one in profile.phones if one.primary] == [number]
    assert {one.text for one in profile.phones} == {"0412 345 678", "0412 000 333"}


def test_a_saved_place_moves_along_only_where_it_was_the_address(
    desk: ImportDesk,
) -> None:
    head = ("Email", "First name", *WIDE[7:])
    at_home = ("noah@example.com", "Noah", "1 Hill St", "5", "Bondi", "NSW", "2026")
    desk.bring_in([head, at_home])
    moved = ("noah@example.com", "", "9 Sea Rd", "", "Manly", "NSW", "2095", "")
    desk.bring_in([head, moved], update=True)
    found = database_snapshot(desk.db)
    [address] = found["billing_address"]
    assert (address["street"], address["unit"]) == ("9 Sea Rd", "")
    assert sorted((p["street"], bool(p["is_default"])) for p in found["location"]) == [
        ("1 Hill St", False),
        ("9 Sea Rd", True),
    ]
    # A country alone is no address.
    view = desk.check(csv_file(head, ("noah@example.com", *[""] * 6, "Australia")))
    assert view.unchanged == 1


def test_what_changed_meanwhile_is_shown_again(desk: ImportDesk) -> None:
    desk.check(csv_file(HEAD, NOAH, ("zoe@example.com", "Zoë")))
    other = ImportDesk(desk.db, office_actor(desk.db, "olga@example.com"), desk.storage)
    other.bring_in([HEAD, ("zoe@example.com", "Zoe", "Miller")])
    before = snapshot(desk)
    with pytest.raises(Conflict, match="Something changed since"):
        desk.carry_out(mail=True)
    assert snapshot(desk) == before
    assert desk.now().stage == "checking"
    desk.work(desk.now().id)
    view = desk.now()
    assert (view.stage, view.was_outdated) == ("ready", True)
    assert (view.added, view.changed) == (1, 1)
    assert desk.outcomes() == [(2, "added"), (3, "changed")]
    assert desk.differences() == {3: [("First name", "Zoe", "Zoë")]}
    assert desk.carry_out()
    assert [row[:2] for row in stored(desk)] == [
        ("noah@example.com", "Noah"),
        ("zoe@example.com", "Zoe"),
    ]


def test_a_second_click_imports_nothing_twice(desk: ImportDesk) -> None:
    desk.bring_in([HEAD, NOAH])
    before = database_snapshot(desk.db)
    with pytest.raises(Conflict, match="over"):
        desk.carry_out()
    assert database_snapshot(desk.db) == before


def test_those_who_are_added_get_a_mail_only_when_asked(desk: ImportDesk) -> None:
    maya(desk)
    desk.bring_in([HEAD, NOAH, (FORM.email, "Maia")], mail=True, update=True)
    assert sent_messages(desk.db) == [("customer_imported", "noah@example.com")]


def test_the_owner_of_the_mailbox_gets_what_was_imported(desk: ImportDesk) -> None:
    desk.bring_in([WIDE, ZOE])
    credentials.request_reset(desk.db, STRANGER, "zoe@example.com")
    link = newest_link(desk.db, "reset_password")
    credentials.reset_password(desk.db, STRANGER, link, OTHER_PASSWORD)
    zoe = sign_in_customer(desk.db, "zoe@example.com", OTHER_PASSWORD)
    profile = desk.db.query(profiles.get_profile, zoe)
    assert (profile.first_name, profile.company) == ("Zoë", "Müller GmbH")
    assert [one.lines for one in desk.db.query(locations.list_locations, zoe)] == [
        ["Hauptstr. 1", "10115 Berlin", "Germany"]
    ]
    assert desk.db.query(contacts.list_contacts, zoe) == []


def test_a_sign_up_that_nobody_proved_is_no_customer(desk: ImportDesk) -> None:
    """Eve signs up as Zoë first: what is imported does not become hers."""
    eve = replace(FORM, first_name="Eve", email="zoe@example.com")
    sign_up.sign_up(desk.db, STRANGER, eve)
    desk.bring_in([WIDE, ZOE], update=True)
    found = database_snapshot(desk.db)["customer"]
    assert sorted((row["first_name"], row["account_id"] is None) for row in found) == [
        ("Eve", False),
        ("Zoë", True),
    ]
    email_verification.activate_with_password(
        desk.db, STRANGER, newest_token(desk.db), OTHER_PASSWORD
    )
    with desk.db.read() as tx:
        account = tx.exec(select(Account).where(Account.email == eve.email)).one()
        assert tx.exec(select(Customer.account_id)).all() == [account.id]


@pytest.mark.parametrize(
    "audience", ["customer", "fieldworker", "guest", "public", "reader"]
)
def test_nobody_but_the_office_imports(desk: ImportDesk, audience: str) -> None:
    desk.check(csv_file(HEAD, NOAH))
    import_id, file_id = desk.now().id, desk.hand_in(csv_file(HEAD, NOAH))
    before = database_snapshot(desk.db)
    who = replace(desk.actor, audience=Audience(audience))
    db = desk.db
    for attempt in (
        lambda: db.call(imports.begin, who, "customers", file_id),
        lambda: db.query(imports.current_import, who),
        lambda: db.query(imports.read_rows, who, import_id, "", 1),
        lambda: imports.stop(db, who, import_id),
        lambda: db.call(imports.put_away, who, import_id),
        lambda: imports.carry_out(db, who, import_id, update_existing=True, mail=True),
        lambda: exports.export_file(db, who, "customers", "csv", template=True),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert database_snapshot(db) == before


def test_an_import_is_its_owner_s_alone(desk: ImportDesk) -> None:
    desk.check(csv_file(HEAD, NOAH))
    import_id = desk.now().id
    other = office_actor(desk.db, "olga@example.com")
    before = database_snapshot(desk.db)
    assert desk.db.query(imports.current_import, other).id == ""
    for attempt in (
        lambda: desk.db.query(imports.read_rows, other, import_id, "", 1),
        lambda: imports.stop(desk.db, other, import_id),
        lambda: imports.carry_out(
            desk.db, other, import_id, update_existing=True, mail=True
        ),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert database_snapshot(desk.db) == before
