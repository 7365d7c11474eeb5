"""The last step of the wizard where the price is on request."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal_app.components.bookings.details import dependent_names, document_gaps
from portal_app.components.bookings.wizard import (
    address_block,
    review_part,
    step_heading,
)
from portal_app.components.ui.buttons import submit_button
from portal_app.components.ui.custom_fields import custom_values
from portal_app.components.ui.fields import textarea_field
from portal_app.components.ui.file_input import file_field
from portal_app.components.ui.forms import form
from portal_app.components.ui.logic import each, when
from portal_app.components.ui.surfaces import card
from portal_app.domain.files.rules import QUOTE
from portal_app.domain.quotes.rules import MAX_FILES
from portal_app.state.bookings.wizard import BookingWizardState
from portal_app.state.quotes.request import WizardRequestState

_book = BookingWizardState


def request_overview(
    address: Callable[..., Any], actions: Callable[..., rx.Component]
) -> rx.Component:
    """Draw what a price is asked for, what else to say, and *Send request*.

    Args:
        address: Gives the address of a step.
        actions: Draws the buttons of a step around the main one.
    """
    errors = WizardRequestState.errors
    return rx.el.div(
        step_heading(
            "Overview",
            "We answer with a quote. Nothing is agreed until you accept it.",
        ),
        document_gaps(),
        card(
            when(
                _book.lines.length() > 1,
                review_part(
                    "Options",
                    rx.el.ul(
                        each(
                            _book.lines,
                            lambda line, at: when(at > 0, rx.el.li(line.description)),
                        )
                    ),
                    edit=address("options"),
                ),
            ),
            when(
                _book.for_whom.length() > 0,
                review_part(
                    "Who it is for",
                    dependent_names(_book.for_whom),
                    edit=address("who"),
                ),
            ),
            review_part(
                "Address",
                address_block(_book.address_lines),
                edit=address("address"),
            ),
            review_part(
                "Contact details",
                when(
                    _book.company,
                    rx.el.p("For ", _book.company, class_name="font-semibold"),
                ),
                rx.el.p(_book.contact_name),
                rx.el.p(_book.contact_email, class_name="text-ink-soft"),
                when(
                    _book.contact_phone,
                    rx.el.p(_book.contact_phone, class_name="text-ink-soft"),
                ),
                edit=address("contact"),
            ),
            review_part(
                "Details",
                when(_book.fields.length() > 0, custom_values(_book.fields)),
                rx.el.p(
                    when(_book.notes, _book.notes, "No notes"),
                    class_name="whitespace-pre-line text-ink-soft",
                ),
                edit=address("questions"),
            ),
            padded=False,
            class_name="divide-y divide-line px-5 sm:px-6",
        ),
        form(
            rx.el.input(
                type="hidden",
                name="shown",
                value=_book.shown["version"],
                read_only=True,
            ),
            textarea_field(
                "When would it suit you?",
                "preferred_times",
                error=errors["preferred_times"],
                help="In your words, such as “Thursday mornings”.",
                required=False,
                rows=2,
            ),
            rx.el.fieldset(
                rx.el.legend(
                    "Photos or plans", class_name="mb-3.5 text-lg font-semibold"
                ),
                rx.el.div(
                    *[
                        file_field(
                            f"File {at + 1}", f"files.{at}", QUOTE, required=False
                        )
                        for at in range(MAX_FILES)
                    ],
                    rx.el.p(
                        errors["files"],
                        class_name="field-error empty:hidden",
                        role="alert",
                    ),
                    class_name="flex flex-col gap-5",
                ),
                class_name="min-w-0",
            ),
            actions(submit_button("Send request", pending=WizardRequestState.pending)),
            on_submit=WizardRequestState.send,
            problem=WizardRequestState.problem,
            reset_on_submit=False,
            class_name="mt-7 flex flex-col gap-6",
        ),
        class_name="max-w-3xl",
    )
