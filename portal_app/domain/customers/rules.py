"""What names, phone numbers, emails and contacts must look like."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import phonenumbers

from portal_app.domain.accounts.rules import mailable_email
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.text import is_readable, one_line

MAX_NAME = 80
_MAX_PHONE_INPUT = 40
# Letters and marks make a name; these would make a link, a tag or a spoof of it.
_NOT_IN_NAMES = frozenset('<>{}[]|\\@:;"#$%^*=_~`')


def check_profile(
    first_name: str, last_name: str, phone: str, country: str
) -> tuple[str, str, str]:
    """Check what a customer may change on the profile.

    Returns:
        First name, last name and phone (E.164 or empty) in stored form.

    Raises:
        InvalidInput: With a sentence for each field that is wrong.
    """
    wrong: dict[str, str] = {}
    checked = (
        value_or_empty(wrong, lambda: person_name("first_name", first_name)),
        value_or_empty(wrong, lambda: optional_name("last_name", last_name)),
        value_or_empty(wrong, lambda: phone_number(phone, country)),
    )
    if wrong:
        raise InvalidInput(wrong)
    return checked


def person_name(field: str, text: str) -> str:
    """A name on one line, of at most 80 characters. Any script and sign will do.

    Raises:
        InvalidInput: For ``field``.
    """
    name = one_line(text)
    label = field.replace("_", " ")
    if not name:
        raise InvalidInput({field: f"Please enter your {label}."})
    if len(name) > MAX_NAME:
        raise InvalidInput({field: f"Please use at most {MAX_NAME} characters."})
    if any(not is_name_character(character) for character in name):
        raise InvalidInput({field: f"Please use only letters in your {label}."})
    return name


def optional_name(field: str, text: str) -> str:
    """As ``person_name``, or an empty text: some people have one name only."""
    return person_name(field, text) if one_line(text) else ""


def is_name_character(character: str) -> bool:
    """Whether a character may stand in a name of a person."""
    return is_readable(character) and character not in _NOT_IN_NAMES


def phone_number(text: str, country: str) -> str:
    """A phone number in E.164, or an empty text for none.

    An extension stays, written as RFC 3966 does: ``+61298765432;ext=12``.

    Args:
        text: As typed.
        country: ISO 3166 code that a number without a prefix belongs to.

    Raises:
        InvalidInput: For the field ``phone``.
    """
    typed = one_line(text)
    if not typed:
        return ""
    try:
        if len(typed) > _MAX_PHONE_INPUT:
            raise phonenumbers.NumberParseException(0, "too long")
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        example = _example_phone(country)
        raise InvalidInput({"phone": f"Please enter a phone number{example}."})
    e164: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{e164};ext={number.extension}" if number.extension else e164


def phone_text(e164: str, country: str) -> str:
    """A stored phone number as people in ``country`` write it."""
    if not e164:
        return ""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    at_home = phonenumbers.region_code_for_number(number) == country
    text: str = phonenumbers.format_number(
        number,
        phonenumbers.PhoneNumberFormat.NATIONAL
        if at_home
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    )
    return text


def dialling_countries(countries: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Countries to choose a phone's from: code, and calling code with name.

    Args:
        countries: Code and name, in the order to keep.
    """
    codes = ((code, name, _calling_code(code)) for code, name in countries)
    return [(code, f"+{calling} {name}") for code, name, calling in codes if calling]


def _calling_code(country: str) -> int:
    code: int = phonenumbers.country_code_for_region(country)
    return code


def value_or_empty(wrong: dict[str, str], check: Callable[[], str]) -> str:
    """What a check makes of a text; its errors go into ``wrong`` instead of up."""
    try:
        return check()
    except InvalidInput as error:
        wrong |= error.fields
        return ""


def _example_phone(country: str) -> str:
    example = phonenumbers.example_number_for_type(
        country, phonenumbers.PhoneNumberType.MOBILE
    )
    if example is None:
        return " with its country code"
    text = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
    return f" such as {text}"


CONTACT_ROLES = {
    "partner": "Partner",
    "assistant": "Assistant",
    "receptionist": "Receptionist",
    "site_contact": "Site contact",
    "other": "Other",
}
NOTIFICATION_TOPICS = {
    "booking_updates": "Booking updates",
    "invoices": "Invoices",
    "quotes": "Quotes",
}
CONTACT_RIGHTS = {"view": "See bookings", "book": "Book appointments"}

MAX_CONTACTS = 20
MAX_CONTACT_POINTS = 10
MAX_OTHER_NAMES = 5


@dataclass(frozen=True, slots=True)
class EmailEntry:
    """An email as typed, and whether it is the main one."""

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
class CheckedContactPoints:
    """Checked emails (normal form) and phones (E.164), the main one of each."""

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
    reach: CheckedContactPoints
    told_about: tuple[str, ...]
    may: tuple[str, ...]


def check_contact(form: ContactForm, home: str) -> CheckedContact:
    """Check a contact.

    Args:
        form: As typed.
        home: The business's country, for phones without one.

    Raises:
        InvalidInput: With a sentence for each field that is wrong; the third
            email is the field ``emails.2``.
    """
    wrong: dict[str, str] = {}
    if form.role not in CONTACT_ROLES:
        wrong["role"] = "Please choose a role."
    first = check_name("first_name", form.first_name, wrong)
    last = check_optional_last_name(form.last_name, wrong)
    others = check_other_names(form.other_names, wrong)
    reach = check_contact_points(form.emails, form.phones, home, wrong)
    if not wrong and not (reach.emails or reach.phones):
        wrong["emails.0"] = "Please enter an email or a phone number."
    told = tuple(key for key in NOTIFICATION_TOPICS if key in form.told_about)
    if told and not reach.emails and "emails.0" not in wrong:
        wrong["emails.0"] = "Please enter an email for what they are told about."
    may = tuple(key for key in CONTACT_RIGHTS if key in form.may)
    if "view" in may and not reach.emails and "emails.0" not in wrong:
        wrong["emails.0"] = (
            "Please enter an email: the link to a booking is sent to it."
        )
    if wrong:
        raise InvalidInput(wrong)
    return CheckedContact(form.role, first, last, others, reach, told, may)


def check_name(field: str, text: str, wrong: dict[str, str]) -> str:
    """A name in stored form; what is wrong with it goes into ``wrong``."""
    try:
        return person_name(field, text)
    except InvalidInput as error:
        wrong |= {
            key: words.replace("your ", "the ") for key, words in error.fields.items()
        }
        return ""


def check_optional_last_name(text: str, wrong: dict[str, str]) -> str:
    """As ``check_name``; some people have one name only."""
    return check_name("last_name", text, wrong) if one_line(text) else ""


def check_other_names(names: Sequence[str], wrong: dict[str, str]) -> tuple[str, ...]:
    """Further names in stored form, empty and repeated ones left out."""
    kept: list[str] = []
    for at, typed in enumerate(names):
        name = one_line(typed)
        if len(name) > MAX_NAME:
            wrong[f"other_names.{at}"] = f"Please use at most {MAX_NAME} characters."
        elif any(not is_name_character(character) for character in name):
            wrong[f"other_names.{at}"] = "Please use only letters in a name."
        elif name and name not in kept:
            kept.append(name)
    if len(kept) > MAX_OTHER_NAMES:
        wrong[f"other_names.{MAX_OTHER_NAMES}"] = (
            f"Please enter at most {MAX_OTHER_NAMES} further names."
        )
    return tuple(kept)


def check_contact_points(
    emails: Sequence[EmailEntry],
    phones: Sequence[PhoneEntry],
    home: str,
    wrong: dict[str, str],
) -> CheckedContactPoints:
    """Check all emails and phones; the first one is the main one by default.

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
            email = mailable_email(typed.email)
        except InvalidInput as error:
            wrong[f"emails.{at}"] = next(iter(error.fields.values()))
            continue
        if email in good_emails:
            wrong[f"emails.{at}"] = "This email is here twice."
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
        if len(found) > MAX_CONTACT_POINTS:
            wrong[f"{kind}.{MAX_CONTACT_POINTS}"] = (
                f"Please enter at most {MAX_CONTACT_POINTS}."
            )
    return CheckedContactPoints(
        emails=tuple(good_emails),
        primary_email=primary_email or (good_emails[0] if good_emails else ""),
        phones=tuple(good_phones),
        primary_phone=primary_phone or (good_phones[0] if good_phones else ""),
    )


def labels_of(keys: Collection[str], words: dict[str, str]) -> str:
    """Keys as a person reads them, in the order of ``words``."""
    return ", ".join(text for key, text in words.items() if key in keys)
