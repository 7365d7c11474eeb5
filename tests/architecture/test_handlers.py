"""Every remote endpoint is meant to be one, and says for whom."""

from reflex.state import BaseState
from reflex_base.registry import RegistrationContext

import portal_app.portal_app  # noqa: F401 - registers every state
from portal_app.state.core.access import audiences_of
from portal_app.state.core.gate import REFLEX_LIFECYCLE


def _all_states(root: type[BaseState] = BaseState) -> list[type[BaseState]]:
    found = []
    for state in root.__subclasses__():
        found += [state, *_all_states(state)]
    return found


def _is_ours(state: type[BaseState]) -> bool:
    return state.__module__.startswith("portal_app.")


def test_every_handler_of_our_states_declares_its_audience() -> None:
    undeclared = [
        f"{state.__module__}.{state.__name__}.{name}"
        for state in _all_states()
        if _is_ours(state)
        for name, handler in state.event_handlers.items()
        if name != "setvar" and name in vars(state) and audiences_of(handler.fn) is None
    ]
    assert undeclared == []


def test_our_states_are_flat_siblings() -> None:
    nested = [
        state.__name__
        for state in _all_states()
        if _is_ours(state) and state.__bases__[0].__name__ != "State"
    ]
    assert nested == []


def test_reflex_has_no_lifecycle_event_that_the_gate_does_not_know() -> None:
    registered = RegistrationContext.get().event_handlers
    reflex_own = {
        name
        for name, entry in registered.items()
        if not any(_is_ours(state) for state in entry.states)
        and audiences_of(entry.handler.fn) is None
    }
    refused = {name.rsplit(".", 1)[-1] for name in reflex_own - REFLEX_LIFECYCLE}
    assert reflex_own >= REFLEX_LIFECYCLE
    assert refused <= {"setvar", "update_vars_internal"}
