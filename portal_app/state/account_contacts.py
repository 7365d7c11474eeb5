"""My Account: *More contacts*."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.customers import contacts
from portal_app.domain.customers.contact_rules import MAY, TOLD_ABOUT, ContactForm
from portal_app.domain.customers.views import ContactView
from portal_app.kernel.changes import Change
from portal_app.state import edits, entries, forms, worker
from portal_app.state.access import CUSTOMER, actor, event_for
from portal_app.state.toasts import toast
from portal_app.state.typed import text


class AccountContactsState(rx.State):
    """The other contacts, and what their form is told (``edits.Editing``)."""

    contacts: list[ContactView] = []
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
        self.contacts = await worker.query(contacts.contacts, actor())
        edits.clear(self)
        self.loaded = True

    @event_for(CUSTOMER)
    def begin(self) -> None:
        """Open a form without the errors of the last time."""
        edits.clear(self)

    @event_for(CUSTOMER)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Add a contact, or change the one the form names."""
        if edits.is_repeated(self, form_data):
            return
        edits.clear(self)
        self.pending = True
        yield
        typed = ContactForm(
            role=forms.field(form_data, "role"),
            first_name=forms.field(form_data, "first_name"),
            last_name=forms.field(form_data, "last_name"),
            other_names=entries.names(form_data),
            emails=entries.emails(form_data),
            phones=entries.phones(form_data),
            told_about=entries.ticked_of(form_data, "told_about", TOLD_ABOUT),
            may=entries.ticked_of(form_data, "may", MAY),
        )
        contact_id = forms.field(form_data, "contact")
        request = forms.field(form_data, "request")
        version = forms.number(form_data, "version")
        saving = (
            worker.carry_out(contacts.save_contact, actor(), contact_id, typed, version)
            if contact_id
            else worker.carry_out(contacts.add_contact, actor(), typed, request)
        )
        stored = await edits.attempt(self, saving)
        if stored or self.changes:
            self.contacts = await worker.query(contacts.contacts, actor())
        if stored:
            self.saved = request
            yield [toast("success", "The contact is saved.")]

    @event_for(CUSTOMER)
    async def remove(self, contact_id: Any) -> EventSpec:
        """Take a contact away."""
        await worker.call(contacts.remove_contact, actor(), text(contact_id))
        self.contacts = await worker.query(contacts.contacts, actor())
        return toast("success", "The contact is removed.")

    @event_for(CUSTOMER)
    async def move(self, contact_id: Any, by: Any) -> None:
        """Move a contact one place up (-1) or down (1)."""
        ids = [contact.id for contact in self.contacts]
        if text(contact_id) not in ids or by not in {-1, 1}:
            return
        at = ids.index(text(contact_id))
        to = min(len(ids) - 1, max(0, at + by))
        ids.insert(to, ids.pop(at))
        await worker.call(contacts.order_contacts, actor(), ids)
        self.contacts = await worker.query(contacts.contacts, actor())
