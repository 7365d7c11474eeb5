"""Who hears of what happens below is connected, once, in every process."""

from pathlib import Path

import pytest

from portal_app.domain import listeners
from portal_app.domain.accounts import email_verification
from portal_app.domain.customers import merge
from portal_app.domain.scheduling import team
from portal_app.domain.sign_in import invitations

PORTAL = Path(listeners.__file__).parents[1]


def test_connecting_twice_tells_nobody_twice() -> None:
    listeners.connect()
    assert list(email_verification._listeners) == [merge.merge_customers]
    assert list(email_verification._checks) == [merge.has_unclaimed_customer]
    assert list(invitations._listeners) == [team.link_account]


@pytest.mark.parametrize("entrance", ["portal_app.py", "cli.py"])
def test_the_server_and_the_command_line_connect_them(entrance: str) -> None:
    assert "listeners.connect()\n" in (PORTAL / entrance).read_text("utf-8")
