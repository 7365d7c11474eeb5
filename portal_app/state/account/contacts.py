"""My Account: *More contacts*."""

from collections.abc import Awaitable

import reflex as rx

from portal_app.domain.customers import contacts
from portal_app.domain.customers.rules import (
    CONTACT_RIGHTS,
    NOTIFICATION_TOPICS,
    ContactForm,
)
from portal_app.domain.customers.views import ContactView
from portal_app.state.core import collection, form_parsing, worker
from portal_app.state.core.access import CUSTOMER, actor, event_for


def _store(
    contact_id: str, form: form_parsing.Form, version: int, request: str
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


class AccountContactsState(
    collection.removable_collection(_CONTACTS, CUSTOMER), rx.State
):
    """The other contacts."""

    items: list[ContactView] = []

    @event_for(CUSTOMER)
    async def move(self, item_id: str, by: collection.Step) -> None:
        """Move a contact one place up (-1) or down (1)."""
        await self._move(item_id, by)
