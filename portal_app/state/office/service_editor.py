"""One service in the office: its form, and the page customers will see."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.catalogue import categories, services, tax
from portal_app.domain.catalogue.booked_for import BookedFor
from portal_app.domain.catalogue.services import (
    ChoiceForm,
    OptionForm,
    PhotoForm,
    ServiceForm,
)
from portal_app.domain.catalogue.views import ServiceFormView, ServicePageView
from portal_app.domain.dependents import types
from portal_app.domain.dependents.views import BookedForView
from portal_app.domain.fields import schema
from portal_app.domain.fields.rules import FieldCondition
from portal_app.domain.scheduling import service_people
from portal_app.domain.scheduling.views import ServicePersonView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import NotFound
from portal_app.state.catalogue.public_pages import NO_SERVICE_PAGE
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import OFFICE, STAFF, actor, event_for
from portal_app.state.core.form_parsing import Form, ordered_rows
from portal_app.state.core.toasts import toast
from portal_app.state.office.asking_form import AskingForm
from portal_app.state.office.services import EDITOR_PREFIX

_MOST_OPTIONS, _MOST_CHOICES, _MOST_PHOTOS, _MOST_KEYS = 60, 100, 40, 200
_MOST_ANSWERS, _LONGEST_KEY = 100, 40


@dataclass(frozen=True)
class EditorPage:
    """What the page needs.

    Attributes:
        form: The service, as its form shows it.
        preview: Its page.
        categories: Pairs of id and name.
        types: The dependents there are.
        people: Who works here.
        asked: The names of the fields that it asks.
        tax: The business's, in words.
    """

    form: ServiceFormView
    preview: ServicePageView
    categories: list[tuple[str, str]]
    types: list[BookedForView]
    people: list[ServicePersonView]
    asked: list[str]
    tax: str


def _read_page(tx: Session, who: Actor, service_id: str) -> EditorPage:
    form = services.service_form(tx, who, service_id)
    scope = schema.service_scope(form.id)
    asked = schema.active_definitions_by_scope(tx, [scope])[scope]
    return EditorPage(
        form=form,
        preview=services.stored_page(tx, who, service_id),
        categories=[
            (one.id, one.name)
            for one in categories.category_entries(tx, who)
            if not one.archived or one.id == form.category
        ],
        types=types.booked_for_views(tx, form.dependent_types),
        people=service_people.people_of_service(tx, who, service_id),
        asked=[one.name for one in asked],
        tax=tax.tax_view(tx).text,
    )


def _store(tx: Session, who: Actor, service_id: str, form: Form, version: int) -> None:
    # An archived type is not in the form, and is to be there when it is restored.
    offered = tuple(row.slug for row in types.active_type_rows(tx))
    typed = typed_service(form, offered)
    services.change_service(tx, who, service_id, typed, version)
    before = set(form_parsing.field(form, "people_before").split())
    wanted = set(form_parsing.ticked_group(form, "people", _MOST_KEYS))
    service_people.change_people(
        tx,
        who,
        service_id,
        added=wanted - before,
        removed=before - wanted,
        accepted=form_parsing.field(form, "accepted"),
    )


def typed_service(
    form: Form, offered_types: tuple[str, ...] | None = None
) -> ServiceForm:
    """The service that a submitted form says."""
    texts = form_parsing.texts(
        form,
        *("name", "slug", "category", "summary", "description", "included", "needed"),
        *("price_kind", "price", "price_unit", "tax", "duration"),
        *("buffer_before", "buffer_after", "notice", "horizon"),
        *("deposit_kind", "deposit", "confirmation"),
        *(
            "people_needed",
            "seats",
            "visits_per_day",
            "dependent_minutes",
            "dependent_price",
        ),
    )
    options = ordered_rows(
        form,
        "options",
        "key",
        *("name", "kind", "help", "required", "minimum", "maximum"),
        most=_MOST_OPTIONS,
    )
    return ServiceForm(
        **texts,
        photos=tuple(
            PhotoForm(key=row["key"], file_id=row["file"], alt=row["alt"])
            for row in ordered_rows(
                form, "photos", "alt", "key", "file", most=_MOST_PHOTOS
            )
        ),
        options=tuple(
            OptionForm(
                key=row["key"],
                name=row["name"],
                kind=row["kind"],
                help=row["help"],
                required=row["required"] == "on",
                minimum=row["minimum"],
                maximum=row["maximum"],
                choices=tuple(
                    ChoiceForm(**choice)
                    for choice in ordered_rows(
                        form,
                        f"options.{at}.choices",
                        "key",
                        *("name", "price", "minutes"),
                        most=_MOST_CHOICES,
                    )
                ),
            )
            for at, row in enumerate(options)
        ),
        dependent_types=tuple(
            str(_typed_booked_for(form, slug))
            for slug in form_parsing.ticked_group(form, "types", _MOST_KEYS)
        ),
        offered_types=offered_types,
        giftable=form_parsing.ticked(form, "giftable"),
        repeats=form_parsing.ticked(form, "repeats"),
        published=form_parsing.ticked(form, "published"),
    )


def _typed_booked_for(form: Form, slug: str) -> BookedFor:
    field = form_parsing.field(form, f"when.{slug}")[:_LONGEST_KEY]
    values = form_parsing.ticked_group(form, f"answers.{slug}", _MOST_ANSWERS)
    return BookedFor(slug, FieldCondition(field, values) if field else None)


class OfficeServiceState(AskingForm, rx.State):
    """The service at the address ``path``, if ``found``."""

    path: str = ""
    found: bool = False
    form: ServiceFormView = ServiceFormView()
    page: ServicePageView = NO_SERVICE_PAGE
    categories: list[tuple[str, str]] = []
    types: list[BookedForView] = []
    people: list[ServicePersonView] = []
    doing: list[str] = []
    leaders: list[tuple[str, str]] = []
    asked: list[str] = []
    tax: str = ""
    price_kind: str = "fixed"
    deposit_kind: str = "none"

    @property
    def _service_id(self) -> str:
        path = str(self.router.url.path).rstrip("/")
        return path.removeprefix(EDITOR_PREFIX)[:26]

    @event_for(*STAFF)
    async def load(self) -> None:
        """Show the service that the address names."""
        self._clear_messages()
        try:
            await self._read()
            self.found = True
        except NotFound:
            self.found = False
        self.path = str(self.router.url.path).rstrip("/")

    @event_for(*STAFF, weight=2)
    async def preview(self, form_data: dict[str, str]) -> None:
        """Show what is typed just now as customers would see it."""
        self.price_kind = form_parsing.field(form_data, "price_kind")
        self.deposit_kind = form_parsing.field(form_data, "deposit_kind")
        self.page = await worker.query(
            services.preview, actor(), self._service_id, typed_service(form_data)
        )

    @event_for(OFFICE)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store it, unless somebody else did meanwhile."""
        done = [toast("success", "The service is saved.")]
        typed = (self._service_id, form_data)
        async for step in self._save_page(form_data, done, _store, *typed):
            yield step

    @event_for(OFFICE)
    async def archive(self) -> EventSpec:
        """Offer it no more."""
        await worker.call(services.archive_service, actor(), self._service_id)
        await self._read()
        return toast("success", "The service is archived. Bookings stay.")

    @event_for(OFFICE)
    async def restore(self) -> EventSpec:
        """Take it into use again."""
        await worker.call(services.restore_service, actor(), self._service_id)
        await self._read()
        return toast("success", "The service is back, as it was.")

    async def _read(self) -> None:
        shown = await worker.query(_read_page, actor(), self._service_id)
        self.form, self.page = shown.form, shown.preview
        self.categories, self.types = shown.categories, shown.types
        self.people, self.asked, self.tax = shown.people, shown.asked, shown.tax
        self.leaders = [(one.id, one.name) for one in shown.people if one.does]
        self.doing = [one.id for one in shown.people if one.does]
        self.price_kind = shown.form.price_kind
        self.deposit_kind = shown.form.deposit_kind
