"""My Account: *More contacts*."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.customers import contacts
from portal_app.domain.customers.rules import (
    CONTACT_RIGHTS,
    NOTIFICATION_TOPICS,
    ContactForm,
)
from portal_app.domain.customers.views import ContactView
from portal_app.kernel.changes import Change
from portal_app.state.core import collection, form_parsing, versioned_form, worker
from portal_app.state.core.access import CUSTOMER, actor, event_for


def _store(
    contact_id: str, form: dict[str, Any], version: int, request: str
) -> Awaitable[None]:
    typed = ContactForm(
        role=form_parsing.field(form, "role"),
        first_name=form_parsing.field(form, "first_name"),
        last_name=form_parsing.field(form, "last_name"),
        other_names=form_parsing.names(form),
        emails=form_parsing.emails(form),
        phones=form_parsing.phones(form),
        told_about=form_parsing.ticked_keys(form, "told_about", NOTIFICATION_TOPICS),
        may=form_parsing.ticked_keys(form, "may", CONTACT_RIGHTS),
    )
    if contact_id:
        return worker.run_in_thread(
            contacts.update_contact, actor(), contact_id, typed, version
        )
    return worker.run_in_thread(contacts.add_contact, actor(), typed, request)


_CONTACTS = collection.CollectionSpec(
    read=contacts.list_contacts,
    name=lambda contact: contact.name,
    field="contact",
    store=_store,
    remove=contacts.remove_contact,
    restore=contacts.restore_contact,
    order=contacts.order_contacts,
    saved="The contact is saved.",
    back="The contact is back.",
)


class AccountContactsState(rx.State):
    """The other contacts (``collection.CollectionVars``)."""

    items: list[ContactView] = []
    removed: str = ""
    removed_name: str = ""
    loaded: bool = False
    errors: dict[str, str] = {}
    problem: str = ""
    changes: list[Change] = []
    seen: int = 0
    saved: str = ""
    pending: bool = False

    @event_for(CUSTOMER)
    async def load(self) -> None:
        """Show the contacts as they are now."""
        await collection.load(self, _CONTACTS)

    @event_for(CUSTOMER)
    def begin(self) -> None:
        """Open a form without the errors of the last time."""
        versioned_form.clear_messages(self)

    @event_for(CUSTOMER)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Add a contact, or change the one the form names."""
        async for step in collection.save(self, _CONTACTS, form_data):
            yield step

    @event_for(CUSTOMER)
    async def remove(self, contact_id: Any) -> None:
        """Take a contact away, with what they were told and could see."""
        await collection.remove(self, _CONTACTS, contact_id)

    @event_for(CUSTOMER)
    async def undo(self) -> EventSpec | None:
        """Take the last removal back."""
        return await collection.undo(self, _CONTACTS)

    @event_for(CUSTOMER)
    async def move(self, contact_id: Any, by: Any) -> None:
        """Move a contact one place up (-1) or down (1)."""
        await collection.move(self, _CONTACTS, contact_id, by)
