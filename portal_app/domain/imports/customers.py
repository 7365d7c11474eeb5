"""Customers as rows of a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from sqlmodel import Session

from portal_app.domain.accounts.rules import mailable_email
from portal_app.domain.customers import office_records
from portal_app.domain.customers.office_records import CustomerRecord, Home
from portal_app.domain.imports.kinds import (
    Cells,
    Checked,
    Column,
    Existing,
    Kind,
    Planned,
)
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput

_STAFF = "Somebody of your staff logs in with this email."


def _key_of(_home: Home, cells: Cells) -> str:
    return mailable_email(cells.get("email", ""))


def _find(tx: Session, home: Home, keys: Sequence[str]) -> Mapping[str, Existing]:
    return {
        email: Existing(customer_id, office_records.record_texts(record, home))
        for email, (customer_id, record) in office_records.find_customers(
            tx, set(keys)
        ).items()
    }


def _refusals(
    tx: Session, _home: Home, keys: Sequence[str]
) -> Mapping[str, InvalidInput]:
    taken = office_records.staff_emails(tx, set(keys))
    return {key: InvalidInput({"email": _STAFF}) for key in taken}


def _check(home: Home, cells: Cells) -> Checked:
    record = office_records.check_record(cells, home)
    return Checked(
        name=f"{record.first_name} {record.last_name}".strip(),
        cells=office_records.record_texts(record, home),
        record=asdict(record),
    )


def _apply(tx: Session, actor: Actor, rows: Sequence[Planned]) -> None:
    records = [CustomerRecord.from_json(row.record) for row in rows]
    new = [one for row, one in zip(rows, records, strict=True) if row.existing is None]
    office_records.add_customers(tx, actor, new)
    known = {
        row.existing: record
        for row, record in zip(rows, records, strict=True)
        if row.existing is not None
    }
    if known:
        office_records.change_customers(tx, actor, known)


def _export(tx: Session, home: Home) -> Iterator[Existing]:
    for customer_id, record in office_records.all_customers(tx):
        yield Existing(customer_id, office_records.record_texts(record, home))


CUSTOMERS = Kind(
    key="customers",
    title="Customers",
    noun="customer",
    plural="customers",
    columns=(
        Column(
            "email",
            "Email",
            required=True,
            hint="Tells one customer from another",
            also=("E-mail address", "Email address", "Mail"),
        ),
        Column(
            "first_name",
            "First name",
            required=True,
            also=("Given name", "Name", "Forename"),
        ),
        Column("last_name", "Last name", also=("Surname", "Family name")),
        Column(
            "phone",
            "Phone",
            hint="With a country code, or as you dial it",
            also=("Phone number", "Telephone", "Mobile"),
        ),
        Column(
            "company",
            "Business name",
            hint="For customers who are a business",
            also=("Company", "Organisation", "Organization"),
        ),
        Column("birthday", "Birthday", hint="Such as 1990-03-21", also=("Birthdate",)),
        Column("language", "Language", hint="Such as English, or en"),
        Column(
            "street",
            "Street",
            hint="Street and house number",
            also=("Address", "Street address"),
            group="address",
        ),
        Column("unit", "Unit", also=("Apartment",), group="address"),
        Column("town", "Town", also=("City", "Suburb"), group="address"),
        Column("state", "State", also=("Province", "Region"), group="address"),
        Column(
            "postcode",
            "Postcode",
            also=("Zip", "Zip code", "Postal code"),
            group="address",
        ),
        Column(
            "country",
            "Country",
            hint="Name or code; yours if it is empty",
            group="address",
            alone=False,
        ),
    ),
    identity="email",
    load=office_records.home_of_business,
    key_of=_key_of,
    find=_find,
    refusals=_refusals,
    check=_check,
    apply=_apply,
    export=_export,
    message="customer_imported",
)
