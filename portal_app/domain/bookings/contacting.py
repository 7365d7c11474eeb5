"""The wizard's contact step: whom to ask for, for whom it is, what is asked."""

import unicodedata
from typing import Any

from sqlmodel import Session

from portal_app.domain.accounts.rules import normal_email
from portal_app.domain.bookings import asking, rules, views
from portal_app.domain.bookings.changing import changing, draft_to_change
from portal_app.domain.bookings.presenting import draft_view
from portal_app.domain.bookings.rules import ContactForm
from portal_app.domain.business import service as business
from portal_app.domain.customers.business_profiles import booked_for
from portal_app.domain.customers.rules import (
    is_printable,
    may_be_in_a_name,
    phone_number,
)
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput


def choose_contact(
    tx: Session, actor: Actor, draft_id: str, form: ContactForm
) -> views.DraftView:
    """Say whom to ask for, for whom it is, and what the service asks.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        Conflict: If it was confirmed already.
        InvalidInput: With a sentence for each of ``name``, ``email``, ``phone``,
            ``notes``, ``company``, ``dependents`` and ``details.KEY`` that is wrong.
    """
    row = draft_to_change(tx, actor, draft_id)
    with changing(tx, row) as beside:
        wrong: dict[str, str] = {}
        try:
            contact, row.notes = _checked_contact(tx, form)
            if form.company:
                contact["company"] = booked_for(tx, actor, form.company)
            row.contact = contact
        except InvalidInput as refused:
            wrong |= refused.fields
        try:
            beside.changed = asking.keep(tx, actor, row, form.details)
        except InvalidInput as refused:
            wrong |= refused.fields
        if wrong:
            raise InvalidInput(wrong)
    return draft_view(tx, row)


def _checked_contact(tx: Session, form: ContactForm) -> tuple[dict[str, Any], str]:
    wrong: dict[str, str] = {}
    name = " ".join(unicodedata.normalize("NFC", form.name).split())
    if not name:
        wrong["name"] = "Please enter a name."
    elif len(name) > rules.MAX_NAME:
        wrong["name"] = f"Please use at most {rules.MAX_NAME} characters."
    elif not all(may_be_in_a_name(character) for character in name):
        wrong["name"] = "Please use only letters in the name."
    notes = unicodedata.normalize("NFC", form.notes).strip().replace("\r\n", "\n")
    if len(notes) > rules.MAX_NOTES:
        wrong["notes"] = f"Please use at most {rules.MAX_NOTES} characters."
    elif not all(is_printable(character) or character == "\n" for character in notes):
        wrong["notes"] = "Please use only letters and numbers."
    email = phone = ""
    try:
        email = normal_email(form.email)
    except InvalidInput as refused:
        wrong |= refused.fields
    try:
        phone = phone_number(form.phone, business.current(tx).country)
    except InvalidInput as refused:
        wrong |= refused.fields
    if wrong:
        raise InvalidInput(wrong)
    return {"name": name, "email": email, "phone": phone}, notes
