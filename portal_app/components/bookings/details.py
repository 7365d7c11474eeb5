"""The details of a booking: for whom it is, and what the service asks."""

from typing import Any

import reflex as rx

from portal_app.components.dependents.cards import dependent_picture
from portal_app.components.ui.buttons import link, text_link
from portal_app.components.ui.choices import check_card
from portal_app.components.ui.custom_fields import custom_fields, custom_values
from portal_app.components.ui.feedback import note
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import summary_list, summary_row
from portal_app.state.bookings.booked_for import BookedForState
from portal_app.state.bookings.wizard import BookingWizardState

_QUESTION = "Who is it for?"
_ERROR = "field-dependents-error"


def details_fields(asked: Any, errors: Any, *, of: Any, adds: Any = ()) -> rx.Component:
    """Draw the part of a form that asks for the details of a booking.

    Its handler takes ``state.core.form_parsing.details_form`` out of what was sent.

    Args:
        asked: A Var of an ``AskedView``.
        errors: A Var: field to sentence.
        of: Whose details these are; another value means other fields.
        adds: A Var of pairs: words, and the page where another one is added.

    Returns:
        One column; nothing where nothing is asked.
    """
    return rx.el.div(
        when(
            _asks_dependents(asked),
            dependents_choice(asked, errors["dependents"], adds),
        ),
        questions_fields(asked, errors, of=of),
        class_name="flex flex-col gap-6 empty:hidden",
    )


def questions_fields(asked: Any, errors: Any, *, of: Any) -> rx.Component:
    """Draw what the service asks, and what is asked of every customer.

    Arguments as ``details_fields``.
    """
    return rx.fragment(
        custom_fields(asked.fields, errors, of=of, within="details"),
        custom_fields(
            asked.about_you, errors, of=of, within="about_you", part="about_you."
        ),
    )


def details_facts(for_whom: Any, fields: Any) -> rx.Component:
    """Draw the details of a booking, to read.

    Args:
        for_whom: A Var of a list of ``ForWhomView``.
        fields: A Var of a list of ``FieldView``.

    Returns:
        Lists of facts.
    """
    return rx.el.div(
        when(
            for_whom.length() > 0,
            summary_list(summary_row("For", dependent_names(for_whom))),
        ),
        when(fields.length() > 0, custom_values(fields)),
        class_name="divide-y divide-line",
    )


def has_details(booking: Any) -> Any:
    """Whether there is anything to read.

    Args:
        booking: A Var with ``for_whom`` and ``fields``.
    """
    return (booking.for_whom.length() > 0) | (booking.fields.length() > 0)


def _asks_dependents(asked: Any) -> Any:
    return (asked.types.length() > 0) | (asked.dependents.length() > 0)


def dependents_choice(asked: Any, error: Any, adds: Any) -> rx.Component:
    """Draw whom or what a booking can be for, to tick, and where others are added.

    Args:
        asked: As for ``details_fields``.
        error: What is wrong, or an empty Var.
        adds: A Var of pairs: words, and the page where another one is added.
    """
    return rx.el.fieldset(
        rx.el.legend(
            _QUESTION,
            rx.el.span(
                "optional",
                class_name="ml-2 text-sm font-normal text-ink-faint",
                aria_hidden="true",
            ),
            class_name="field-label mb-2.5",
        ),
        rx.el.div(
            each(
                asked.dependents,
                lambda one: _card(one, asked.chosen.contains(one.id), error),
            ),
            each(adds, lambda add: _add_link(add[0], add[1])),
            class_name="grid gap-2.5 sm:grid-cols-2",
        ),
        rx.el.p(asked.note, class_name="field-help mt-2 empty:hidden", role="status"),
        rx.el.p(
            when(error, icon("circle-alert", "mt-0.5 size-4")),
            error,
            class_name="field-error mt-2 empty:hidden",
            role="alert",
            custom_attrs={"id": _ERROR},
        ),
        class_name="min-w-0",
        custom_attrs={"aria-describedby": when(error, _ERROR)},
    )


def _card(one: Any, chosen: Any, error: Any) -> rx.Component:
    card = check_card(
        one.name,
        name=joined("for.", one.id),
        value="on",
        text=rx.cond(
            one.archived,
            "Archived",
            when(
                one.notice,
                rx.el.span(one.notice, class_name="text-warning"),
                rx.el.span(one.summary, class_name="line-clamp-1"),
            ),
        ),
        picture=dependent_picture(one.picture_url, one.icon),
        default_checked=chosen,
        aria_invalid=when(error, "true", "false"),
    )
    # By its id: one that comes in between must not take over another one's tick.
    return rx.el.div(card, key=one.id, class_name="grid")


def _add_link(words: Any, page: Any) -> rx.Component:
    return link(
        rx.el.span(
            icon("plus", "size-4.5"),
            class_name=(
                "grid size-9 shrink-0 place-items-center rounded-xl bg-sunken "
                "text-ink-soft"
            ),
        ),
        words,
        href=page,
        class_name=(
            "flex min-h-14 items-center gap-3.5 rounded-2xl border border-dashed "
            "border-field-line px-4 py-3 font-semibold text-accent-ink "
            "hover:border-accent"
        ),
    )


def document_gaps() -> rx.Component:
    """Draw which papers will lack at the appointment of the wizard.

    The pages where they are added are the customer's own: the office that books for
    them has no links.
    """
    gaps = BookingWizardState.gaps

    def gap(one: Any) -> rx.Component:
        return rx.el.li(
            joined(one.name, ": ", one.text, ". "),
            rx.cond(
                BookedForState.customer.name == "",
                text_link(
                    "Add it on the page of ",
                    one.name,
                    href=joined(
                        "/dependents/",
                        one.dependent_id,
                        "?next=",
                        BookingWizardState.here,
                    ),
                    class_name="inline-flex min-h-11 items-center",
                ),
            ),
            class_name="wrap-anywhere",
        )

    return when(
        gaps.length() > 0,
        note(
            rx.el.ul(each(gaps, gap)),
            title="Please bring the documents up to date before the appointment",
            tone="warning",
            class_name="mb-6",
        ),
    )


def dependent_names(for_whom: Any) -> rx.Component:
    """Draw dependents by picture and name.

    Args:
        for_whom: A Var of a list of ``BookingDependentView``.
    """
    return rx.el.ul(
        each(
            for_whom,
            lambda one: rx.el.li(
                when(
                    one.id,
                    dependent_picture(one.picture_url, one.icon, "sm"),
                ),
                rx.el.span(one.name, class_name="min-w-0 wrap-anywhere"),
                class_name="flex items-center gap-2.5",
            ),
        ),
        class_name="flex flex-wrap gap-x-5 gap-y-2",
    )
