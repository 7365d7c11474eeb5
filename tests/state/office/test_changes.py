"""The log of changes, as its page reads it."""

import pytest

from portal_app.domain.business import policies
from portal_app.domain.business.policies import PolicyForm
from portal_app.domain.office import change_history
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from portal_app.state.office.changes import OfficeChangesState
from tests.support.tabs import Tab, redirect_targets

LEA = Actor(Audience.OFFICE, address="198.51.100.7")


@pytest.fixture
def keys(database: Database) -> str:
    """The policy that was added."""
    form = PolicyForm(title="Keys", text="Kept in a safe.")
    database.call(policies.add_policy, LEA, form, "r1")
    return "Keys"


def shown(tab: Tab) -> OfficeChangesState:
    tab.fire(OfficeChangesState.load)
    return tab.state(OfficeChangesState)


def test_the_address_says_what_is_shown(database: Database, keys: str) -> None:
    state = shown(Tab("/office/changes", LEA))
    assert [row.name for row in state.changes.rows] == ["Keys", "Brightside"]
    assert (state.loaded, state.asked) == (True, "")
    tab = Tab(
        "/office/changes", LEA, kind="Policy", **{"from": "2020-01-01", "to": "x"}
    )
    state = shown(tab)
    assert [row.name for row in state.changes.rows] == ["Keys"]
    assert (state.kind, state.first, state.last) == ("Policy", "2020-01-01", "")
    (row,) = state.changes.rows
    one = Tab("/office/changes", LEA, kind="Policy", thing=row.thing_id)
    assert shown(one).changes.thing == "Keys"


def test_narrowing_and_turning_lead_to_addresses(
    database: Database, keys: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_history, "PAGE_SIZE", 1)
    tab = Tab("/office/changes", LEA, person="portal")
    assert shown(tab).changes.has_more
    form = {"person": "", "kind": "Dependent type", "from": "2026-11-01", "to": ""}
    told = tab.fire(OfficeChangesState.narrow, form)
    assert redirect_targets(told) == [
        "/office/changes?kind=Dependent+type&from=2026-11-01"
    ]
    told = tab.fire(OfficeChangesState.turn, 2)
    assert redirect_targets(told) == ["/office/changes?person=portal&page=2"]
    told = tab.fire(OfficeChangesState.show_thing, "Policy", "a&b")
    assert redirect_targets(told) == ["/office/changes?kind=Policy&thing=a%26b"]
    second = shown(Tab("/office/changes", LEA, page="2"))
    assert [row.name for row in second.changes.rows] == ["Brightside"]
    # Whatever else an address says is nothing.
    odd = shown(Tab("/office/changes", LEA, page="-1", kind="x" * 500))
    assert odd.changes.rows == []
