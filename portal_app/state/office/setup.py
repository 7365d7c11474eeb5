"""The first day: the steps in which a new business is made somebody's own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Literal

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.office import places, setup
from portal_app.domain.office.setup import (
    BUSINESS,
    LOOK,
    PLACE,
    SERVICES,
    STEPS,
    TEAM,
    TERMS,
    TRADE,
    SetupView,
    TeamForm,
)
from portal_app.kernel.errors import InvalidInput
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import OFFICE, STAFF, actor, event_for
from portal_app.state.core.submitted_form import SubmittedForm
from portal_app.state.office.logo import LogoForm

_MOST_SERVICES = 200
_DONE = "done"
_NO_TRADE = "none"
_PLACE_FIELDS = ("country", "currency", "timezone", "locale")


class OfficeSetupState(LogoForm, SubmittedForm, rx.State):
    """One step of the set-up; the address says which, the first open one without.

    ``example`` is a price and a date as the settings that are chosen would write
    them; ``trade`` the pack that is previewed.
    """

    loaded: bool = False
    step: str = ""
    setup: SetupView = SetupView()
    number: int = 0
    before: str = ""
    after: str = ""
    trade: str = ""
    countries: list[list[str]] = []
    currencies: list[list[str]] = []
    timezones: list[list[str]] = []
    locales: list[list[str]] = []
    country: str = ""
    currency: str = ""
    timezone: str = ""
    locale: str = ""
    example: str = ""

    @event_for(*STAFF)
    async def load(self) -> None:
        """Show the step that the address names, as it is stored."""
        self.errors, self.problem, self.pending = {}, "", False
        await self._read()
        asked = self.router.url.query_parameters.get("step", "")
        self._go_to(asked if asked in (*STEPS, _DONE) else self._next_open(""))
        self.loaded = True

    @event_for(OFFICE)
    def pick_trade(self, trade: str) -> None:
        """Preview another pack."""
        self.trade = trade

    @event_for(OFFICE)
    async def pick_country(self, country: str) -> None:
        """Suggest what fits another country."""
        try:
            await self._offer_places(country)
        except InvalidInput:
            return
        self.country = country
        self.currency = self.currencies[0][0]
        self.timezone = self.timezones[0][0]
        self.locale = self.locales[0][0]
        await self._show_example()

    @event_for(OFFICE)
    async def pick(
        self, name: Literal["currency", "timezone", "locale"], value: str
    ) -> None:
        """Choose money, clock or language by hand."""
        setattr(self, name, value)
        await self._show_example()

    @event_for(OFFICE)
    async def save(self, form_data: dict[str, str]) -> AsyncIterator[EventSpec | None]:
        """Store this step and go on to the next one that is open."""
        step = form_parsing.field(form_data, "step")
        store = _STORES.get(step)
        if store is None:
            return
        self._begin_submit()
        yield None
        stored = False
        with self._reported_errors():
            await store(form_data)
            stored = True
        if stored:
            await self._read()
            yield rx.redirect(f"/office/setup?step={self._next_open(step)}")

    async def _read(self) -> None:
        self.setup = await worker.query(setup.setup_view, actor())
        self.logo = self.setup.logo
        chosen = [one.key for one in self.setup.trades if one.chosen]
        self.trade = chosen[0] if chosen else ""
        self.countries = [list(pair) for pair in places.country_choices()]
        for name in _PLACE_FIELDS:
            setattr(self, name, getattr(self.setup, name))
        try:
            await self._offer_places(self.country)
        except InvalidInput:
            self.currencies, self.timezones, self.locales = [], [], []
        await self._show_example()

    async def _offer_places(self, country: str) -> None:
        found = await worker.compute(places.place_choices, country)
        self.currencies = [list(pair) for pair in found.currencies]
        self.timezones = [list(pair) for pair in found.timezones]
        self.locales = [list(pair) for pair in found.locales]
        if self.locale and self.locale not in {code for code, _ in found.locales}:
            self.locales.append([self.locale, self.locale])
        if self.timezone and self.timezone not in {zone for zone, _ in found.timezones}:
            self.timezones.append([self.timezone, self.timezone])

    async def _show_example(self) -> None:
        self.example = await worker.compute(
            setup.example, self.country, self.currency, self.timezone, self.locale
        )

    def _next_open(self, step: str) -> str:
        """The next step that is still to be decided, after this one if there is."""
        order = list(STEPS)
        at = order.index(step) + 1 if step in order else 0
        undecided = {one.key for one in self.setup.steps if not one.done}
        return next((one for one in order[at:] + order[:at] if one in undecided), _DONE)

    def _go_to(self, step: str) -> None:
        order = [*STEPS, _DONE]
        at = order.index(step)
        self.step, self.number = step, at + 1
        self.before = order[at - 1] if at else ""
        self.after = order[at + 1] if at + 1 < len(order) else ""


async def _store_trade(form: form_parsing.Form) -> None:
    trade = form_parsing.field(form, "trade")
    pack = "" if trade == _NO_TRADE else trade
    if not trade:
        raise InvalidInput({"trade": "Please choose one of these."})
    await worker.call(setup.choose_trade, actor(), pack)


def _settings(step: str, *names: str) -> Callable[[form_parsing.Form], Awaitable[None]]:
    async def store(form: form_parsing.Form) -> None:
        values = form_parsing.texts(form, *names)
        await worker.call(setup.save_business, actor(), step, values)

    return store


async def _store_services(form: form_parsing.Form) -> None:
    if form_parsing.field(form, "by_hand"):
        await worker.call(
            setup.add_service,
            actor(),
            form_parsing.field(form, "service"),
            form_parsing.field(form, "price"),
            form_parsing.field(form, "minutes"),
        )
        return
    ticked = form_parsing.ticked_group(form, "offer", _MOST_SERVICES)
    prices = {slug: form_parsing.field(form, f"price_{slug}") for slug in ticked}
    await worker.call(setup.offer_services, actor(), prices)


async def _store_team(form: form_parsing.Form) -> None:
    days = tuple(day for day in range(7) if form_parsing.ticked(form, f"day{day}"))
    await worker.call(
        setup.add_fieldworker,
        actor(),
        TeamForm(
            name=form_parsing.field(form, "name"),
            days=days,
            starts=form_parsing.field(form, "starts"),
            ends=form_parsing.field(form, "ends"),
        ),
    )


async def _store_terms(form: form_parsing.Form) -> None:
    await worker.call(
        setup.save_terms,
        actor(),
        form_parsing.field(form, "payment"),
        form_parsing.field(form, "cancellation"),
    )


_STORES: dict[str, Callable[[form_parsing.Form], Any]] = {
    TRADE: _store_trade,
    BUSINESS: _settings(BUSINESS, "name", "tagline", "email", "phone", "address"),
    PLACE: _settings(PLACE, *_PLACE_FIELDS),
    LOOK: _settings(LOOK, "accent_color"),
    SERVICES: _store_services,
    TEAM: _store_team,
    TERMS: _store_terms,
}
