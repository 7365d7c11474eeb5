"""The wizard's forms: where to come, and whom to ask for."""

from typing import Any

import reflex as rx

from .address import access_field, address_fields, place_name_field
from .booking_wizard import keep_typed, lines_of_text
from .choices import choice_group, radio_card
from .fields import (
    email_field,
    phone_field,
    select_field,
    text_field,
    textarea_field,
)
from .icon import icon
from .logic import each, equal, is_var, joined, when

NEW = "new"
_ONLY_IF_NEW = "hidden group-has-[input[value=new]:checked]/place:block"


def place_form(
    places: Any,
    chosen: Any,
    *,
    errors: Any,
    on_submit: Any,
    name: Any,
    end: Any,
) -> rx.Component:
    """Draw the saved places as cards, and the form for a new one.

    The form unfolds by the style sheet when *New address* is chosen, so that it
    stays mounted and what was typed into it is kept.

    Args:
        places: A Var of a list of objects with ``id``, ``label`` and ``lines``.
        chosen: The id of the chosen place, or ``new``.
        errors: A Var: field to sentence.
        on_submit: The event that gets the form.
        name: Under which name what was typed is kept.
        end: What follows the fields.

    Returns:
        A ``form``.
    """
    some = places.length() > 0

    def card(place: Any) -> rx.Component:
        return radio_card(
            when(place.label, place.label, place.lines[0]),
            name="location",
            value=place.id,
            text=when(
                place.label,
                lines_of_text(place.lines),
                lines_of_text(place.lines[1:]),
            ),
            picture=icon("map-pin", "text-ink-faint"),
            default_checked=equal(place.id, chosen),
        )

    return rx.el.form(
        when(
            some,
            rx.el.div(
                choice_group(
                    "Where should we come?",
                    each(places, card),
                    radio_card(
                        "New address",
                        name="location",
                        value=NEW,
                        picture=icon("plus", "text-ink-faint"),
                        default_checked=equal(chosen, NEW),
                    ),
                    columns="sm:grid-cols-2",
                ),
                class_name="mb-6",
            ),
        ),
        rx.el.fieldset(
            rx.el.legend("New address", class_name="sr-only"),
            address_fields(None, errors),
            rx.el.div(
                place_name_field(errors),
                access_field(errors),
                class_name="mt-5 flex flex-col gap-5",
            ),
            class_name=when(some, f"{_ONLY_IF_NEW} min-w-0", "min-w-0"),
        ),
        keep_typed(joined(name, "-address")),
        end,
        keep_typed(joined(name, "-address")),
        on_submit=on_submit,
        reset_on_submit=False,
        class_name="group/place",
        no_validate=True,
    )


def contact_form(
    person: str | Any,
    email: Any,
    phone: Any,
    notes: Any,
    *,
    errors: Any,
    on_submit: Any,
    name: Any,
    end: Any,
    before: Any = None,
    companies: Any = (),
    company: Any = "",
) -> rx.Component:
    """Draw whom to ask for on the day, and anything worth knowing.

    Args:
        person: The name as the draft or the profile has it.
        email: Likewise.
        phone: Likewise.
        notes: What was noted so far.
        errors: A Var: field to sentence.
        on_submit: The event that gets the form.
        name: Under which name what was typed is kept.
        end: What follows the fields.
        before: What else is asked, above.
        companies: Pairs of id and name: business profiles to book for.
        company: The id of the chosen one, or empty.

    Returns:
        A ``form``.
    """
    return rx.el.form(
        *([before] if before is not None else []),
        when(
            companies.length() > 0,
            _booking_for(companies, company, errors["company"]),
        )
        if is_var(companies)
        else rx.fragment(),
        rx.el.div(
            text_field(
                "Name",
                "name",
                error=errors["name"],
                default_value=person,
                auto_complete="name",
                class_name="sm:col-span-2",
            ),
            email_field(error=errors["email"], default_value=email),
            phone_field(error=errors["phone"], default_value=phone, required=False),
            textarea_field(
                "Notes for the visit",
                "notes",
                error=errors["notes"],
                help="Anything we should know: pets, allergies, what matters most.",
                required=False,
                rows=3,
                default_value=notes,
                class_name="sm:col-span-2",
            ),
            class_name="grid gap-x-4 gap-y-5 sm:grid-cols-2",
        ),
        end,
        keep_typed(joined(name, "-contact")),
        on_submit=on_submit,
        reset_on_submit=False,
        class_name="group/for",
        no_validate=True,
    )


def _booking_for(companies: Any, company: Any, error: Any) -> rx.Component:
    return rx.el.div(
        choice_group(
            "Personal or business?",
            radio_card(
                "Personal",
                name="booking_for",
                value="personal",
                picture=icon("user-round", "text-ink-faint"),
                default_checked=equal(company, ""),
            ),
            radio_card(
                "Business",
                name="booking_for",
                value="business",
                picture=icon("building-2", "text-ink-faint"),
                default_checked=~equal(company, ""),
            ),
            columns="sm:grid-cols-2",
        ),
        select_field(
            "Business profile",
            "company",
            companies,
            error=error,
            default_value=company,
            class_name="hidden group-has-[input[value=business]:checked]/for:flex!",
        ),
        class_name="mb-6 flex flex-col gap-5",
        key=company,
    )
