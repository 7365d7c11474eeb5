"""The documents of a dependent, and the dialogs that add and change them."""

from typing import Any

import reflex as rx

from portal_app.components.dependents.cards import document_badge
from portal_app.components.layout.first_html import current_path
from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import card
from portal_app.domain.dependents.views import DocumentKindView
from portal_app.state.dependents.dependent import DependentState

_dependent = DependentState.dependent
_LOOK = "btn btn-secondary btn-sm shrink-0"


class DocumentFields(rx.Component):
    """The fields of a dialog; see ``document_fields.jsx``."""

    library = "$/public/react/document_fields.jsx"
    tag = "DocumentFields"

    kinds: rx.Var[list[DocumentKindView]]
    given: rx.Var[Any]
    missing: rx.Var[str]
    errors: rx.Var[dict[str, str]]

    on_remove: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def documents_card() -> rx.Component:
    """Draw what there is and what is missing, with the dialogs."""
    documents, missing = _dependent.documents, _dependent.missing
    return card(
        rx.el.div(
            rx.el.h2("Documents", class_name="text-xl"),
            edit_button(
                _new_dialog_name(),
                icon("plus"),
                rx.el.span("Add document"),
                class_name=_LOOK,
            ),
            class_name="mb-2 flex flex-wrap items-center justify-between gap-3",
        ),
        rx.cond(
            (documents.length() == 0) & (missing.length() == 0),
            rx.el.p(
                "Keep papers here, such as a registration or a certificate, and see "
                "when they expire.",
                class_name="text-ink-soft",
            ),
            rx.el.ul(
                each(missing, _missing),
                each(documents, _document),
                class_name="flex flex-col divide-y divide-line",
            ),
        ),
    )


def document_dialogs() -> rx.Component:
    """Draw the dialogs; those that add stay, whatever the state forgets."""
    return rx.fragment(
        _document_dialog(
            _new_dialog_name(),
            "Add document",
            0,
            DocumentFields.create(**_shared_props()),
        ),
        each(
            _dependent.missing,
            lambda name: _document_dialog(
                _new_dialog_name(name),
                joined("Add ", name),
                0,
                DocumentFields.create(missing=name, **_shared_props()),
            ),
        ),
        each(
            _dependent.documents,
            lambda document: _document_dialog(
                _edit_dialog_name(document),
                joined("Change ", document.title),
                document.version,
                DocumentFields.create(
                    given=document,
                    on_remove=DependentState.remove_document,
                    **_shared_props(),
                ),
            ),
        ),
    )


def _new_dialog_name(kind: Any = "") -> Any:
    """The name of a dialog of this very page: what is typed is kept under it."""
    return joined("document-of-", current_path(), " ", kind)


def _edit_dialog_name(document: Any) -> Any:
    return joined("document-", document.id)


def _shared_props() -> dict[str, Any]:
    return {"kinds": _dependent.type.documents, "errors": DependentState.errors}


def _document_dialog(
    name: Any, title: Any, version: Any, fields: rx.Component
) -> rx.Component:
    return saving_dialog(
        DependentState,
        name,
        fields,
        title=title,
        version=version,
        text="Only you and the office see it.",
        on_save=DependentState.save_document,
        wide=False,
    )


def _missing(name: Any) -> rx.Component:
    return rx.el.li(
        _mark(icon("triangle-alert"), "bg-warning-soft text-warning"),
        rx.el.div(
            rx.el.p(name, class_name="font-semibold"),
            rx.el.p("We need this document.", class_name="text-sm text-ink-soft"),
            class_name="min-w-0 flex-1",
        ),
        edit_button(
            _new_dialog_name(name),
            "Add",
            class_name=_LOOK,
            aria_label=joined("Add ", name),
        ),
        class_name="flex items-center gap-4 py-3.5",
    )


def _document(document: Any) -> rx.Component:
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
                document_badge(document.status, DependentState.ends[document.id]),
                class_name="mt-1 empty:hidden",
            ),
            class_name="min-w-0 flex-1",
        ),
        edit_button(
            _edit_dialog_name(document),
            "Change",
            class_name=_LOOK,
            aria_label=joined("Change ", document.title),
        ),
        class_name="flex items-center gap-4 py-3.5",
    )


def _mark(drawing: Any, look: str) -> rx.Component:
    return rx.el.span(
        drawing,
        aria_hidden="true",
        class_name=f"grid size-12 shrink-0 place-items-center rounded-xl {look}",
    )
