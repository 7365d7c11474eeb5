"""The policies, as the office writes them."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.business import policies
from portal_app.domain.business.policies import PolicyForm
from portal_app.domain.business.views import PolicyEntryView
from portal_app.kernel.changes import Change
from portal_app.state.core import collection, form_parsing, versioned_form, worker
from portal_app.state.core.access import OFFICE, actor, event_for


def _store(
    key: str, form: dict[str, Any], version: int, request: str
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


class OfficePoliciesState(rx.State):
    """The policies (``collection.CollectionVars``).

    ``unwritten`` are those that pages look for and nobody wrote yet.
    """

    items: list[PolicyEntryView] = []
    unwritten: list[PolicyEntryView] = []
    archived: list[PolicyEntryView] = []
    removed: str = ""
    removed_name: str = ""
    loaded: bool = False
    errors: dict[str, str] = {}
    problem: str = ""
    changes: list[Change] = []
    seen: int = 0
    saved: str = ""
    pending: bool = False

    @event_for(OFFICE)
    async def load(self) -> None:
        """Show the policies as they are now."""
        await collection.load(self, _POLICIES)

    @event_for(OFFICE)
    def begin(self) -> None:
        """Open a form without the errors of the last time."""
        versioned_form.clear_messages(self)

    @event_for(OFFICE)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Add a policy, or change the one the form names."""
        async for step in collection.save(self, _POLICIES, form_data):
            yield step

    @event_for(OFFICE)
    async def move(self, key: Any, by: Any) -> None:
        """Move a policy one place up (-1) or down (1)."""
        await collection.move(self, _POLICIES, key, by)

    @event_for(OFFICE)
    async def archive(self, key: Any) -> None:
        """Show a policy no more; the page offers to take that back."""
        await collection.remove(self, _POLICIES, key)

    @event_for(OFFICE)
    async def restore(self, key: Any) -> EventSpec:
        """Show an archived policy again."""
        return await collection.restore(self, _POLICIES, key)
