"""The policies, as the office writes them."""

from collections.abc import Awaitable
from typing import Any

import reflex as rx

from portal_app.domain.business import policies
from portal_app.domain.business.policies import PolicyForm
from portal_app.domain.business.views import PolicyEntryView
from portal_app.state.core import collection, form_parsing, worker
from portal_app.state.core.access import OFFICE, actor


def _store(
    key: str, form: form_parsing.Form, version: int, request: str
) -> Awaitable[Any]:
    typed = PolicyForm(
        title=form_parsing.field(form, "title"), text=form_parsing.field(form, "text")
    )
    if key:
        return worker.call(policies.save_policy, actor(), key, typed, version)
    return worker.call(policies.add_policy, actor(), typed, request)


def _fill(state: Any, found: list[PolicyEntryView]) -> None:
    collection.split_archived(state, [policy for policy in found if policy.written])
    state.unwritten = [policy for policy in found if not policy.written]


_POLICIES = collection.CollectionSpec(
    read=policies.policies_for_office,
    name=lambda policy: policy.title,
    field="policy",
    store=_store,
    remove=policies.archive_policy,
    restore=policies.restore_policy,
    saved="The policy is saved.",
    back="Customers see the policy again.",
    order=policies.reorder_policies,
    fill=_fill,
)


class OfficePoliciesState(
    collection.archivable_collection(_POLICIES, OFFICE), rx.State
):
    """The policies; ``unwritten`` are those that pages look for and nobody wrote."""

    items: list[PolicyEntryView] = []
    archived: list[PolicyEntryView] = []
    unwritten: list[PolicyEntryView] = []
