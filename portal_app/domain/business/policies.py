"""The business's policies: what customers agree to, or can look up."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.business.models import Policy
from portal_app.domain.business.views import PolicyEntryView, PolicyView
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Thing
from portal_app.kernel import archival
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.keys import required_request_key, unique_key
from portal_app.kernel.ordering import assign_positions, next_position
from portal_app.kernel.ownership import require_office, require_staff
from portal_app.kernel.text import is_readable, one_line, paragraphs
from portal_app.kernel.versioned import Field, Record

TERMS, CANCELLATION = "terms", "cancellation"
STANDARD_POLICIES = {TERMS: "Terms and conditions", CANCELLATION: "Cancellation policy"}
"""Policies that pages look for by their key, and what they are called at first."""

MAX_TITLE = 80
MAX_TEXT = 20_000
MAX_POLICIES = 50
_WHERE_SHOWN = {TERMS: "Accepted at sign-up", CANCELLATION: "Shown with every booking"}
_RESERVED_ANCHORS = frozenset({"main"})
_RECORD = Record(
    "This policy",
    Field("title", "Title"),
    Field("text", "Text"),
    Field("in_use", "Shown to customers", read=archival.is_in_use),
)
_KIND = "Policy"
_NOT_FOUND = "We could not find that policy."


@dataclass(frozen=True, slots=True)
class PolicyText:
    """A policy, known by its key."""

    key: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyForm:
    """A policy as typed."""

    title: str = ""
    text: str = ""


def active_policies(tx: Session) -> list[PolicyText]:
    """The policies that customers can read, in the business's order."""
    return [
        PolicyText(row.key, row.title, row.text)
        for row in _policy_rows(tx)
        if row.archived_at is None
    ]


def policy_views(tx: Session) -> list[PolicyView]:
    """The policies as their page shows them."""
    return [
        PolicyView(policy.key, policy.title, _split_paragraphs(policy.text))
        for policy in active_policies(tx)
    ]


def policy_paragraphs(tx: Session, key: str) -> list[str]:
    """What a policy says, paragraph by paragraph; nothing if there is none."""
    found = (policy.text for policy in active_policies(tx) if policy.key == key)
    return _split_paragraphs(next(found, ""))


def define_policies(tx: Session, actor: Actor, wanted: Sequence[PolicyText]) -> int:
    """Add policies, or change those with the same keys; others stay.

    Safe to repeat. An archived one that is named is shown again.

    Returns:
        How many were added or changed.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    businesses.lock_business(tx)
    rows = {row.key: row for row in _policy_rows(tx)}
    place = assign_positions(
        {key: row.position for key, row in rows.items()}, [one.key for one in wanted]
    )
    return sum(
        _store_policy(
            tx,
            actor,
            rows.get(one.key) or Policy(key=one.key, title="", text="", version=0),
            {"title": one.title, "text": one.text, "position": place[one.key]},
        )
        for one in wanted
    )


def policies_for_office(tx: Session, actor: Actor) -> list[PolicyEntryView]:
    """Every policy, for the office: in order, to be written, archived ones last.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_staff(actor)
    rows = _policy_rows(tx)
    keys = {row.key for row in rows}
    unwritten = [
        PolicyEntryView(id=key, title=title, shown=_WHERE_SHOWN[key])
        for key, title in STANDARD_POLICIES.items()
        if key not in keys
    ]
    return [
        *(_policy_entry_view(row) for row in rows if row.archived_at is None),
        *unwritten,
        *(_policy_entry_view(row) for row in rows if row.archived_at is not None),
    ]


def add_policy(tx: Session, actor: Actor, form: PolicyForm, request: str) -> str:
    """Add a policy after the others, once per request; returns its key.

    Args:
        tx: The transaction.
        actor: The office.
        form: As typed.
        request: What the browser calls this request.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If there are as many as fit.
    """
    require_office(actor)
    businesses.lock_business(tx)
    key = required_request_key(request)
    rows = _policy_rows(tx)
    for row in rows:
        if row.request_key == key:
            return row.key
    values = _checked_form(form)
    if len(rows) >= MAX_POLICIES:
        raise Conflict(f"There can be at most {MAX_POLICIES} policies.")
    taken = {row.key for row in rows} | set(STANDARD_POLICIES) | _RESERVED_ANCHORS
    row = Policy(
        key=unique_key(values["title"], taken, otherwise="policy", separator="-"),
        title="",
        text="",
        position=next_position(row.position for row in rows),
        request_key=key,
        version=0,
    )
    _store_policy(tx, actor, row, values)
    return row.key


def save_policy(
    tx: Session, actor: Actor, key: str, form: PolicyForm, version: int
) -> None:
    """Change a policy, or write a well-known one that was not written yet.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such policy.
        InvalidInput: With a sentence for each field that is wrong.
        EditConflict: If it was changed since ``version`` to something else.
    """
    require_office(actor)
    businesses.lock_business(tx)
    rows = {row.key: row for row in _policy_rows(tx)}
    row = rows.get(key)
    if row is None and key in STANDARD_POLICIES:
        place = next_position(row.position for row in rows.values())
        row = Policy(key=key, title="", text="", position=place, version=0)
    if row is None:
        raise NotFound(_NOT_FOUND)
    values = _checked_form(form)
    if _RECORD.is_current(row, values | {"in_use": True}, version):
        _store_policy(tx, actor, row, values)


def reorder_policies(tx: Session, actor: Actor, keys: Sequence[str]) -> None:
    """Put policies into this order; those that are not named stay where they are.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    businesses.lock_business(tx)
    change_log.store_order(tx, actor, _policy_rows(tx), keys, _thing, key="key")


def archive_policy(tx: Session, actor: Actor, key: str) -> None:
    """Show a policy no more; its text is kept. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such policy.
    """
    row = _locked_policy(tx, actor, key)
    change_log.archive(tx, actor, row, _thing(row))


def restore_policy(tx: Session, actor: Actor, key: str) -> None:
    """Show an archived policy again. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such policy.
    """
    row = _locked_policy(tx, actor, key)
    change_log.restore(tx, actor, row, _thing(row))


def _checked_form(form: PolicyForm) -> dict[str, str]:
    title = one_line(form.title)
    text = paragraphs(form.text)
    wrong = {}
    if not title:
        wrong["title"] = "Please enter a title."
    elif len(title) > MAX_TITLE:
        wrong["title"] = f"Please use at most {MAX_TITLE} characters."
    elif not is_readable(title):
        wrong["title"] = "Please use only letters, numbers and signs."
    if not text:
        wrong["text"] = "Please write what the policy says."
    elif len(text) > MAX_TEXT:
        wrong["text"] = f"Please use at most {MAX_TEXT} characters."
    elif not is_readable(text, lines=True):
        wrong["text"] = "Please use only letters, numbers and signs."
    if wrong:
        raise InvalidInput(wrong)
    return {"title": title, "text": text}


def _store_policy(
    tx: Session, actor: Actor, row: Policy, values: dict[str, Any]
) -> bool:
    if row.archived_at is None and all(
        str(getattr(row, name)).strip() == str(value).strip()
        for name, value in values.items()
    ):
        return False  # what only differs in blanks around it is the same
    before = _RECORD.values(row)
    action: change_log.Action = "changed" if row.version else "added"
    for name, value in values.items():
        setattr(row, name, value)
    row.archived_at = None
    row.version += 1
    tx.add(row)
    tx.flush()
    differences = change_log.differences(_RECORD, before, _RECORD.values(row))
    change_log.record(tx, actor, action, _thing(row), differences)
    return True


def _thing(row: Policy) -> Thing:
    return Thing(_KIND, row.id, row.title)


def _policy_entry_view(row: Policy) -> PolicyEntryView:
    return PolicyEntryView(
        id=row.key,
        title=row.title,
        text=row.text,
        shown=_WHERE_SHOWN.get(row.key, ""),
        written=True,
        archived=row.archived_at is not None,
        version=row.version,
    )


def _policy_rows(tx: Session) -> list[Policy]:
    return list(tx.exec(select(Policy).order_by(col(Policy.position), col(Policy.key))))


def _locked_policy(tx: Session, actor: Actor, key: str) -> Policy:
    require_office(actor)
    businesses.lock_business(tx)
    row = tx.exec(select(Policy).where(Policy.key == key)).first()
    if row is None:
        raise NotFound(_NOT_FOUND)
    return row


def _split_paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
