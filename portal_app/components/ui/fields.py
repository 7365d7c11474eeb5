"""Form fields: a visible label that is the accessible name, help, and the error.

Fields are uncontrolled: the browser keeps what was typed, whatever the connection
does, and the form sends it on submit. Identifiers are set as plain attributes so
that Reflex does not create a React reference for each of them.
"""

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import classes, each, flag, is_var, when


def _error_line(identifier: str, error: Any) -> list[rx.Component]:
    if not is_var(error) and not error:
        return []
    return [
        when(
            error,
            rx.el.p(
                icon("circle-alert", "mt-0.5 size-4"),
                rx.el.span(error),
                class_name="field-error",
                custom_attrs={"id": f"{identifier}-error"},
            ),
        )
    ]


def _help_line(identifier: str, help_text: Any) -> list[rx.Component]:
    if not is_var(help_text) and not help_text:
        return []
    return [
        rx.el.p(
            help_text,
            class_name="field-help",
            custom_attrs={"id": f"{identifier}-help"},
        )
    ]


def described(identifier: str, error: Any, help_text: Any) -> dict[str, Any]:
    """Tie a control to its error and its help.

    Args:
        identifier: The control's ``id``.
        error: The error, or nothing; may be a Var.
        help_text: The help, or nothing; may be a Var.

    Returns:
        The attributes ``id``, ``aria-describedby`` and ``aria-invalid`` as needed.
    """
    attributes: dict[str, Any] = {"id": identifier}
    hint = f"{identifier}-help" if is_var(help_text) or help_text else ""
    if is_var(error):
        both = f"{identifier}-error {hint}".strip()
        attributes["aria-describedby"] = rx.cond(error, both, hint)
        attributes["aria-invalid"] = flag(error)
    elif error:
        attributes["aria-describedby"] = f"{identifier}-error {hint}".strip()
        attributes["aria-invalid"] = "true"
    elif hint:
        attributes["aria-describedby"] = hint
    return attributes


def field_frame(
    control: Any,
    label: Any,
    identifier: str,
    *,
    error: Any = None,
    help_text: Any = None,
    required: bool = True,
    aside: Any = None,
    class_name: str = "",
) -> rx.Component:
    """Put a label above a control, and its error and help below.

    Args:
        control: The control, whose ``id`` is ``identifier``.
        label: The visible label.
        identifier: The control's ``id``.
        error: What is wrong, in words; may be a Var.
        help_text: What to enter; may be a Var.
        required: Optional fields say so after the label.
        aside: Something at the end of the label's line, for example a link.
        class_name: Extra classes, for example a grid span.
    """
    heading: Any = rx.el.label(
        label,
        *(
            []
            if required
            else [
                rx.el.span(
                    "optional",
                    class_name="ml-2 text-sm font-normal text-ink-faint",
                    aria_hidden="true",
                )
            ]
        ),
        class_name="field-label",
        custom_attrs={"htmlFor": identifier},
    )
    if aside is not None:
        heading = rx.el.div(
            heading, aside, class_name="flex items-baseline justify-between gap-4"
        )
    return rx.el.div(
        heading,
        control,
        *_error_line(identifier, error),
        *_help_line(identifier, help_text),
        class_name=classes("field", class_name),
    )


def _framed(
    draw: Callable[..., rx.Component],
    label: Any,
    name: str,
    *,
    error: Any = None,
    help: Any = None,
    required: bool = True,
    field_id: str = "",
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """Draw a control by a function of its attributes, in its frame."""
    identifier = field_id or f"field-{name}"
    custom = {**described(identifier, error, help), **props.pop("custom_attrs", {})}
    if required:
        custom["aria-required"] = "true"
    return field_frame(
        draw(name=name, class_name="field-input", custom_attrs=custom, **props),
        label,
        identifier,
        error=error,
        help_text=help,
        required=required,
        class_name=class_name,
    )


def text_field(
    label: Any, name: str, *, type: str = "text", before: str = "", **props: Any
) -> rx.Component:
    """Draw a one-line text field.

    Args:
        label: The visible label and accessible name.
        name: The key in the submitted form.
        type: The native type: ``text``, ``email``, ``tel``, ``date`` …
        before: Name of an icon inside the field.
        **props: Of the field: ``error``, what is wrong, in words, and ``help``, what
            to enter, may be Vars; ``required`` is marked for assistive technology,
            what is not is shown as optional; ``field_id`` when a page has two fields
            of one name; ``class_name`` of the whole field. All others are passed to
            the input: ``default_value``, ``auto_complete``, ``input_mode``,
            ``placeholder``, ``on_blur`` …
    """

    def with_icon(*, class_name: str, **attributes: Any) -> rx.Component:
        return rx.el.div(
            icon(before, "absolute left-3.5 top-1/2 -translate-y-1/2 text-ink-faint"),
            rx.el.input(class_name=f"{class_name} pl-11", **attributes),
            class_name="relative",
        )

    draw = with_icon if before else rx.el.input
    return _framed(draw, label, name, type=type, **props)


def email_field(
    label: Any = "Email", name: str = "email", **props: Any
) -> rx.Component:
    """Draw a field for an email address with the right keyboard.

    Args:
        label: The visible label.
        name: The key in the submitted form.
        **props: As for ``text_field``.
    """
    props.setdefault("auto_complete", "email")
    return text_field(
        label,
        name,
        type="email",
        input_mode="email",
        auto_capitalize="none",
        spell_check=False,
        **props,
    )


def phone_field(
    label: Any = "Phone", name: str = "phone", **props: Any
) -> rx.Component:
    """Draw a field for a phone number with the right keyboard.

    Args:
        label: The visible label.
        name: The key in the submitted form.
        **props: As for ``text_field``.
    """
    props.setdefault("auto_complete", "tel")
    return text_field(label, name, type="tel", input_mode="tel", **props)


def textarea_field(
    label: Any, name: str, *, rows: int = 4, **props: Any
) -> rx.Component:
    """Draw a field for longer text, which grows with what is typed.

    Args:
        label: The visible label.
        name: The key in the submitted form.
        rows: Lines at first.
        **props: As for ``text_field``.
    """
    return _framed(rx.el.textarea, label, name, rows=str(rows), **props)


def select_field(
    label: Any, name: str, options: Any, *, placeholder: str = "", **props: Any
) -> rx.Component:
    """Draw a native select.

    Args:
        label: The visible label.
        name: The key in the submitted form.
        options: Pairs of value and label, or a Var of a list of such pairs.
        placeholder: A first, empty option.
        **props: As for ``text_field``.
    """
    first = [rx.el.option(placeholder, value="")] if placeholder else []

    def draw(**attributes: Any) -> rx.Component:
        return rx.el.div(
            rx.el.select(
                *first,
                each(options, lambda pair: rx.el.option(pair[1], value=pair[0])),
                **attributes,
            ),
            icon(
                "chevron-down",
                "pointer-events-none absolute right-3.5 top-1/2 -translate-y-1/2 "
                "text-ink-faint",
            ),
            class_name="relative",
        )

    return _framed(draw, label, name, **props)


def checkbox_field(
    label: Any,
    name: str,
    *,
    error: Any = None,
    help: Any = None,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """Draw a checkbox with its label beside it.

    Args:
        label: The label; may hold a link.
        name: The key in the submitted form (``"on"`` when ticked).
        error: What is wrong, in words; may be a Var.
        help: A second line.
        class_name: Extra classes of the whole field.
        **props: Passed to the input.
    """
    identifier = f"field-{name}"
    children: Sequence[Any] = label if isinstance(label, list | tuple) else [label]
    return rx.el.div(
        rx.el.div(
            rx.el.input(
                type="checkbox",
                name=name,
                class_name="tick",
                custom_attrs=described(identifier, error, help),
                **props,
            ),
            rx.el.label(
                *children,
                class_name="text-[0.9375rem] leading-6",
                custom_attrs={"htmlFor": identifier},
            ),
            class_name="flex min-h-11 items-start gap-3 py-2.5",
        ),
        *_error_line(identifier, error),
        *_help_line(identifier, help),
        class_name=classes("field gap-0", class_name),
    )
