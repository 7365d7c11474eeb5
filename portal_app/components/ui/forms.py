"""Forms, their error summary, the conflict notice, and the guard of unsaved changes."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

from portal_app.components.ui.feedback import note
from portal_app.components.ui.logic import each, is_var, when
from portal_app.state.core.viewer import ViewerState

_LIBRARY = "$/public/react/focused_block.jsx"


class FocusedBlock(rx.Component):
    """A block that takes the focus when it appears."""

    library = _LIBRARY
    tag = "FocusedBlock"


def focused_block(*children: Any, **props: Any) -> rx.Component:
    """Draw an answer to what the person just did; it takes the focus.

    Args:
        *children: The answer.
        **props: Passed to the element.
    """
    props["class_name"] = f"outline-none {props.get('class_name', '')}".strip()
    return FocusedBlock.create(*children, **props)


def form(
    *children: Any,
    on_submit: Any,
    problem: Any = "",
    form_id: str = "",
    class_name: str = "flex flex-col gap-5",
    **props: Any,
) -> rx.Component:
    """Draw a form whose answer comes over the socket.

    The words next to the fields are ours, so the browser's own checks are off.
    Sent before the page is alive, it does nothing: with any other method the
    browser would put what was typed, passwords too, into the address.

    Args:
        *children: Fields and buttons.
        on_submit: The handler; gets the form's data.
        problem: What is wrong with the form as a whole; may be a Var.
        form_id: The ``id``, for buttons outside it.
        class_name: Its layout.
        **props: Passed to the element.

    Returns:
        A ``form``; ``problem`` takes the focus and is announced when it appears.
    """
    custom = {**props.pop("custom_attrs", {})}
    if form_id:
        custom["id"] = form_id
    return rx.el.form(
        *([summary(problem)] if is_var(problem) or problem else []),
        *children,
        on_submit=on_submit,
        method="dialog",
        no_validate=True,
        class_name=class_name,
        custom_attrs=custom,
        **props,
    )


def summary(problem: Any) -> rx.Component:
    """Draw what is wrong as a whole, where the focus goes.

    Args:
        problem: The words, or an empty string; may be a Var.

    Returns:
        An alert, or nothing.
    """
    alert = focused_block(note(problem, tone="error"), class_name="rounded-xl")
    return when(problem, alert)


class NativeForm(BaseHTML):
    """A plain ``form`` element."""

    tag = "form"

    action: rx.Var[str]
    method: rx.Var[str]


class VisitorDraft(rx.Component):
    """Stands in a form; see ``form_drafts.jsx``."""

    library = "$/public/react/form_drafts.jsx"
    tag = "VisitorDraft"

    name: rx.Var[str]


def visitor_draft(name: str) -> rx.Component:
    """Keep what somebody who is not signed in types into the form around it.

    A reload brings it back, except passwords. It is forgotten once the form was
    accepted, and when somebody signs in on this tab.

    Args:
        name: Names the form.
    """
    return VisitorDraft.create(name=name)


def post_form(*children: Any, action: str, **props: Any) -> rx.Component:
    """Draw a form whose button posts it and leaves the page.

    Args:
        *children: Its fields and button.
        action: A path of this portal under ``/api/``.
        **props: Passed to the element.
    """
    return NativeForm.create(*children, action=action, method="post", **props)


def conflict_notice(
    changes: Any,
    title: str = "This changed somewhere else while you were editing",
    *,
    again: Any = None,
) -> rx.Component:
    """Show what is stored now beside what is in the form, once it is refused.

    Args:
        changes: A Var of the list of changes of a ``ChangedMeanwhile``; empty
            for none.
        title: What changed, in bold.
        again: A button that fills the form with what is stored now.

    Returns:
        An alert that takes the focus when it appears, or nothing.
    """
    choice = "" if again is None else ", or use the saved version"
    return when(
        changes.length() > 0,
        focused_block(
            note(
                rx.el.p(
                    f"Nothing is saved yet. Save again to keep what you typed{choice}."
                ),
                rx.el.dl(
                    each(changes, _change), class_name="my-3 flex flex-col gap-2.5"
                ),
                *([] if again is None else [again]),
                tone="warning",
                title=title,
            ),
            class_name="rounded-xl",
            custom_attrs={"role": "alert"},
        ),
    )


def sticky_actions(*children: Any) -> rx.Component:
    """Draw the buttons of a long form, which stay at the foot of the window.

    Args:
        *children: The buttons.
    """
    return rx.el.div(
        *children,
        class_name=(
            "sticky bottom-(--bottom-bar) z-10 -mx-1 flex flex-wrap items-center gap-3 "
            "rounded-t-2xl border-t border-line bg-(--bar) px-4 py-3 backdrop-blur-lg"
        ),
    )


def saved_version_button() -> rx.Component:
    """Draw the button that fills a form with what is stored now.

    The form stands in a ``saving_dialog`` or has an ``unsaved_changes_guard``.
    """
    return rx.el.button(
        "Use the saved version",
        type="button",
        class_name="btn btn-secondary btn-sm",
        custom_attrs={"data-edit-again": ""},
    )


def _change(change: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(change.label, class_name="font-semibold"),
        _value("Yours: ", change.yours),
        _value("Saved now: ", change.now),
    )


def _value(whose: str, text: Any) -> rx.Component:
    return rx.el.dd(
        whose,
        rx.el.strong(
            when(text, text, "empty"), class_name="font-semibold wrap-anywhere"
        ),
    )


class UnsavedChangesGuard(rx.Component):
    """Stands in the form; see ``unsaved_changes.jsx``."""

    library = "$/public/react/unsaved_changes.jsx"
    tag = "UnsavedChangesGuard"

    owner: rx.Var[str]
    saved: rx.Var[str]
    next: rx.Var[str]
    version: rx.Var[int]
    seen: rx.Var[int]


def unsaved_changes_guard(saved: Any, leads: Any, **changing: Any) -> rx.Component:
    """Guard what is typed into the form around this.

    The form gets an id, which it sends as ``request``. Whoever leaves the page
    with unsaved changes is asked first; a page that is loaded again under
    somebody's hands, as a phone does after a photo, fills the form in again.

    Args:
        saved: A Var of the ``request`` that was stored last.
        leads: A Var of where to go once it was stored; empty to stay.
        **changing: Of a form that changes something, Vars of its ``version``, which
            is sent too, and of a newer one the person was told of, ``seen``.
    """
    return UnsavedChangesGuard.create(
        owner=ViewerState.owner, saved=saved, next=leads, **changing
    )
