"""Adding a dependent: what it is, then what the business asks about it."""

import re
from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.views import TypeView
from portal_app.domain.fields.views import FieldView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import DomainError
from portal_app.kernel.paths import local_path
from portal_app.state import forms, worker
from portal_app.state.access import CUSTOMER, actor, event_for
from portal_app.state.answers import answers
from portal_app.state.book import PREFIX as WIZARD
from portal_app.state.booking import PREFIX as BOOKING
from portal_app.state.for_whom import back_with
from portal_app.state.toasts import toast

_A_BOOKING = re.compile(rf"{WIZARD}[a-z0-9-]+\?.+|{BOOKING}[A-Za-z0-9-]+")


class DependentAddState(rx.State):
    """The form for the type that the address names.

    The form lives in the browser and survives whatever happens to this state.
    ``saved`` is the id of the form that was stored last, ``leads`` where the
    browser goes then. ``back`` is the step of the wizard or the booking that
    sent here, or empty.
    """

    kinds: list[TypeView] = []
    kind: TypeView = TypeView()
    fields: list[FieldView] = []
    back: str = ""
    loaded: bool = False
    errors: dict[str, str] = {}
    problem: str = ""
    pending: bool = False
    saved: str = ""
    leads: str = ""

    @event_for(CUSTOMER)
    async def load(self) -> None:
        """Read which types there are, and the fields of the one asked for."""
        slug = self._slug()
        self.kinds, self.kind, self.fields = await worker.query(_form, actor(), slug)
        self.back = self._sender()
        self.errors, self.problem, self.leads = {}, "", ""
        self.pending, self.loaded = False, True

    @event_for(CUSTOMER)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Add what was typed, once."""
        request = forms.field(form_data, "request")
        if request and request == self.saved:
            return
        self.errors, self.problem, self.pending = {}, "", True
        yield
        form = dependents.DependentForm(
            name=forms.field(form_data, "name"),
            picture_id=forms.field(form_data, "picture_id"),
            answers=answers(form_data),
        )
        slug = self.kind.slug or self._slug()
        try:
            added = await worker.call(dependents.add, actor(), slug, form, request)
        except DomainError as error:
            self.errors, self.problem = forms.refusal(error)
            return
        finally:
            self.pending = False
        self.saved, self.leads = request, self._after(added)
        yield [toast("success", f"{form.name.strip()} is added.")]

    def _sender(self) -> str:
        """The address that asked for somebody to be added, or an empty text."""
        asked = forms.word(self.router.url.query_parameters.get("next"))
        return asked if _A_BOOKING.fullmatch(local_path(asked, "")) else ""

    def _after(self, added: str) -> str:
        """Where somebody who was added leads: back to the booking, or to its page."""
        sender = self._sender()
        return back_with(sender, added) if sender else f"/dependents/{added}"

    def _slug(self) -> str:
        return forms.word(self.router.url.query_parameters.get("type"))


def _form(
    tx: worker.Session, who: Actor, slug: str
) -> tuple[list[TypeView], TypeView, list[FieldView]]:
    kinds = dependents.types(tx)
    if not slug and len(kinds) == 1:
        slug = kinds[0].slug
    kind = next((one for one in kinds if one.slug == slug), None)
    if kind is None:
        return kinds, TypeView(), []
    return kinds, kind, dependents.blank(tx, who, slug)
