"""What a person's name, phone number and sign-up form may be."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import phonenumbers

from portal_app.domain.accounts import passwords
from portal_app.domain.accounts.passwords import DEFAULT_POLICY, Policy
from portal_app.domain.accounts.rules import normal_email
from portal_app.kernel.errors import InvalidInput

MAX_NAME = 80
_MAX_PHONE_TYPED = 40
# Letters and marks make a name; these would make a link, a tag or a spoof of it.
_NOT_IN_NAMES = frozenset('<>{}[]|\\/@:;"#$%^*=_~`')
# Joiners that some scripts need inside a word.
_JOINERS = frozenset("\u200c\u200d")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpForm:
    """The sign-up form as typed. The fields' names are those of the form."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    password: str = ""
    terms: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is, in the form in which it is stored.

    Attributes:
        phone: E.164, or empty.
    """

    first_name: str
    last_name: str
    email: str
    phone: str


def check_sign_up(
    form: SignUpForm, country: str, policy: Policy = DEFAULT_POLICY
) -> Person:
    """Check the whole form at once.

    Args:
        form: As typed.
        country: Of the business; phone numbers without a prefix are from there.
        policy: What the business asks of a password.

    Returns:
        The person in stored form.

    Raises:
        InvalidInput: With a sentence for each field that is wrong.
    """
    wrong: dict[str, str] = {}
    person = _person(form, country, wrong)
    try:
        passwords.check(
            form.password,
            (form.email.strip(), form.first_name, form.last_name),
            policy,
        )
    except InvalidInput as error:
        wrong |= error.fields
    if not form.terms:
        wrong["terms"] = "Please accept the terms to go on."
    if wrong:
        raise InvalidInput(wrong)
    return person


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
        _collect(wrong, lambda: person_name("first_name", first_name)),
        _collect(wrong, lambda: person_name("last_name", last_name)),
        _collect(wrong, lambda: phone_number(phone, country)),
    )
    if wrong:
        raise InvalidInput(wrong)
    return checked


def person_name(field: str, text: str) -> str:
    """A name: trimmed, single blanks, Unicode NFC, at most 80 characters.

    Raises:
        InvalidInput: For ``field``.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    label = field.replace("_", " ")
    if not name:
        raise InvalidInput({field: f"Please enter your {label}."})
    if len(name) > MAX_NAME:
        raise InvalidInput({field: f"Please use at most {MAX_NAME} characters."})
    if any(not may_be_in_a_name(character) for character in name):
        raise InvalidInput({field: f"Please use only letters in your {label}."})
    return name


def may_be_in_a_name(character: str) -> bool:
    """Whether a character may stand in a name of a person."""
    if character in _JOINERS:
        return True
    return is_printable(character) and character not in _NOT_IN_NAMES


def is_printable(character: str) -> bool:
    """Whether a character is seen: no control, no direction change, no gap."""
    return unicodedata.category(character)[0] != "C" and unicodedata.category(
        character
    ) not in {"Zl", "Zp"}


def phone_number(text: str, country: str) -> str:
    """A phone number in E.164, or an empty text for none.

    Args:
        text: As typed.
        country: ISO 3166 code that a number without a prefix belongs to.

    Raises:
        InvalidInput: For the field ``phone``.
    """
    typed = text.strip()
    if not typed:
        return ""
    try:
        if len(typed) > _MAX_PHONE_TYPED:
            raise phonenumbers.NumberParseException(0, "too long")
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        example = _example_phone(country)
        raise InvalidInput({"phone": f"Please enter a phone number{example}."})
    e164: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164


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


def _person(form: SignUpForm, country: str, wrong: dict[str, str]) -> Person:
    return Person(
        first_name=_collect(wrong, lambda: person_name("first_name", form.first_name)),
        last_name=_collect(wrong, lambda: person_name("last_name", form.last_name)),
        email=_collect(wrong, lambda: normal_email(form.email)),
        phone=_collect(wrong, lambda: phone_number(form.phone, country)),
    )


def _collect(wrong: dict[str, str], check: Callable[[], str]) -> str:
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
