"""Saving something that has a version, and what its form then says."""

from collections.abc import Awaitable
from typing import Any, Protocol

from portal_app.kernel.changes import Change, ChangedMeanwhile
from portal_app.kernel.errors import DomainError, NotFound
from portal_app.state import forms


class Editing(Protocol):
    """The vars of a state whose form saves something.

    ``seen`` is the version whose ``changes`` the person was shown, ``saved`` the
    request that was stored last.
    """

    errors: dict[str, str]
    problem: str
    changes: list[Change]
    seen: int
    saved: str
    pending: bool


def clear(state: Editing) -> None:
    """Forget what was said about the last attempt."""
    state.errors, state.problem, state.changes = {}, "", []
    state.seen, state.pending = 0, False


def is_repeated(state: Editing, form: Any) -> bool:
    """Whether this very form is stored already: a second click, or a replay."""
    request = forms.field(form, "request")
    return bool(request) and request == state.saved


async def attempt(state: Editing, saving: Awaitable[Any]) -> bool:
    """Carry a save out and say what came of it.

    Returns:
        Whether it was stored.
    """
    try:
        await saving
    except ChangedMeanwhile as refused:
        state.changes, state.seen = refused.changes, refused.version
    except NotFound:
        state.problem = "This is not there any more. It may have been removed."
    except DomainError as refused:
        state.errors, state.problem = forms.refusal(refused)
    else:
        return True
    finally:
        state.pending = False
    return False
