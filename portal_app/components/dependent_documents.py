"""The documents of a dependent, and the dialog that adds and changes them."""

from typing import Any

import reflex as rx

from portal_app.domain.dependents.views import DocumentKindView

from .button import submit_button
from .changed import changed_meanwhile
from .dependent_parts import document_badge
from .dialog import dialog, dialog_close_button
from .form import form
from .icon import icon
from .logic import each, when
from .unsaved import ask_before_leaving

_NAME = "document"
_FORM = "document-form"


class DocumentFields(rx.Component):
    """The fields of the dialog; see ``documents.jsx``."""

    library = "$/public/react/documents.jsx"
    tag = "DocumentFields"

    kinds: rx.Var[list[DocumentKindView]]
    errors: rx.Var[dict[str, str]]
    saved: rx.Var[str]
    seen: rx.Var[int]

    on_remove: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def document_button(
    *children: Any,
    about: Any = "{}",
    label: Any = None,
    class_name: str = "btn btn-secondary btn-sm",
    **props: Any,
) -> rx.Component:
    """Draw a button that opens the dialog.

    Args:
        *children: What it says.
        about: The document to change as JSON, or ``{"missing": NAME}`` to add
            one of this kind.
        label: The accessible name where it differs from what it says.
        class_name: Its classes.
        **props: Passed to the element.

    Returns:
        A ``button``.
    """
    return rx.el.button(
        *children,
        type="button",
        class_name=class_name,
        custom_attrs={
            "commandfor": f"dialog-{_NAME}",
            "command": "show-modal",
            "data-document": about,
            **({"aria-label": label} if label is not None else {}),
        },
        **props,
    )


def documents_list(dependent: Any, ends: Any, on_open: Any) -> rx.Component:
    """Draw what there is and what is missing.

    Args:
        dependent: A Var of a ``DependentView``.
        ends: A Var of document id to words about its end.
        on_open: Event for the buttons that open the dialog.

    Returns:
        A list, or what to do while it is empty.
    """
    nothing = (dependent.documents.length() == 0) & (dependent.missing.length() == 0)
    return rx.cond(
        nothing,
        rx.el.p(
            "Keep papers here, such as a registration or a certificate, and see "
            "when they expire.",
            class_name="text-ink-soft",
        ),
        rx.el.ul(
            each(dependent.missing, lambda name: _missing(name, on_open)),
            each(
                dependent.documents,
                lambda document: _document(document, ends, on_open),
            ),
            class_name="flex flex-col divide-y divide-line",
        ),
    )


def _missing(name: Any, on_open: Any) -> rx.Component:
    return rx.el.li(
        _mark(icon("triangle-alert"), "bg-warning-soft text-warning"),
        rx.el.div(
            rx.el.p(name, class_name="font-semibold"),
            rx.el.p("We need this document.", class_name="text-sm text-ink-soft"),
            class_name="min-w-0 flex-1",
        ),
        document_button(
            "Add",
            about='{"missing":' + name.to_string() + "}",
            label="Add " + name,
            on_click=on_open,
        ),
        class_name="flex items-center gap-4 py-3.5",
    )


def _document(document: Any, ends: Any, on_open: Any) -> rx.Component:
    file = document.file
    return rx.el.li(
        when(
            file.thumbnail_url,
            rx.el.img(
                src=file.thumbnail_url,
                alt="",
                loading="lazy",
                class_name="size-12 shrink-0 rounded-xl object-cover",
            ),
            _mark(icon("file-text"), "bg-sunken text-ink-soft"),
        ),
        rx.el.div(
            rx.el.a(
                document.title,
                href=file.url,
                target="_blank",
                rel="noreferrer",
                reload_document=True,
                class_name="text-link inline-block py-0.5",
            ),
            rx.el.p(
                when(document.status_text, document.status_text, file.size),
                class_name="text-sm text-ink-soft",
            ),
            rx.el.div(
                document_badge(document.status, ends[document.id]),
                class_name="mt-1 empty:hidden",
            ),
            class_name="min-w-0 flex-1",
        ),
        document_button(
            "Change",
            about=document.to_string(),
            label="Change " + document.title,
            on_click=on_open,
        ),
        class_name="flex items-center gap-4 py-3.5",
    )


def _mark(drawing: Any, look: str) -> rx.Component:
    return rx.el.span(
        drawing,
        aria_hidden="true",
        class_name=f"grid size-12 shrink-0 place-items-center rounded-xl {look}",
    )


def document_dialog(
    kinds: Any,
    *,
    errors: Any,
    problem: Any,
    changes: Any,
    saved: Any,
    seen: Any,
    pending: Any,
    on_submit: Any,
    on_remove: Any,
) -> rx.Component:
    """Draw the one dialog that adds, changes and removes documents.

    Args:
        kinds: A Var of what the type's documents can be.
        errors: A Var of field to sentence.
        problem: What is wrong as a whole.
        changes: A Var of what was changed meanwhile.
        saved: A Var of the id of the form that was stored last.
        seen: A Var of the newer version the person was told of.
        pending: A Var: whether it is being stored.
        on_submit: Event for the form's data.
        on_remove: Event for the id of a document to remove for good.

    Returns:
        The dialog.
    """
    return dialog(
        _NAME,
        form(
            changed_meanwhile(changes, "This document changed"),
            DocumentFields.create(
                kinds=kinds,
                errors=errors,
                saved=saved,
                seen=seen,
                on_remove=on_remove,
            ),
            ask_before_leaving(saved),
            on_submit=on_submit,
            problem=problem,
            form_id=_FORM,
        ),
        title="Document",
        text="Only you and the office see it.",
        actions=[
            dialog_close_button(_NAME, "Cancel"),
            submit_button("Save", pending=pending, custom_attrs={"form": _FORM}),
        ],
    )
