"""How people are reached: their names, e-mails, phones, roles. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from portal_app.domain.accounts.rules import normal_email
from portal_app.domain.customers.rules import (
    MAX_NAME,
    may_be_in_a_name,
    person_name,
    phone_number,
)
from portal_app.kernel.errors import InvalidInput

ROLES = {
    "partner": "Partner",
    "assistant": "Assistant",
    "receptionist": "Receptionist",
    "site_contact": "Site contact",
    "other": "Other",
}
TOLD_ABOUT = {
    "booking_updates": "Booking updates",
    "invoices": "Invoices",
    "quotes": "Quotes",
}
MAY = {"view": "See bookings", "book": "Book appointments"}

MAX_CONTACTS = 20
MAX_OF_EACH = 10
MAX_OTHER_NAMES = 5


@dataclass(frozen=True, slots=True)
class EmailEntry:
    """An e-mail as typed, and whether it is the main one."""

    email: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class PhoneEntry:
    """A phone number as typed; without a prefix it belongs to ``country``."""

    number: str
    country: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactForm:
    """Another contact as typed. The fields' names are those of the form."""

    role: str = ""
    first_name: str = ""
    last_name: str = ""
    other_names: tuple[str, ...] = ()
    emails: tuple[EmailEntry, ...] = ()
    phones: tuple[PhoneEntry, ...] = ()
    told_about: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """Checked e-mails (normal form) and phones (E.164), the main one of each."""

    emails: tuple[str, ...] = ()
    primary_email: str = ""
    phones: tuple[str, ...] = ()
    primary_phone: str = ""


@dataclass(frozen=True, slots=True)
class CheckedContact:
    """A contact in stored form."""

    role: str
    first_name: str
    last_name: str
    other_names: tuple[str, ...]
    reach: Reach
    told_about: tuple[str, ...]
    may: tuple[str, ...]


def check_contact(form: ContactForm, home: str) -> CheckedContact:
    """Check a contact.

    Args:
        form: As typed.
        home: The business's country, for phones without one.

    Raises:
        InvalidInput: With a sentence for each field that is wrong; the third
            e-mail is the field ``emails.2``.
    """
    wrong: dict[str, str] = {}
    if form.role not in ROLES:
        wrong["role"] = "Please choose a role."
    first = name_or_wrong("first_name", form.first_name, wrong)
    last = last_name_or_empty(form.last_name, wrong)
    others = check_other_names(form.other_names, wrong)
    reach = check_reach(form.emails, form.phones, home, wrong)
    if not wrong and not (reach.emails or reach.phones):
        wrong["emails.0"] = "Please enter an e-mail or a phone number."
    told = tuple(key for key in TOLD_ABOUT if key in form.told_about)
    if told and not reach.emails and "emails.0" not in wrong:
        wrong["emails.0"] = "Please enter an e-mail for what they are told about."
    if wrong:
        raise InvalidInput(wrong)
    may = tuple(key for key in MAY if key in form.may)
    return CheckedContact(form.role, first, last, others, reach, told, may)


def name_or_wrong(field: str, text: str, wrong: dict[str, str]) -> str:
    """A name in stored form; what is wrong with it goes into ``wrong``."""
    try:
        return person_name(field, text)
    except InvalidInput as error:
        wrong |= {
            key: words.replace("your ", "the ") for key, words in error.fields.items()
        }
        return ""


def last_name_or_empty(text: str, wrong: dict[str, str]) -> str:
    """As ``name_or_wrong``; a receptionist may be known by one name only."""
    return name_or_wrong("last_name", text, wrong) if text.strip() else ""


def check_other_names(names: Sequence[str], wrong: dict[str, str]) -> tuple[str, ...]:
    """Further names in stored form, empty and repeated ones left out."""
    kept: list[str] = []
    for at, typed in enumerate(names):
        name = " ".join(typed.split())
        if len(name) > MAX_NAME:
            wrong[f"other_names.{at}"] = f"Please use at most {MAX_NAME} characters."
        elif any(not may_be_in_a_name(character) for character in name):
            wrong[f"other_names.{at}"] = "Please use only letters in a name."
        elif name and name not in kept:
            kept.append(name)
    if len(kept) > MAX_OTHER_NAMES:
        wrong[f"other_names.{MAX_OTHER_NAMES}"] = (
            f"Please enter at most {MAX_OTHER_NAMES} further names."
        )
    return tuple(kept)


def check_reach(
    emails: Sequence[EmailEntry],
    phones: Sequence[PhoneEntry],
    home: str,
    wrong: dict[str, str],
) -> Reach:
    """Check all e-mails and phones; the first one is the main one by default.

    Args:
        emails: As typed; empty ones are left out.
        phones: Likewise.
        home: The country of a phone that names none.
        wrong: Gets a sentence for each entry that is wrong.
    """
    good_emails: list[str] = []
    primary_email = ""
    for at, typed in enumerate(emails):
        if not typed.email.strip():
            continue
        try:
            email = normal_email(typed.email)
        except InvalidInput as error:
            wrong[f"emails.{at}"] = next(iter(error.fields.values()))
            continue
        if email in good_emails:
            wrong[f"emails.{at}"] = "This e-mail is here twice."
            continue
        good_emails.append(email)
        primary_email = email if typed.primary else primary_email
    good_phones: list[str] = []
    primary_phone = ""
    for at, entry in enumerate(phones):
        if not entry.number.strip():
            continue
        try:
            number = phone_number(entry.number, entry.country or home)
        except InvalidInput as error:
            wrong[f"phones.{at}"] = next(iter(error.fields.values()))
            continue
        if number in good_phones:
            wrong[f"phones.{at}"] = "This phone number is here twice."
            continue
        good_phones.append(number)
        primary_phone = number if entry.primary else primary_phone
    for kind, found in (("emails", good_emails), ("phones", good_phones)):
        if len(found) > MAX_OF_EACH:
            wrong[f"{kind}.{MAX_OF_EACH}"] = f"Please enter at most {MAX_OF_EACH}."
    return Reach(
        emails=tuple(good_emails),
        primary_email=primary_email or (good_emails[0] if good_emails else ""),
        phones=tuple(good_phones),
        primary_phone=primary_phone or (good_phones[0] if good_phones else ""),
    )


def words_for(keys: Collection[str], words: dict[str, str]) -> str:
    """Keys as a person reads them, in the order of ``words``."""
    return ", ".join(text for key, text in words.items() if key in keys)
