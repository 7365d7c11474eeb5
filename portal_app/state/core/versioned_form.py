"""Save something that has a version, and report the outcome to its form."""

from collections.abc import Awaitable
from typing import Any, Protocol

from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.errors import DomainError, NotFound
from portal_app.state.core import form_parsing


class VersionedFormVars(Protocol):
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


def clear_messages(state: VersionedFormVars) -> None:
    """Forget what was said about the last attempt."""
    state.errors, state.problem, state.changes = {}, "", []
    state.seen, state.pending = 0, False


def is_repeated(state: VersionedFormVars, form: Any) -> bool:
    """Whether this very form is stored already: a second click, or a replay."""
    request = form_parsing.field(form, "request")
    return bool(request) and request == state.saved


async def try_save(state: VersionedFormVars, saving: Awaitable[Any]) -> bool:
    """Carry a save out and say what came of it.

    Returns:
        Whether it was stored.
    """
    try:
        await saving
    except EditConflict as refused:
        state.changes, state.seen = refused.changes, refused.version
    except NotFound:
        state.problem = "This is not there any more. It may have been removed."
    except DomainError as refused:
        state.errors, state.problem = form_parsing.refusal(refused)
    else:
        return True
    finally:
        state.pending = False
    return False
