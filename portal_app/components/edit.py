"""Dialogs that edit one of many things, and their parts."""

from typing import Any

import reflex as rx

from portal_app.state.viewer import ViewerState

from .button import submit_button
from .changed import changed_meanwhile
from .form import form
from .icon import icon
from .logic import classes


class EditDialog(rx.Component):
    """A dialog that its buttons open by name; its content exists while it is open."""

    library = "$/public/react/edit.jsx"
    tag = "EditDialog"

    name: rx.Var[str]
    owner: rx.Var[str]
    label: rx.Var[str]

    on_open: rx.EventHandler[rx.event.no_args_event_spec]


class EditGuard(rx.Component):
    """Sends version and request; asks before what was typed is lost."""

    library = "$/public/react/edit.jsx"
    tag = "EditGuard"

    version: rx.Var[int]
    seen: rx.Var[int]
    saved: rx.Var[str]


def _two_texts(first: rx.Var[str], second: rx.Var[str]) -> list[rx.Var[str]]:
    return [first, second]


class Rows(rx.Component):
    """Several names, e-mails, phones or people, added by "+"."""

    library = "$/public/react/rows.jsx"
    tag = "Rows"

    name: rx.Var[str]
    kind: rx.Var[str]
    label: rx.Var[str]
    add: rx.Var[str]
    initial: rx.Var[Any]
    errors: rx.Var[dict[str, str]]
    most: rx.Var[int]
    home: rx.Var[str]
    countries: rx.Var[list[tuple[str, str]]]
    formatted: rx.Var[dict[str, str]]

    on_settle: rx.EventHandler[_two_texts]
    on_resend: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def saving_dialog(
    state: Any,
    name: Any,
    *fields: Any,
    title: Any,
    version: Any,
    text: Any = None,
    on_save: Any = None,
    wide: bool = True,
) -> rx.Component:
    """Draw a dialog with a form that saves one thing.

    Args:
        state: The state (``state.edits.Editing``), with ``begin``, which forgets the
            errors of the last time, and ``save``.
        name: Unique on the page; ``edit_button`` opens it by this name.
        *fields: The fields.
        title: Its heading and accessible name.
        version: Of what is drawn.
        text: A sentence under the heading.
        on_save: The handler, where it is not ``save``.
        wide: For forms with many fields.

    Returns:
        The dialog.
    """
    return EditDialog.create(
        rx.el.div(
            rx.el.div(
                rx.el.h2(title, class_name="text-xl"),
                *(
                    [rx.el.p(text, class_name="mt-1.5 text-ink-soft")]
                    if text is not None
                    else []
                ),
                class_name="min-w-0 flex-1",
            ),
            rx.el.button(
                icon("x"),
                type="button",
                class_name="btn btn-ghost btn-icon -mr-2.5 -mt-1.5 shrink-0",
                custom_attrs={"aria-label": "Close", "data-edit-close": ""},
            ),
            class_name="flex items-start gap-3 px-5 pt-5 sm:px-7 sm:pt-6",
        ),
        form(
            changed_meanwhile(state.changes, again=_take_again()),
            *fields,
            rx.el.div(
                rx.el.button(
                    "Cancel",
                    type="button",
                    class_name="btn btn-secondary",
                    custom_attrs={"data-edit-close": ""},
                ),
                submit_button("Save", pending=state.pending),
                class_name=(
                    "flex flex-col-reverse gap-2.5 border-t border-line pt-5 "
                    "sm:flex-row sm:justify-end"
                ),
            ),
            EditGuard.create(version=version, seen=state.seen, saved=state.saved),
            on_submit=state.save if on_save is None else on_save,
            problem=state.problem,
            class_name="group/form flex flex-col gap-6 px-5 py-5 sm:px-7 sm:pb-6",
            reset_on_submit=False,
        ),
        name=name,
        owner=ViewerState.owner,
        label=title,
        on_open=state.begin,
        class_name=classes("dialog", "dialog-wide" if wide else ""),
    )


def edit_button(name: Any, *children: Any, class_name: Any = "", **props: Any) -> Any:
    """Draw the button that opens a ``saving_dialog``.

    Args:
        name: The dialog's name.
        *children: What it shows.
        class_name: Its look.
        **props: Passed to the element.

    Returns:
        A ``button``.
    """
    custom = {"data-edit": name, **props.pop("custom_attrs", {})}
    return rx.el.button(
        *children, type="button", class_name=class_name, custom_attrs=custom, **props
    )


def _take_again() -> rx.Component:
    return rx.el.button(
        "Take what is saved now",
        type="button",
        class_name="btn btn-secondary btn-sm",
        custom_attrs={"data-edit-again": ""},
    )
