"""The location and contact steps of the booking wizard."""

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.bookings import drafts, rules
from portal_app.domain.bookings.views import BookingAddressView
from portal_app.domain.customers import business_profiles, contacts
from portal_app.domain.customers.views import (
    BusinessProfileView,
    ContactView,
    LocationView,
)
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from portal_app.state.account.addresses import AddressFormState
from portal_app.state.bookings.wizard import BookingWizardState
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import BOOKERS, actor, event_for
from portal_app.state.core.form_parsing import texts

NEW = "new"
SELF, OTHER = "self", "other"
_NO_LOCATION = "Please choose where to come."


class WizardLocationState(rx.State):
    """The customer's places.

    ``loaded_for`` is the draft they were read for; ``chosen`` a place's id, or
    ``new``; ``outside`` are the ids of those the business does not go to; ``typed``
    is the draft's own address, which is no saved place yet.
    """

    loaded_for: str = ""
    places: list[LocationView] = []
    outside: list[str] = []
    chosen: str = ""
    typed: BookingAddressView = BookingAddressView()

    @event_for(*BOOKERS)
    async def load(self) -> EventSpec | None:
        """Read the places if the wizard stands at this step."""
        book = await self.get_state(BookingWizardState)
        if not await book._stands_at("address"):
            return None
        saved = await worker.query(drafts.saved_places, actor())
        known = [place.id for place in saved.places]
        wanted, typed = book._place
        self.typed = BookingAddressView() if wanted in known else typed
        served = (one for one in known if one not in saved.outside)
        first = NEW if self.typed.street else next(served, NEW)
        self.places, self.outside = saved.places, saved.outside
        self.chosen = wanted if wanted in known else first
        form = await self.get_state(AddressFormState)
        # A page that was left meanwhile may have dropped the event that fills the form.
        if self.loaded_for == book.draft_id and form.home:
            return None
        self.loaded_for = book.draft_id
        return AddressFormState.load

    @event_for(*BOOKERS)
    async def submit(self, form: dict[str, str]) -> EventSpec | None:
        """*Next* on this step."""
        book = await self.get_state(BookingWizardState)
        if not await book._stands_at("address"):
            return None
        place = form_parsing.field(form, "location") or (NEW if not self.places else "")
        who, draft_id = actor(), book.draft_id
        try:
            if place == NEW:
                typed = form_parsing.address(
                    form,
                    label=form_parsing.field(form, "label"),
                    access_notes=form_parsing.field(form, "access_notes"),
                )
                draft = await worker.call(drafts.choose_address, who, draft_id, typed)
            else:
                draft = await worker.call(drafts.choose_location, who, draft_id, place)
        except InvalidInput as wrong:
            book._show(
                errors=wrong.fields, problem="" if wrong.fields else wrong.message
            )
            return None
        except (NotFound, NotAllowed):
            book._show(errors={}, problem=_NO_LOCATION)
            return None
        except Conflict as refused:
            return await book._refused(refused)
        book._take(draft)
        return book._go_on()


class WizardContactState(rx.State):
    """Whom to ask for, and the business profiles to choose from.

    They were read for the draft ``loaded_for`` in its ``version``.
    ``guests`` tells a visitor that no account is needed.
    ``company`` is the draft's; before that step was taken, the default. ``people``
    are pairs of key and name: oneself, the saved contacts, somebody else;
    ``asked_for`` is the key of who is asked for. ``reach``
    and ``company_reach`` say how each of them and of the companies is reached.
    """

    loaded_for: str = ""
    version: int = 0
    companies: list[tuple[str, str]] = []
    company: str = ""
    guests: bool = False
    people: list[tuple[str, str]] = []
    asked_for: str = ""
    reach: dict[str, dict[str, str]] = {}
    company_reach: dict[str, dict[str, str]] = {}

    @event_for(*BOOKERS)
    async def load(self) -> None:
        """Read who can be asked for if the wizard stands at this step.

        Whoever has no account is asked for one there, or books as a guest.
        """
        book = await self.get_state(BookingWizardState)
        if not await book._stands_at("contact"):
            return
        if not actor().customer_id:
            self.guests = await worker.query(
                drafts.guests_are_welcome, actor(), book.draft_id
            )
            return
        found, own, others = await worker.query(_known_people, actor())
        default = next((one.id for one in found if one.is_default), "")
        answered = "contact" in book._done
        self.companies = [(one.id, one.name) for one in found]
        self.company = book.company_id if answered else default
        self.company_reach = {one.id: _company_reach(one) for one in found}
        contacts_reach = {one.id: _contact_reach(one) for one in others}
        self.reach = {SELF: own, **contacts_reach, OTHER: dict.fromkeys(own, "")}
        self.people = [
            (SELF, f"{own['name']} (you)"),
            *((one.id, f"{one.name} · {one.role_name}") for one in others),
            (OTHER, "Somebody else"),
        ]
        if not answered and self.company:
            book._show(**_contact_vars(self.company_reach[self.company]))
        self.asked_for = _key_of(book.contact_name, self.reach)
        self.loaded_for, self.version = book.draft_id, book.shown["version"]

    @event_for(*BOOKERS)
    async def submit(self, form: dict[str, str]) -> EventSpec | None:
        """*Next* on this step."""
        book = await self.get_state(BookingWizardState)
        if not await book._stands_at("contact"):
            return None
        typed = rules.BookingContactForm(
            **texts(form, "name", "email", "phone"),
            company=_chosen_company(form),
            details=None,
        )
        try:
            draft = await worker.call(
                drafts.choose_contact, actor(), book.draft_id, typed
            )
        except InvalidInput as wrong:
            book._show(
                errors=wrong.fields, problem="" if wrong.fields else wrong.message
            )
            return None
        except NotAllowed as refused:
            book._show(errors={}, problem=refused.message)
            return None
        except Conflict as refused:
            return await book._refused(refused)
        book._take(draft)
        return book._go_on()


def _known_people(
    tx: Session, who: Actor
) -> tuple[list[BusinessProfileView], dict[str, str], list[ContactView]]:
    """The companies, how the customer is reached, and the contacts."""
    return (
        business_profiles.list_business_profiles(tx, who),
        drafts.own_contact(tx, who),
        contacts.list_contacts(tx, who),
    )


def _contact_reach(one: ContactView) -> dict[str, str]:
    """How a contact is reached: by the main email and phone."""
    email = next((it.email for it in one.emails if it.primary), "")
    phone = next((it.text for it in one.phones if it.primary), "")
    return {"name": one.name, "email": email, "phone": phone}


def _company_reach(one: BusinessProfileView) -> dict[str, str]:
    """How a company is reached: by its first contact, or where its invoices go."""
    if one.contacts:
        first = one.contacts[0]
        return {
            "name": first.name,
            "email": first.email or one.billing_email,
            "phone": first.phone,
        }
    return {"name": one.name, "email": one.billing_email, "phone": ""}


def _key_of(name: str, reach: dict[str, dict[str, str]]) -> str:
    """Who of those that can be asked for has this name."""
    return next((key for key, one in reach.items() if one["name"] == name), OTHER)


def _contact_vars(reach: dict[str, str]) -> dict[str, str]:
    return {f"contact_{name}": text for name, text in reach.items() if text}


def _chosen_company(form: form_parsing.Form) -> str:
    """The business profile the form chose; empty where it says *Personal*."""
    said = texts(form, "booking_for", "company")
    return said["company"] if said["booking_for"] == "business" else ""
