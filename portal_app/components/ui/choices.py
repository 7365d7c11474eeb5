"""Radio buttons, checkboxes, choice cards, search and filter chips."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.forms import CheckboxInput

from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import classes, is_var, when

_LIBRARY = "$/public/react/choice_input.jsx"


class RadioChoice(rx.el.Input):
    """A radio button that answers a click before the server does."""

    library = _LIBRARY
    tag = "Choice"


class CheckChoice(CheckboxInput):
    """A checkbox that answers a click before the server does."""

    library = _LIBRARY
    tag = "Choice"


def choice_input(
    kind: str, *, value: Any, checked: Any = None, **props: Any
) -> rx.Component:
    """Draw the input of a choice.

    Args:
        kind: ``radio`` or ``checkbox``.
        value: What is submitted; may be a Var.
        checked: Whether it is chosen, when the state decides; may be a Var. A pick
            that the state refuses (``checked`` stays) is undone after 5 seconds.
        **props: Passed to the input: ``name``, ``on_change``, ``default_checked`` …
    """
    # Reflex's own prop guards against null for controlled text, in JavaScript.
    props["custom_attrs"] = {"value": value, **props.pop("custom_attrs", {})}
    if is_var(checked):
        drawn = CheckChoice if kind == "checkbox" else RadioChoice
        return drawn.create(type=kind, checked=checked, **props)
    if checked is not None:
        props["default_checked"] = bool(checked)
    return rx.el.input(type=kind, **props)


def choice_group(
    label: Any, *choices: Any, columns: str = "", hide_label: bool = False
) -> rx.Component:
    """Put radio or checkbox cards under a common question.

    Args:
        label: The question, announced with every choice.
        *choices: ``radio_card``, ``check_card`` or an ``each`` of them.
        columns: Grid classes, for example ``"sm:grid-cols-2"``.
        hide_label: Show the question to assistive technology only.
    """
    return rx.el.fieldset(
        rx.el.legend(
            label, class_name="sr-only" if hide_label else "field-label mb-2.5"
        ),
        rx.el.div(*choices, class_name=classes("grid gap-2.5", columns)),
        class_name="min-w-0",
    )


def radio_card(
    title: Any,
    *,
    name: str,
    value: Any,
    text: Any = None,
    aside: Any = None,
    picture: Any = None,
    checked: Any = None,
    kind: str = "radio",
    **props: Any,
) -> rx.Component:
    """Draw one choice as a card that is clickable as a whole.

    Args:
        title: The choice, its accessible name.
        name: The key in the submitted form, shared by the group.
        value: What is submitted.
        text: A second line.
        aside: At the end, for example what it adds to the price.
        picture: In front, for example an ``avatar``.
        checked: Whether it is chosen, when the state decides; may be a Var.
        kind: ``radio`` or ``checkbox``.
        **props: Passed to the input: ``on_change``, ``default_checked`` …
    """
    return rx.el.label(
        *([picture] if picture is not None else []),
        rx.el.span(
            rx.el.span(title, class_name="block font-semibold"),
            *(
                [rx.el.span(text, class_name="block text-sm text-ink-soft")]
                if text is not None
                else []
            ),
            class_name="min-w-0 flex-1",
        ),
        *(
            [
                rx.el.span(
                    aside, class_name="shrink-0 text-sm font-semibold text-ink-soft"
                )
            ]
            if aside is not None
            else []
        ),
        choice_input(
            kind, value=value, checked=checked, name=name, class_name="tick", **props
        ),
        class_name="choice flex min-h-14 items-center gap-3.5 rounded-2xl px-4 py-3",
    )


def check_card(title: Any, **props: Any) -> rx.Component:
    """Draw one of several choices that can be combined.

    Args:
        title: The choice.
        **props: As for ``radio_card``.
    """
    return radio_card(title, kind="checkbox", **props)


class SearchInput(rx.el.Input):
    """A search field that shows what is asked for; see ``search_input.jsx``."""

    library = "$/public/react/search_input.jsx"
    tag = "SearchInput"

    asked: rx.Var[str]


def search_field(
    label: Any = "Search",
    name: str = "q",
    *,
    asked: Any = "",
    placeholder: Any = "",
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """Draw a search field; its label is there but not drawn.

    Args:
        label: The accessible name.
        name: The key in the submitted form.
        asked: What is looked for now; may be a Var.
        placeholder: An example of what to type.
        class_name: Extra classes.
        **props: Passed to the input, such as ``on_change``.
    """
    props |= {
        "name": name,
        "placeholder": placeholder,
        "auto_complete": "off",
        "enter_key_hint": "search",
        "class_name": "field-input min-h-12 rounded-full pl-12 pr-5 shadow-soft",
    }
    return rx.el.label(
        rx.el.span(label, class_name="sr-only"),
        icon(
            "search",
            "pointer-events-none absolute left-4 top-1/2 -translate-y-1/2 "
            "text-ink-faint",
        ),
        SearchInput.create(asked=asked, **props)
        if is_var(asked)
        else rx.el.input(type="search", default_value=asked, **props),
        class_name=classes("relative block h-fit", class_name),
    )


def chip(label: Any, *, chosen: Any = False, name: str = "", **props: Any) -> Any:
    """Draw a filter that is on or off.

    Args:
        label: What it filters by.
        chosen: Whether it is on; may be a Var.
        name: An icon.
        **props: Passed to the button.
    """
    return rx.el.button(
        *([icon(name, "size-4.5")] if name else []),
        label,
        type="button",
        aria_pressed=when(chosen, "true", "false"),
        class_name=(
            "inline-flex min-h-11 shrink-0 items-center gap-2 rounded-full border "
            "border-line-strong bg-surface px-4 text-[0.9375rem] font-semibold "
            "text-ink-soft transition-colors hover:border-field-line hover:text-ink "
            "aria-pressed:border-transparent aria-pressed:bg-ink "
            "aria-pressed:text-canvas"
        ),
        **props,
    )
