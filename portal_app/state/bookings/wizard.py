"""The booking wizard: its steps, its options, and the summary of the draft."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.bookings import (
    carried_choices,
    confirmation,
    draft_owners,
    drafts,
    guest_bookings,
    queries,
    rules,
)
from portal_app.domain.bookings.rules import OVERVIEW, STEP_NAMES, TIME
from portal_app.domain.bookings.series import VisitsTaken
from portal_app.domain.bookings.views import (
    BookingAddressView,
    BookingDependentView,
    BookingView,
    DraftView,
    FreeTimeView,
)
from portal_app.domain.business import booking_rules, policies
from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.service import OnRequest
from portal_app.domain.catalogue.views import LineView, OptionView, ServiceView
from portal_app.domain.dependents.views import DocumentGapView
from portal_app.domain.fields.views import FieldView
from portal_app.domain.quotes import requests as quote_requests
from portal_app.domain.quotes.access import QUOTE_PREFIX
from portal_app.domain.scheduling import shop_window
from portal_app.domain.scheduling.shop_window import NotOpenYet
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    TooManyAttempts,
)
from portal_app.kernel.paths import MOST_PATH
from portal_app.state.core import worker
from portal_app.state.core.access import BOOKERS, actor, event_for
from portal_app.state.core.form_parsing import instant


@dataclass(frozen=True, slots=True)
class ChoiceCard:
    """One answer; ``adds`` says what it adds to price and duration."""

    key: str
    name: str
    adds: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """An option of the service, with what the draft answers.

    ``unit`` says what one more of a quantity adds.
    """

    key: str
    name: str
    help: str
    kind: str
    unit: str = ""
    quantity: int = 0
    least: int = 0
    most: int = 0
    choices: list[ChoiceCard] = field(default_factory=list)


def questions_of(service: ServiceView, draft: DraftView) -> list[Question]:
    """The options of a service as questions, with the answers of a draft."""
    return [
        _question(option, draft.answers.get(option.key)) for option in service.options
    ]


def _question(option: OptionView, answer: Any) -> Question:
    if option.kind == "quantity":
        unit = option.choices[0]
        return Question(
            key=option.key,
            name=option.name,
            help=option.help,
            kind=option.kind,
            unit=" · ".join(part for part in (unit.price, unit.minutes) if part),
            quantity=answer if isinstance(answer, int) else option.min_quantity,
            least=option.min_quantity,
            most=option.max_quantity,
        )
    chosen = set(answer) if isinstance(answer, list) else {answer}
    return Question(
        key=option.key,
        name=option.name,
        help=option.help,
        kind=option.kind,
        choices=[
            ChoiceCard(
                key=choice.key,
                name=choice.name,
                adds=" · ".join(
                    part for part in (choice.price, choice.minutes) if part
                ),
                chosen=choice.key in chosen,
            )
            for choice in option.choices
        ],
    )


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of this booking; ``done`` if it can be gone back to, or on to again."""

    key: str
    name: str
    done: bool
    here: bool


STEPS = tuple(STEP_NAMES)
WIZARD_PREFIX = "/book/"
DONE = "done"
CARRIED = {"again", "answers", "at", "with"}
"""Parameters of the address that bring choices along."""
COOKIE_TRIED = "visitor"
"""The parameter that says that the browser was given its secret just now."""
_UNKNOWN = "This option is not available."


class BookingWizardState(rx.State):
    """The wizard's frame, its summary, and the steps without state of their own.

    ``here`` is the address of the step, as a parameter of another page's address.
    ``phase`` is empty while loading, then ``open``, ``done`` or ``missing``, or
    ``looking`` for whoever only looks and has no draft to look at.
    ``draft_id`` is part of the address; it authorises nothing. ``asked`` differs
    whenever ``questions`` are to be drawn anew. ``on_request`` is what asks for a
    price, ``agreed`` the number of the quote whose price it has. ``before`` is the
    step that *Back* leads to. ``visiting`` is whoever has no
    account yet: ``purpose`` is the way back here for after they signed in, and
    ``leave`` where the browser gets the secret for its drafts; ``ticket`` lets whoever
    booked as a guest see that booking.
    """

    path: str = ""
    here: str = ""
    phase: str = ""
    step: str = ""
    steps: list[StepView] = []
    before: str = ""
    draft_id: str = ""
    visiting: bool = False
    leave: str = ""
    ticket: str = ""
    purpose: str = ""
    notice: str = ""
    problem: str = ""
    errors: dict[str, str] = {}

    on_request: bool = False
    agreed: str = ""
    name: str = ""
    image: str = ""
    image_alt: str = ""
    from_price: str = ""
    policy: list[str] = []
    request_text: str = ""
    clock: str = ""
    questions: list[Question] = []
    asked: int = 0

    lines: list[LineView] = []
    total: str = ""
    tax_note: str = ""
    deposit: str = ""
    duration: str = ""
    day: str = ""
    time: str = ""
    short_time: str = ""
    time_key: str = ""
    held_until: str = ""
    held_until_text: str = ""
    held_seconds: int = 0
    fieldworker: str = ""
    address_lines: list[str] = []
    access_notes: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    company: str = ""
    company_id: str = ""
    notes: str = ""
    for_whom: list[BookingDependentView] = []
    gaps: list[DocumentGapView] = []
    fields: list[FieldView] = []
    shown: dict[str, int] = {}

    confirming: bool = False
    nearest: list[FreeTimeView] = []
    booked: BookingView | None = None

    _answers: dict[str, Any] = {}
    _asked: list[str] = []
    _done: list[str] = []
    _chosen: tuple[str, str, str] = ("", "", "")
    _place: tuple[str, BookingAddressView] = ("", BookingAddressView())
    _proposed: bool = False
    _lost_time: bool = False

    @event_for(*BOOKERS)
    async def load(self) -> Any:
        """Rebuild the wizard from address, session and database."""
        return await self._rebuild()

    @event_for(*BOOKERS)
    async def answer(self, option_key: str, answer: str) -> EventSpec | None:
        """Answer an option of one choice, or say a quantity."""
        return await self._answer(option_key, answer)

    @event_for(*BOOKERS)
    async def tick(
        self, option_key: str, choice_key: str, on: bool
    ) -> EventSpec | None:
        """Add one of several choices, or take it away."""
        if not await self._stands_at("options"):
            return None
        kinds = {question.key: question.kind for question in self.questions}
        if kinds.get(option_key) != "several":
            self._show(problem=_UNKNOWN)
            return None
        given = self._answers.get(option_key, [])
        chosen = [key for key in given if key != choice_key]
        wanted = [*chosen, choice_key] if on else chosen
        return await self._answer(option_key, wanted)

    @event_for(*BOOKERS)
    async def next_from_options(self) -> EventSpec | None:
        """*Next* on the first step."""
        if not await self._stands_at("options"):
            return None
        if self.errors:
            # What was typed last is not in the draft, because it does not fit.
            self._show(problem="Please check the options.")
            return None
        try:
            draft = await worker.call(
                drafts.choose_options, actor(), self.draft_id, dict(self._answers)
            )
        except InvalidInput as wrong:
            self._show(errors=wrong.fields, problem=wrong.message)
            return None
        except Conflict as refused:
            return await self._refused(refused)
        self._take(draft)
        return self._go_on()

    @event_for(*BOOKERS)
    async def take_nearest_time(self, starts_at: str) -> EventSpec | None:
        """Take one of the nearest free times; the overview shows it again."""
        start = instant(starts_at)
        if not await self._stands_at("overview") or start is None:
            return None
        person = self._chosen[2] or None
        try:
            draft = await worker.call(
                drafts.choose_time, actor(), self.draft_id, start, person
            )
        except drafts.SlotGone as gone:
            self._show(problem=gone.message, nearest=gone.times)
            return None
        except Conflict as refused:
            return await self._refused(refused)
        self._take(draft)
        self._show(
            problem="",
            nearest=[],
            notice=f"Your time is now {draft.day}, {draft.time}. "
            "Please check the overview and confirm.",
        )
        return None

    @event_for(*BOOKERS, weight=5)
    async def confirm(self, shown: dict[str, int]) -> Any:
        """*Confirm booking*: book what the overview showed, once.

        Args:
            shown: ``shown`` of the overview that was looked at; a click that is
                replayed after a lost connection must not confirm another one.
        """
        if not await self._stands_at("overview"):
            return
        self._show(confirming=True, problem="", nearest=[], notice="")
        yield
        try:
            asked = actor(), self.draft_id, _shown_from(shown)
            if self.visiting:
                guest = await worker.run_in_thread(
                    guest_bookings.confirm_as_guest, *asked
                )
                self.ticket = guest.ticket
                return
            number = await worker.run_in_thread(confirmation.confirm, *asked)
            yield await self._finish(number, self.draft_id)
        except drafts.SlotGone as gone:
            self._show(problem=gone.message, nearest=gone.times)
        except VisitsTaken as taken:
            self._go(TIME)
            self._show(problem=taken.message)
            yield rx.redirect(self._address(TIME))
        except InvalidInput as missing:
            step = next(step for step in STEPS if step in missing.fields)
            found = await worker.query(drafts.get_draft, actor(), self.draft_id)
            self._take(found)
            self._go(step)
            words = missing.fields.get(step, missing.message)
            self._show(problem="" if words == found.notice else words)
            yield rx.redirect(self._address(step))
        except (confirmation.OverviewChanged, NotFound) as changed:
            found = await worker.query(drafts.get_draft, actor(), self.draft_id)
            self._take(found)
            self._show(problem=changed.message)
        except (Conflict, NotAllowed, TooManyAttempts) as refused:
            self._show(problem=refused.message)
        finally:
            # With a ticket the page is left; until then the button stays busy.
            self._show(confirming=bool(self.ticket))

    async def _rebuild(self) -> EventSpec | None:
        path = str(self.router.url.path).rstrip("/")
        asked = self.router.url.query_parameters
        if path != self.path:
            self.reset()
            self.path = path
        slug = path.removeprefix(WIZARD_PREFIX)
        self._show(visiting=actor().customer_id is None)
        if self.visiting and not draft_owners.is_visitor(actor()):
            return self._ask_for_secret(dict(asked))
        try:
            found, is_named = await self._find(slug, asked.get("draft", "")[:26])
            if found.number or found.sent:
                return await self._show_outcome(found)
            service, policy, clock = await worker.query(_service, actor(), slug)
        except (NotFound, Conflict, worker.LookingOnly) as refused:
            return await self._lead_elsewhere(slug, refused)
        except TooManyAttempts:
            return self._log_in_first()
        step = asked.get("step", "")
        if step not in STEPS:
            step = STEPS[0]
        carried = CARRIED & set(asked)
        if carried and not is_named:
            found = await self._with_choices(found, dict(asked))
            step = TIME if asked.get("again") else step
        self._take(found)
        self._show(
            name=service.name,
            image=service.image,
            image_alt=service.image_alt,
            from_price=service.from_price,
            policy=policy,
            request_text=service.request_text,
            clock=clock,
        )
        self._ask(questions_of(service, found))
        reachable = self._reachable(step)
        if reachable != self.step:
            self._leave_step()
        self._stand_at(reachable)
        self._show(phase="open", booked=None, leave="")
        if reachable != step or carried or COOKIE_TRIED in asked:
            return rx.redirect(self._address(self.step), replace=True)
        return None

    def _ask_for_secret(self, asked: dict[str, str]) -> EventSpec | None:
        """Let the browser get the secret by which it keeps drafts, and come back."""
        if COOKIE_TRIED in asked:
            return self._log_in_first()  # it takes no cookies
        here = f"{self.path}?{urlencode({**asked, COOKIE_TRIED: '1'})}"
        self._show(phase="", step="", leave=f"/api/visitor?{urlencode({'next': here})}")
        return None

    def _log_in_first(self) -> EventSpec:
        return rx.redirect(f"/login?{urlencode({'next': self.path})}", replace=True)

    async def _find(self, slug: str, named: str) -> tuple[DraftView, bool]:
        """The draft to go on with, and whether the address names it."""
        found = await worker.query(_draft_for, actor(), slug, named or self.draft_id)
        # Who comes anew wants to book anew, not to see what is booked.
        if found is None or ((found.number or found.sent) and not named):
            return await self._opened(slug), False
        return found, bool(named)

    async def _opened(self, slug: str) -> DraftView:
        if self.visiting:
            return await worker.run_in_thread(drafts.open_visitor_draft, actor(), slug)
        return await worker.call(drafts.open_draft, actor(), slug)

    async def _with_choices(self, draft: DraftView, asked: dict[str, str]) -> DraftView:
        """The draft with what the address brings along, as far as it can be had."""
        carried = carried_choices.CarriedChoices(
            again=asked.get("again", "")[:40],
            answers=_answers_from(asked.get("answers", "")),
            starts_at=instant(asked.get("at", "")),
            fieldworker_id=asked.get("with", "")[:26],
        )
        try:
            return await worker.call(carried_choices.carry, actor(), draft.id, carried)
        except (Conflict, worker.LookingOnly):
            return draft

    def _way_back(self, draft: DraftView) -> str:
        """The address of this wizard for another browser, with what was chosen.

        This browser goes on with the draft itself, which nobody else finds.
        """
        here = f"{self.path}?step=contact&draft={draft.id}"
        chosen: dict[str, str] = {}
        if draft.answers:
            chosen["answers"] = json.dumps(draft.answers, separators=(",", ":"))
        if draft.starts_at:
            chosen |= {"at": draft.starts_at, "with": draft.fieldworker_id}
        address = f"{here}&{urlencode(chosen)}" if chosen else here
        return address if len(address) <= MOST_PATH else here

    async def _lead_elsewhere(
        self, slug: str, refused: NotFound | Conflict | worker.LookingOnly
    ) -> EventSpec | None:
        """Go where a former address leads, or where it says why it cannot be booked."""
        if isinstance(refused, worker.LookingOnly):
            self._show(phase="looking", step="")
            return None
        if isinstance(refused, OnRequest | NotOpenYet):
            return rx.redirect(f"/services/{slug}", replace=True)
        if now := await worker.query(catalogue.present_slug, slug):
            return rx.redirect(WIZARD_PREFIX + now, replace=True)
        self._show(phase="missing", step="")
        return None

    async def _answer(self, option_key: str, answer: Any) -> EventSpec | None:
        if not await self._stands_at("options"):
            return None
        if option_key not in [question.key for question in self.questions]:
            self._show(problem=_UNKNOWN)
            return None
        errors = {key: text for key, text in self.errors.items() if key != option_key}
        try:
            draft = await worker.call(
                drafts.answer_option, actor(), self.draft_id, option_key, answer
            )
        except InvalidInput as wrong:
            self._show(
                errors=errors
                | {option_key: wrong.fields.get(option_key, wrong.message)}
            )
            return None
        except Conflict as refused:
            return await self._refused(refused)
        self._take(draft)
        self._show(errors=errors, problem="")
        return None

    async def _show_outcome(self, draft: DraftView) -> EventSpec | None:
        """Show what a draft became: a booking here, a quote on its own page."""
        if draft.number:
            return await self._finish(draft.number, draft.id)
        number = await worker.query(quote_requests.number_of, actor(), draft.id)
        return rx.redirect(f"{QUOTE_PREFIX}{number}", replace=True)

    async def _finish(self, number: str, draft_id: str) -> EventSpec | None:
        """Show the booking that grew from the draft, at its own address.

        Whoever booked as a guest sees it as the guest of that booking; whoever of
        the office booked for a customer goes back to the office's page of it.
        """
        if self.visiting:
            guest = await worker.call(
                guest_bookings.ticket_for_draft, actor(), draft_id
            )
            self._show(ticket=guest.ticket)
            return None
        if actor().on_behalf:
            return rx.redirect(f"/office/bookings/{number}", replace=True)
        booked = await worker.query(queries.get_booking, actor(), number)
        at_once = self.router.url.query_parameters.get("step") == DONE
        self.draft_id = draft_id
        self._leave_step()
        self._show(phase=DONE, step=DONE, booked=booked)
        return None if at_once else rx.redirect(self._address(DONE), replace=True)

    async def _refused(self, refused: Conflict) -> EventSpec | None:
        """Say why, or show the booking if another tab has confirmed it meanwhile."""
        found = await worker.query(drafts.get_draft, actor(), self.draft_id)
        if found.number or found.sent:
            return await self._show_outcome(found)
        self._show(problem=refused.message)
        return None

    def _ask(self, questions: list[Question]) -> None:
        """Draw the questions anew if their answers are not those drawn last.

        The browser keeps what is ticked by itself; ``asked`` counts the times it
        has to begin with what the draft says.
        """
        if self.questions != questions:
            self.questions = questions
            self.asked += 1

    async def _stands_at(self, step: str) -> bool:
        """Whether the page shows this step: late clicks of a step left count not.

        What was clicked while the server was away is replayed to one that has just
        started, before ``load``: then the address of the click says where it was.
        """
        if not self.phase:
            await self._rebuild()
        return self.phase == "open" and self.step == step

    def _reachable(self, step: str) -> str:
        """The step itself, or the first one before it that is not filled in.

        One that this booking is not asked gives way to the next.
        """
        at = STEPS.index(step)
        missing = (
            it for it in STEPS[:at] if it in self._asked and it not in self._done
        )
        following = next(it for it in STEPS[at:] if it in (*self._asked, OVERVIEW))
        return next(missing, following)

    def _go_on(self) -> EventSpec:
        """Go to the next step that is not filled in yet, at last to the overview."""
        order = [*self._asked, OVERVIEW]
        later = order[order.index(self.step) + 1 :]
        return self._go(next(step for step in later if not self._is_done(step)))

    def _is_done(self, step: str) -> bool:
        """Whether a step is filled in; a time nobody has chosen yet is not."""
        return step in self._done and not (step == TIME and self._proposed)

    def _go(self, step: str) -> EventSpec:
        step = self._reachable(step)
        # Drawn at once; the address follows, and is what a reload goes by.
        self._leave_step()
        self._stand_at(step)
        return rx.redirect(self._address(step))

    def _stand_at(self, step: str) -> None:
        """Show a step, and where it is among those of this booking."""
        order = [*self._asked, OVERVIEW]
        at = order.index(step) if step in order else 0
        self._show(
            step=step,
            here=quote(self._address(step), safe=""),
            before=order[at - 1] if at else "",
            steps=[
                StepView(
                    key=key,
                    name=STEP_NAMES[key],
                    done=key in self._done and key != step,
                    here=key == step,
                )
                for key in order
            ],
        )

    def _leave_step(self) -> None:
        self._show(errors={}, problem="", nearest=[])

    def _address(self, step: str) -> str:
        return f"{self.path}?step={step}&draft={self.draft_id}"

    def _take(self, draft: DraftView) -> None:
        """Show a draft as it now stands."""
        self._answers = dict(draft.answers)
        self._asked, self._done = list(draft.steps), list(draft.done)
        self._chosen = (draft.starts_at, draft.day_iso, draft.fieldworker_id)
        lost_now = draft.notice == drafts.TIME_UNAVAILABLE
        self._lost_time = not draft.starts_at and (self._lost_time or lost_now)
        self._proposed = self._proposed and bool(draft.starts_at)
        self._place = (draft.location_id, draft.address)
        self._show(
            purpose=quote(self._way_back(draft)) if self.visiting else "",
            draft_id=draft.id,
            on_request=draft.on_request,
            agreed=draft.agreed,
            notice=draft.notice,
            lines=draft.lines,
            total=draft.total,
            tax_note=draft.tax_note,
            deposit=draft.deposit,
            duration=draft.duration,
            day=draft.day,
            time=draft.time,
            short_time=draft.short_time,
            time_key=f"{draft.id} {draft.minutes}",
            held_until=draft.held_until,
            held_until_text=draft.held_until_text,
            held_seconds=draft.held_seconds,
            fieldworker=draft.fieldworker,
            address_lines=draft.address_lines,
            access_notes=draft.address.access_notes,
            contact_name=draft.contact_name,
            contact_email=draft.contact_email,
            contact_phone=draft.contact_phone,
            company=draft.company,
            company_id=draft.company_id,
            notes=draft.notes,
            for_whom=draft.for_whom,
            gaps=draft.gaps,
            fields=draft.fields,
            shown={
                "version": draft.shown.version,
                "total_minor": draft.shown.total_minor,
                "minutes": draft.shown.minutes,
            },
        )

    def _show(self, **values: Any) -> None:
        """Set what differs, so that nothing else goes over the wire."""
        for name, value in values.items():
            if getattr(self, name) != value:
                setattr(self, name, value)


def _draft_for(tx: Session, who: Actor, slug: str, draft_id: str) -> DraftView | None:
    """The draft an address names, if it is this customer's, for this service."""
    if not draft_id:
        return None
    try:
        found = drafts.get_draft(tx, who, draft_id)
    except NotFound:
        return None
    return found if found.service_slug == slug else None


def _answers_from(text: str) -> dict[str, Any]:
    """Answers that an address carries; none if they make no sense."""
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _service(tx: Session, who: Actor, slug: str) -> tuple[ServiceView, list[str], str]:
    """The service, the paragraphs of the policy, and whose clock times are on."""
    shop_window.require_open(tx, who)
    return (
        catalogue.service_view(tx, slug),
        booking_rules.terms_paragraphs(tx)
        + policies.policy_paragraphs(tx, policies.CANCELLATION),
        businesses.formats(tx).clock,
    )


def _shown_from(sent: Mapping[str, int]) -> rules.OverviewSnapshot:
    """What the browser says it showed; without a number it was never shown."""
    names = ("version", "total_minor", "minutes")
    return rules.OverviewSnapshot(*(sent.get(name, -1) for name in names))
