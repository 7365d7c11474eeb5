"""Every remote endpoint is meant to be one, and says for whom."""

from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from reflex.state import BaseState, State
from reflex_base.registry import RegistrationContext

import portal_app.portal_app  # noqa: F401 - registers every state
from portal_app.state.core.access import CUSTOMER, OFFICE, audiences_of, event_for
from portal_app.state.core.collection import CollectionSpec, archivable_collection
from portal_app.state.core.gate import REFLEX_LIFECYCLE
from tests.support.fuzzed_events import Endpoint, endpoints


def _all_states(root: type[BaseState] = BaseState) -> list[type[BaseState]]:
    found = []
    for state in root.__subclasses__():
        found += [state, *_all_states(state)]
    return found


def _is_ours(state: type[BaseState]) -> bool:
    return state.__module__.startswith("portal_app.")


def _our_states() -> list[type[BaseState]]:
    """What a browser can reach; mixins have no name of their own there."""
    return [state for state in _all_states() if _is_ours(state) and not state._mixin]


def _our_mixins() -> list[type[BaseState]]:
    return [state for state in _all_states() if _is_ours(state) and state._mixin]


def _undeclared(state: type[BaseState]) -> list[str]:
    return [
        f"{state.__module__}.{state.__name__}.{name}"
        for name, handler in state.event_handlers.items()
        if name != "setvar" and audiences_of(handler.fn) is None
    ]


def _undeclared_by_mixin(mixin: type[BaseState]) -> list[str]:
    # A mixin registers nothing; its public functions become handlers of every
    # state that takes it.
    return [
        f"{mixin.__module__}.{mixin.__name__}.{name}"
        for name, fn in vars(mixin).items()
        if mixin._item_is_event_handler(name, fn) and audiences_of(fn) is None
    ]


def test_every_handler_of_our_states_declares_its_audience() -> None:
    assert [name for state in _our_states() for name in _undeclared(state)] == []


def test_every_handler_of_our_mixins_declares_its_audience() -> None:
    assert [name for one in _our_mixins() for name in _undeclared_by_mixin(one)] == []


def test_an_undeclared_handler_of_a_mixin_is_found() -> None:
    class Careless(State, mixin=True):
        @event_for(CUSTOMER)
        def declared(self) -> None:
            pass

        def undeclared(self) -> None:
            pass

    # Defined in a copy of the registry, or later tests would find the state.
    with RegistrationContext.get().fork():

        class CarelessState(Careless, State):
            pass

    handlers = CarelessState.event_handlers
    assert audiences_of(handlers["declared"].fn) == frozenset({CUSTOMER})
    assert [name.rsplit(".")[-1] for name in _undeclared(CarelessState)] == [
        "undeclared"
    ]
    assert _undeclared_by_mixin(Careless) == [f"{__name__}.Careless.undeclared"]


def test_one_mixin_declares_the_audience_of_each_state_by_itself() -> None:
    made = [archivable_collection(_no_spec, one) for one in (CUSTOMER, OFFICE)]
    found = [audiences_of(vars(mixin)["move"]) for mixin in made]
    assert found == [frozenset({CUSTOMER}), frozenset({OFFICE})]


def _no_spec(_state: object) -> CollectionSpec:
    raise NotImplementedError


def _untyped(endpoint: Endpoint) -> list[str]:
    return [
        f"{endpoint.name}: {name}: {annotation}"
        for name, annotation in endpoint.parameters.items()
        if not _says_all(annotation)
    ]


def _says_all(annotation: Any) -> bool:
    """Whether a type leaves nothing open that the browser could fill in."""
    if annotation in {str, int, bool, float}:
        return True
    if get_origin(annotation) is Literal:
        return True
    return get_origin(annotation) in {dict, list} and all(
        map(_says_all, get_args(annotation))
    )


def test_every_argument_of_a_handler_has_a_type_that_says_all() -> None:
    known = endpoints()
    assert [wrong for one in known for wrong in _untyped(one)] == []
    assert sum(len(one.parameters) for one in known) > 60


@pytest.mark.parametrize(
    "annotation",
    [Any, object, dict, list, dict[str, Any], list[dict], str | None, Path],
)
def test_a_type_that_leaves_something_open_is_found(annotation: Any) -> None:
    def handler(self: object, given: Any) -> None:
        pass

    loose = Endpoint("state.handler", handler, frozenset(), {"given": annotation})
    assert _untyped(loose) == [f"state.handler: given: {annotation}"]


def test_our_states_are_flat_siblings() -> None:
    nested = [
        state.__name__
        for state in _our_states()
        if state.get_parent_state() is not State
        or any(not base._mixin and base is not State for base in state.__bases__)
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
