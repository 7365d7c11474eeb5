"""What the states of all forms share: being busy, and what came of a submission."""

from collections.abc import Iterator
from contextlib import contextmanager

import reflex as rx

from portal_app.kernel.errors import DomainError
from portal_app.state.core import form_parsing


class SubmittedForm(rx.State, mixin=True):
    """The vars of a form; a handler yields between the two methods.

    ``errors`` has a sentence for each wrong field, ``problem`` one for the form as
    a whole, and ``pending`` says whether an answer is still to come.
    """

    errors: dict[str, str] = {}
    problem: str = ""
    pending: bool = False

    def _begin_submit(self) -> None:
        """Forget the last attempt and show the form as busy."""
        self.errors, self.problem, self.pending = {}, "", True

    @contextmanager
    def _reported_errors(self) -> Iterator[None]:
        """Show what the domain refuses inside, and end being busy."""
        try:
            yield
        except DomainError as error:
            self.errors, self.problem = form_parsing.refusal(error)
        finally:
            self.pending = False
