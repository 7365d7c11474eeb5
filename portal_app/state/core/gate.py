"""The gate: deny by default.

Every event from a browser passes here before its handler. It goes on only if
the handler declared an audience and the session behind the socket, looked up in
the database *now*, belongs to it. The session comes from the HttpOnly cookie of
the socket's handshake; nothing the client puts into an event authorises it.

A state belongs to a tab *and* a session: the guard makes the session a part of
the state's name, so a sign-in, a sign-out or a stolen client token leads to
another state. A session that ended elsewhere keeps its name until the browser
drops the cookie; the next hydration finds it empty.

What goes on has only arguments that the handler's signature names, of the types
it names (``portal_app.state.core.arguments``).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import reflex as rx
import structlog
from reflex.app import App
from reflex.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext
from sqlmodel import Session

from portal_app.domain.bookings import on_behalf
from portal_app.domain.business import permissions
from portal_app.domain.sign_in import session_lookup
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.errors import NotAllowed
from portal_app.kernel.features import Feature
from portal_app.kernel.ids import ID_LENGTH, new_id
from portal_app.state.core import outages, worker
from portal_app.state.core.access import (
    acting_as,
    audiences_of,
    feature_of,
    page_feature,
)
from portal_app.state.core.arguments import UnfitArguments, fitting_arguments
from portal_app.state.core.error_handlers import words_for
from portal_app.state.core.handshake import secret_hashes
from portal_app.state.core.session_watch import SessionWatch
from portal_app.state.core.toasts import ToastState, toast
from portal_app.state.core.viewer import ViewerState

log = structlog.get_logger("gate")

REFLEX_LIFECYCLE = frozenset(
    {
        "reflex___state____state.hydrate",
        "reflex___state____state.hydrate_and_load",
        "reflex___state____state.set_is_hydrated",
        "reflex___state____state.reflex___state____on_load_internal_state"
        ".on_load_internal",
        "reflex___state____state.reflex___state____on_load_internal_state"
        ".set_is_hydrated",
        "reflex___state____state"
        ".reflex___state____frontend_event_exception_state"
        ".handle_frontend_exception",
    }
)
"""Reflex's own events that every tab fires; they touch no data of ours."""

HYDRATE = frozenset(
    {
        "reflex___state____state.hydrate",
        "reflex___state____state.hydrate_and_load",
    }
)


_WHO = {
    Audience.CUSTOMER: ("customers", "a customer"),
    Audience.OFFICE: ("the office", "the office"),
    Audience.READER: ("the office", "the office"),
    Audience.NEWCOMER: ("the staff", "one of the staff"),
    Audience.FIELDWORKER: ("fieldworkers", "a fieldworker"),
}


_READ_ONLY = "You can look at everything here, and change nothing."
_CHANGES_ONLY = "This page is for those of the office who may change things."
_READS_PAGE = "load"
"""What every handler is called that fills in a page when it is opened."""


def _closed_words(tx: Session, who: Actor, feature: Feature) -> str:
    """Why a feature is refused; empty if it is not."""
    try:
        permissions.require_feature(tx, who, feature)
    except NotAllowed as refused:
        return refused.message
    return ""


def _wrong_audience(who: Actor, audiences: frozenset[Audience]) -> str:
    """Why somebody who is logged in is sent away."""
    named = dict.fromkeys(_WHO[one][0] for one in _WHO if one in audiences)
    meant = " and ".join(named)
    return f"This page is for {meant}. You are logged in as {_WHO[who.audience][1]}."


class Gate(Middleware):
    """The middleware that stands before every handler.

    Args:
        watch: Is told as whom each socket was answered.
    """

    def __init__(self, watch: SessionWatch | None = None) -> None:
        self._watch = watch

    async def preprocess(
        self,
        app: App,  # noqa: ARG002 - the shape of Reflex's middleware
        state: BaseState,
        event: Event,
    ) -> StateUpdate | None:
        """Let an event through, or answer it here.

        Args:
            app: The app.
            state: The state tree of the tab.
            event: The event the browser fired.

        Returns:
            ``None`` to go on to the handler; an update that ends the event
            otherwise.
        """
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(event_id=new_id())
        try:
            return await self._decide(state, event)
        except Exception as error:
            # Not raised: what the state was given on the way is kept and sent.
            await outages.tell(words_for(error))
            return StateUpdate()

    async def _decide(self, state: BaseState, event: Event) -> StateUpdate | None:
        acting_as(Actor())
        who = replace(
            await self._who(state),
            device_hashes=secret_hashes(state, "device"),
            visitor_hash=next(iter(secret_hashes(state, "visitor")), ""),
        )
        acting_as(who)
        if self._is_over(state, who) and event.name in HYDRATE:
            # The name of the state still fits the cookie; what is in it does not.
            state._get_root_state().reset()
        if event.name in HYDRATE:
            (await state.get_state(ToastState))._forget_old()
        registered = RegistrationContext.get().event_handlers.get(event.name)
        if registered is None:
            return self._undeclared()
        structlog.contextvars.bind_contextvars(handler=event.name)
        handler = registered.handler.fn
        if event.name not in REFLEX_LIFECYCLE:
            audiences = audiences_of(handler)
            if audiences is None:
                return self._undeclared()
            if who.audience is Audience.OFFICE and Audience.ON_BEHALF in audiences:
                who = await self._on_behalf(state, who)
                acting_as(who)
            # Whoever was signed in here until now is no visitor: they log in again.
            is_over = self._is_over(state, who) and Audience.PUBLIC not in audiences
            if is_over or not who.may(audiences):
                log.info("event refused", audience=str(who.audience))
                reads_page = handler.__name__ == _READS_PAGE
                return await self._refuse(state, who, audiences, reads_page=reads_page)
            feature = feature_of(handler)
            if feature is not None and (
                closed := await worker.query(_closed_words, who, feature)
            ):
                log.info("event of a feature that is off refused", feature=feature)
                return await self._refuse_feature(state, handler, feature, closed)
        try:
            fitting = fitting_arguments(handler, event.payload)
        except UnfitArguments as unfit:
            log.warning("arguments refused", kind=str(unfit.kind))
            events = Event.from_event_type(toast("error", unfit.message))
            return StateUpdate(events=events)
        event.payload.clear()
        event.payload.update(fitting)
        return None

    def _undeclared(self) -> StateUpdate:
        log.warning("undeclared handler refused")
        return StateUpdate()

    async def _who(self, state: BaseState) -> Actor:
        """The actor behind the socket; the guard left only the cookie's hash."""
        router = state.router
        device = str(router.headers.raw_headers.get("user-agent", ""))[:200]
        address = str(router.session.client_ip)
        token_hash = str(router.headers.cookie)
        if not token_hash:
            return Actor(address=address, device=device)
        who = await worker.run_in_thread(
            session_lookup.resolve_session, token_hash, address, device
        )
        if self._watch is not None:
            self._watch.note(str(router.session.session_id), token_hash, who)
        return who

    async def _on_behalf(self, state: BaseState, who: Actor) -> Actor:
        """Somebody of the office as the customer whose draft the address names.

        The office may open one for any customer: the address says for whom, and
        authorises nothing.
        """
        draft_id = state.router.url.query_parameters.get("draft", "")
        return await worker.query(on_behalf.acting_for, who, draft_id[:ID_LENGTH])

    def _is_over(self, state: BaseState, who: Actor) -> bool:
        """Whether the browser holds the cookie of a session that has ended."""
        return bool(state.router.headers.cookie) and who.session_id is None

    async def _refuse_feature(
        self,
        state: BaseState,
        handler: Callable[..., Any],
        feature: Feature,
        closed: str,
    ) -> StateUpdate:
        """Leave a page that is gone, or say why nothing happened on one that is not.

        A part of a page is simply not read: the page does not draw it.
        """
        if handler.__name__ != _READS_PAGE:
            return await self._answer(state, ViewerState.load, toast("error", closed))
        if page_feature(str(state.router.route_id)) is feature:
            home = rx.redirect("/", replace=True)
            return await self._answer(state, home, toast("info", closed))
        return StateUpdate()

    async def _refuse(
        self,
        state: BaseState,
        who: Actor,
        audiences: frozenset[Audience],
        *,
        reads_page: bool,
    ) -> StateUpdate:
        """Send the person where they can go on, and bring what they see up to date."""
        only_reads = who.audience is Audience.READER and Audience.OFFICE in audiences
        if only_reads and not reads_page:
            # On a page they may see: it stays.
            return await self._answer(state, toast("error", _READ_ONLY))
        if who.audience is Audience.NEWCOMER:
            return await self._answer(state, rx.redirect("/two-step", replace=True))
        here = str(state.router.url.path or "/")
        query = str(state.router.url.query or "")
        target = (
            f"/login?next={quote(here + (f'?{query}' if query else ''))}"
            # A guest sees one booking; for anything else it takes an account.
            if who.audience in (Audience.PUBLIC, Audience.GUEST)
            else "/"
        )
        # Replaced, or the browser's back button would lead here again and again.
        answer = [rx.redirect(target, replace=True)]
        if target == "/":
            words = _CHANGES_ONLY if only_reads else _wrong_audience(who, audiences)
            answer.append(toast("info", words))
        return await self._answer(state, *answer)

    async def _answer(self, state: BaseState, *answer: Any) -> StateUpdate:
        """Answer with other events, and bring what the browser has up to date."""
        root = state._get_root_state()
        delta = await root._get_resolved_delta()
        root._clean()
        return StateUpdate(delta=delta, events=Event.from_event_type([*answer]))
