"""Dialogs on the native element, and dialogs with a form that saves one thing."""

from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import Kind, button, submit_button
from portal_app.components.ui.forms import (
    conflict_notice,
    form,
    saved_version_button,
)
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import classes
from portal_app.state.core.viewer import ViewerState


def dialog(
    name: str,
    *children: Any,
    title: Any,
    text: Any = None,
    actions: Any = (),
    class_name: str = "",
) -> rx.Component:
    """Draw a dialog that opens without the server, by ``dialog_button``.

    It looks as those of ``dialog.jsx``.

    Args:
        name: Unique on the page.
        *children: What is inside.
        title: Its heading and accessible name.
        text: A sentence under the heading.
        actions: Buttons at the end, the main one last.
        class_name: Extra classes.
    """
    return rx.el.dialog(
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
                aria_label="Close",
                class_name="btn btn-ghost btn-icon -mr-2.5 -mt-1.5 shrink-0",
                custom_attrs=_command(name, "close"),
            ),
            class_name="dialog-head flex items-start gap-3 px-5 sm:px-7",
        ),
        rx.el.div(*children, class_name="px-5 py-5 sm:px-7"),
        *(
            [
                rx.el.div(
                    *actions,
                    class_name=(
                        "dialog-foot flex flex-col-reverse gap-2.5 px-5 sm:flex-row "
                        "sm:justify-end sm:px-7"
                    ),
                )
            ]
            if actions
            else []
        ),
        class_name=classes("dialog", class_name),
        custom_attrs={
            "id": f"dialog-{name}",
            "aria-label": title,
            "data-light-dismiss": "",
        },
    )


def _command(name: str, command: str) -> dict[str, str]:
    return {"commandfor": f"dialog-{name}", "command": command}


def dialog_button(
    name: str, *children: Any, kind: Kind = "secondary", **props: Any
) -> Any:
    """Draw the button that opens a ``dialog``.

    Args:
        name: The dialog's name.
        *children: The label.
        kind: As for ``button``.
        **props: As for ``button``.
    """
    return button(
        *children, kind=kind, custom_attrs=_command(name, "show-modal"), **props
    )


def dialog_close_button(name: str, *children: Any, kind: Kind = "secondary") -> Any:
    """Draw a button within a ``dialog`` that closes it.

    Args:
        name: The dialog's name.
        *children: The label.
        kind: As for ``button``.
    """
    return button(*children, kind=kind, custom_attrs=_command(name, "close"))


class EditDialog(rx.Component):
    """A dialog that its buttons open by name; its content exists while it is open."""

    library = "$/public/react/edit_dialog.jsx"
    tag = "EditDialog"

    name: rx.Var[str]
    owner: rx.Var[str]
    label: rx.Var[str]
    text: rx.Var[str]

    on_open: rx.EventHandler[rx.event.no_args_event_spec]


class EditGuard(rx.Component):
    """Sends version and request; asks before what was typed is lost."""

    library = "$/public/react/edit_dialog.jsx"
    tag = "EditGuard"

    version: rx.Var[int]
    seen: rx.Var[int]
    saved: rx.Var[str]


def saving_dialog(
    state: Any,
    name: Any,
    *fields: Any,
    title: Any,
    version: Any,
    text: str = "",
    on_save: Any = None,
    action: Any = "Save",
    kind: Kind = "primary",
    wide: bool = True,
    dismiss: str = "Cancel",
) -> rx.Component:
    """Draw a dialog with a form that saves one thing.

    Args:
        state: The state (``versioned_form.VersionedFormVars``), with ``begin``, which
            forgets the errors of the last time, and ``save``.
        name: Unique on the page; ``edit_button`` opens it by this name.
        *fields: The fields.
        title: Its heading and accessible name.
        version: Of what is drawn.
        text: A sentence under the heading.
        on_save: The handler, where it is not ``save``.
        action: What the button says; may be a Var.
        kind: As for ``button``.
        wide: For forms with many fields.
        dismiss: What the button says that closes it and saves nothing.
    """
    return EditDialog.create(
        form(
            conflict_notice(state.changes, again=saved_version_button()),
            *fields,
            rx.el.div(
                rx.el.button(
                    dismiss,
                    type="button",
                    class_name="btn btn-secondary",
                    custom_attrs={"data-edit-close": ""},
                ),
                submit_button(action, pending=state.pending, kind=kind),
                class_name=(
                    "dialog-foot -mx-5 flex gap-2.5 px-5 sm:-mx-7 sm:justify-end "
                    "sm:px-7 max-sm:*:flex-1"
                ),
            ),
            EditGuard.create(version=version, seen=state.seen, saved=state.saved),
            on_submit=state.save if on_save is None else on_save,
            problem=state.problem,
            class_name="group/form flex flex-col gap-6 px-5 pt-5 sm:px-7",
            reset_on_submit=False,
        ),
        name=name,
        owner=ViewerState.owner,
        label=title,
        text=text,
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
    """
    custom = {"data-edit": name, **props.pop("custom_attrs", {})}
    return rx.el.button(
        *children, type="button", class_name=class_name, custom_attrs=custom, **props
    )
