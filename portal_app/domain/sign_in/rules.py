"""What the sign-up form must hold, and how long a pending identity lives."""

from dataclasses import dataclass
from datetime import timedelta

from portal_app.domain.accounts import passwords
from portal_app.domain.accounts.passwords import DEFAULT_PASSWORD_POLICY, PasswordPolicy
from portal_app.domain.accounts.rules import mailable_email
from portal_app.domain.customers.rules import (
    optional_name,
    person_name,
    phone_number,
    value_or_empty,
)
from portal_app.kernel.errors import InvalidInput

PENDING_IDENTITY_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpForm:
    """The sign-up form as typed. The fields' names are those of the form.

    ``next_path`` is where the person goes on once the account is active.
    """

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    password: str = ""
    terms: bool = False
    next_path: str = ""


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
    form: SignUpForm, country: str, policy: PasswordPolicy = DEFAULT_PASSWORD_POLICY
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
    person = _check_person(form, country, wrong)
    try:
        passwords.check_password(
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


def _check_person(form: SignUpForm, country: str, wrong: dict[str, str]) -> Person:
    return Person(
        first_name=value_or_empty(
            wrong, lambda: person_name("first_name", form.first_name)
        ),
        last_name=value_or_empty(
            wrong, lambda: optional_name("last_name", form.last_name)
        ),
        email=value_or_empty(wrong, lambda: mailable_email(form.email)),
        phone=value_or_empty(wrong, lambda: phone_number(form.phone, country)),
    )
