"""The form of a service, with its rows, and what tells of what is typed."""

from typing import Any

import reflex as rx

from portal_app.components.office.field_editor import ShownWhen
from portal_app.components.office.team import outside_notice
from portal_app.components.ui.buttons import submit_button, text_link
from portal_app.components.ui.choices import choice_input
from portal_app.components.ui.fields import (
    checkbox_field,
    select_field,
    text_field,
    textarea_field,
)
from portal_app.components.ui.forms import (
    conflict_notice,
    form,
    saved_version_button,
    sticky_actions,
    unsaved_changes_guard,
)
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import fields_card
from portal_app.domain.catalogue.checks import (
    CONFIRMATIONS,
    MAX_OPTIONS,
    MAX_PHOTOS,
    PRICE_KINDS,
)
from portal_app.domain.catalogue.services import DEPOSIT_KINDS
from portal_app.state.office.service_editor import OfficeServiceState

_STATE = OfficeServiceState


class PhotoRows(rx.Component):
    """Photos that are added, ordered, described and taken away."""

    library = "$/public/react/photo_rows.jsx"
    tag = "PhotoRows"

    initial: rx.Var[Any]
    errors: rx.Var[dict[str, str]]
    most: rx.Var[int]
    saved: rx.Var[str]


class OptionRows(rx.Component):
    """Options that are added, ordered and taken away, with their choices."""

    library = "$/public/react/option_rows.jsx"
    tag = "OptionRows"

    initial: rx.Var[Any]
    errors: rx.Var[dict[str, str]]
    currency: rx.Var[str]
    most: rx.Var[int]
    saved: rx.Var[str]


def _form_data(typed: rx.Var[dict[str, str]]) -> list[rx.Var[dict[str, str]]]:
    return [typed]


class LivePreview(rx.Component):
    """Stands in a form and tells what is typed, a moment after."""

    library = "$/public/react/live_preview.jsx"
    tag = "LivePreview"

    on_change: rx.EventHandler[_form_data]


def service_editor() -> rx.Component:
    """Draw the form of the service that the state has."""
    return form(
        conflict_notice(
            _STATE.changes,
            "Somebody else changed this service",
            again=saved_version_button(),
        ),
        _words(),
        _photos(),
        _price(),
        _time(),
        _options(),
        _whom(),
        _booking(),
        outside_notice(_STATE),
        sticky_actions(
            rx.el.label(
                rx.el.input(
                    type="checkbox",
                    name="published",
                    default_checked=_STATE.form.published,
                    class_name="tick",
                ),
                "Published",
                class_name="flex min-h-11 flex-1 items-center gap-3 font-semibold",
            ),
            rx.el.a(
                "Preview",
                href="#preview",
                class_name="btn btn-secondary xl:hidden",
            ),
            submit_button(
                rx.cond(_STATE.asks, "Save anyway", "Save"), pending=_STATE.pending
            ),
        ),
        unsaved_changes_guard(
            _STATE.saved, "", version=_STATE.form.version, seen=_STATE.seen
        ),
        LivePreview.create(on_change=_STATE.preview),
        on_submit=_STATE.save,
        problem=_STATE.problem,
        class_name="@container group/form flex flex-col gap-6",
        reset_on_submit=False,
    )


def _pair(*fields: Any) -> rx.Component:
    return rx.el.div(*fields, class_name="grid gap-5 @lg:grid-cols-2 @lg:gap-4")


def _text(label: str, name: str, **props: Any) -> rx.Component:
    return text_field(
        label,
        name,
        error=_STATE.errors[name],
        default_value=getattr(_STATE.form, name),
        auto_complete="off",
        **props,
    )


def _number(label: str, name: str, *, decimal: bool = False, **props: Any) -> Any:
    mode = "decimal" if decimal else "numeric"
    return _text(label, name, input_mode=mode, **props)


def _paragraphs(label: str, name: str, **props: Any) -> rx.Component:
    return textarea_field(
        label,
        name,
        error=_STATE.errors[name],
        default_value=getattr(_STATE.form, name),
        required=False,
        **props,
    )


def _words() -> rx.Component:
    return fields_card(
        "Name and words",
        _pair(
            _text("Name", "name"),
            select_field(
                "Category",
                "category",
                _STATE.categories,
                error=_STATE.errors["category"],
                default_value=_STATE.form.category,
            ),
        ),
        _text(
            "Address",
            "slug",
            help=joined(
                "The end of its page's address: /services/",
                _STATE.form.slug,
                ". Former addresses keep leading here.",
            ),
            auto_capitalize="none",
            spell_check=False,
        ),
        _text("Summary", "summary", required=False, help="One sentence, for lists."),
        _paragraphs(
            "Description", "description", rows=6, help="An empty line parts paragraphs."
        ),
        _pair(
            _paragraphs("What is included", "included", help="One thing a line."),
            _paragraphs("What is needed", "needed", help="One thing a line."),
        ),
    )


def _photos() -> rx.Component:
    return fields_card(
        "Photos",
        PhotoRows.create(
            initial=_STATE.form.photos,
            errors=_STATE.errors,
            most=MAX_PHOTOS,
            saved=_STATE.saved,
        ),
        text="Say what each shows, for those who do not see it.",
    )


def _price() -> rx.Component:
    priced = _STATE.price_kind != "on_request"
    return fields_card(
        "Price",
        rx.el.fieldset(
            rx.el.legend("How the price is meant", class_name="field-label mb-1.5"),
            rx.el.div(
                *[
                    _choice("price_kind", key, words, _STATE.form.price_kind)
                    for key, words in PRICE_KINDS.items()
                ],
                class_name="choice-row",
            ),
        ),
        when(
            priced,
            rx.fragment(),
            rx.el.p(
                "Customers see “Price on request” and ask you for a quote, which you "
                "answer under “Quotes”.",
                class_name="text-ink-soft",
            ),
        ),
        rx.el.div(
            _pair(
                _number(
                    joined("Amount (", _STATE.form.currency, ")"), "price", decimal=True
                ),
                rx.el.div(
                    _text(
                        "Words after the price",
                        "price_unit",
                        required=False,
                        placeholder="per visit",
                    ),
                    class_name=rx.cond(_STATE.price_kind == "per_hour", "hidden", ""),
                ),
            ),
            class_name=rx.cond(priced, "", "hidden"),
        ),
        _number(
            "Tax in percent",
            "tax",
            decimal=True,
            required=False,
            class_name="@lg:max-w-[calc(50%-0.5rem)]",
            help=joined("Empty for the business's: ", _STATE.tax, "."),
        ),
        rx.el.p(
            "Customers see: ",
            rx.el.strong(
                when(_STATE.page.service.is_from, "From ", ""),
                _STATE.page.service.from_price,
                " ",
                _STATE.page.service.price_unit,
            ),
            when(
                _STATE.page.service.tax_note,
                rx.el.span(" ", _STATE.page.service.tax_note),
            ),
            class_name="rounded-xl bg-sunken px-4 py-3",
            role="status",
        ),
    )


def _choice(name: str, key: str, words: str, stored: Any) -> rx.Component:
    return rx.el.label(
        choice_input(
            "radio",
            value=key,
            name=name,
            default_checked=stored == key,
            class_name="tick",
        ),
        rx.el.span(words),
        class_name="choice choice-small",
    )


def _time() -> rx.Component:
    return fields_card(
        "Time",
        _number(
            "Duration (minutes)",
            "duration",
            class_name="@lg:max-w-[calc(50%-0.5rem)]",
        ),
        _pair(
            _number("Buffer before (minutes)", "buffer_before", required=False),
            _number("Buffer after (minutes)", "buffer_after", required=False),
        ),
        _pair(
            _number(
                "Notice (hours)",
                "notice",
                decimal=True,
                required=False,
                help="Empty for the business's.",
            ),
            _number(
                "How far ahead (days)",
                "horizon",
                required=False,
                help="Empty for the business's.",
            ),
        ),
        _number(
            "Places in a class",
            "seats",
            required=False,
            class_name="@lg:max-w-[calc(50%-0.5rem)]",
            help=(
                "Empty for visits. A class takes place when you schedule it, and "
                "several customers book it."
            ),
        ),
        _pair(
            _number(
                "People needed",
                "people_needed",
                help="How many do a visit together.",
            ),
            _number(
                "Visits a day at most",
                "visits_per_day",
                required=False,
                help="Empty for any number.",
            ),
        ),
    )


def _options() -> rx.Component:
    return fields_card(
        "Options",
        OptionRows.create(
            initial=_STATE.form.options,
            errors=_STATE.errors,
            currency=_STATE.form.currency,
            most=MAX_OPTIONS,
            saved=_STATE.saved,
        ),
        text="What customers choose, and what each choice adds.",
    )


def _ticks(label: str, group: str, entries: Any, draw: Any) -> rx.Component:
    def tick(one: Any) -> rx.Component:
        key, words, ticked = draw(one)
        return rx.el.label(
            rx.el.input(
                type="checkbox",
                name=joined(f"{group}.", key),
                default_checked=ticked,
                class_name="tick",
            ),
            rx.el.span(words, class_name="wrap-anywhere"),
            class_name="choice choice-small",
        )

    return rx.el.fieldset(
        rx.el.legend(label, class_name="field-label mb-1.5"),
        rx.el.div(each(entries, tick), class_name="choice-row"),
        class_name="min-w-0",
    )


def _booked_for() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Booked for", class_name="field-label mb-1.5"),
        rx.el.div(each(_STATE.types, _booked_type), class_name="flex flex-col gap-3"),
        rx.el.p(
            _STATE.errors["dependent_types"],
            class_name="field-error mt-2 empty:hidden",
            role="alert",
        ),
        class_name="min-w-0",
    )


def _booked_type(one: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                name=joined("types.", one.slug),
                default_checked=one.ticked,
                class_name="tick",
            ),
            rx.el.span(one.plural, class_name="wrap-anywhere"),
            class_name="choice choice-small w-fit",
        ),
        when(
            one.fields.length() > 0,
            rx.el.div(
                ShownWhen.create(
                    fields=one.fields,
                    own="",
                    initial=one.shown_when,
                    values=one.shown_values,
                    error="",
                    part=joined("when.", one.slug),
                    answers=joined("answers.", one.slug),
                    label=joined("Which ", one.plural),
                    always="All of them",
                    key=joined(one.slug, _STATE.saved),
                ),
                # Only under a type that is ticked.
                class_name=(
                    "mt-3 hidden border-l-2 border-line pl-4 "
                    "in-[.booked-for:has(>label>input:checked)]:block"
                ),
            ),
        ),
        class_name="booked-for",
        key=one.slug,
    )


def _whom() -> rx.Component:
    return fields_card(
        "Whom it is for, and who does it",
        when(
            _STATE.types.length() > 0,
            _booked_for(),
        ),
        when(
            _STATE.types.length() > 0,
            _pair(
                _number(
                    "Each further one takes (minutes)",
                    "dependent_minutes",
                    required=False,
                    help="Where a visit is for several of them.",
                ),
                _number(
                    joined("Each further one costs (", _STATE.form.currency, ")"),
                    "dependent_price",
                    decimal=True,
                    required=False,
                ),
            ),
        ),
        when(
            _STATE.people.length() > 0,
            _ticks(
                "Who does it",
                "people",
                _STATE.people,
                lambda one: (one.id, one.name, one.does),
            ),
            rx.el.p("Nobody works here yet.", class_name="text-ink-soft"),
        ),
        rx.el.input(
            type="hidden",
            name="people_before",
            value=_STATE.doing.join(" "),
            read_only=True,
        ),
        rx.el.div(
            rx.el.p("What it asks", class_name="field-label"),
            rx.el.p(
                when(
                    _STATE.asked.length() > 0,
                    _STATE.asked.join(", "),
                    "Nothing besides name, contact and place",
                ),
                ". ",
                text_link(
                    "Change the fields",
                    href=joined("/office/fields?service=", _STATE.form.slug),
                ),
                class_name="text-ink-soft",
            ),
        ),
    )


def _booking() -> rx.Component:
    return fields_card(
        "Booking",
        _pair(
            select_field(
                "Confirmation",
                "confirmation",
                tuple(CONFIRMATIONS.items()),
                error=_STATE.errors["confirmation"],
                default_value=_STATE.form.confirmation,
            ),
            select_field(
                "Deposit",
                "deposit_kind",
                tuple(DEPOSIT_KINDS.items()),
                error=_STATE.errors["deposit_kind"],
                default_value=_STATE.form.deposit_kind,
            ),
        ),
        rx.el.div(
            _number(
                rx.cond(
                    _STATE.deposit_kind == "percent",
                    "Deposit (percent)",
                    joined("Deposit (", _STATE.form.currency, ")"),
                ),
                "deposit",
                decimal=True,
                class_name="@lg:max-w-[calc(50%-0.5rem)]",
            ),
            class_name=rx.cond(_STATE.deposit_kind == "none", "hidden", ""),
        ),
        checkbox_field(
            "May be given as a voucher",
            "giftable",
            default_checked=_STATE.form.giftable,
        ),
        checkbox_field(
            "May be booked to repeat",
            "repeats",
            default_checked=_STATE.form.repeats,
        ),
        text=(
            "Deposits and vouchers are kept now and take effect once payments are "
            "there."
        ),
    )
