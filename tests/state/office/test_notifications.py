"""The office sees what was not delivered, and sends it again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal_app.domain.notifications import kinds, undelivered
from portal_app.domain.notifications.outbox import DeliveryFailed, deliver_due, enqueue
from portal_app.integrations.mail import messages
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed
from portal_app.state.office.notifications import OfficeNotificationsState
from portal_app.state.office.overview import OfficeOverviewState
from tests.domain.notifications.test_outbox import RecordingMailer
from tests.support.accounts import outbox_messages
from tests.support.tabs import Tab

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OFFICE = Actor(audience=Audience.OFFICE)


def give_up(
    db: Database, *kinds_of_mails: str, reason: str = "unknown_address"
) -> None:
    """Enqueue a mail of each kind, and have all of them refused for good."""
    refused = DeliveryFailed(
        "unknown_address", permanent=True, detail="550 5.1.1 maya@example.com unknown"
    )
    for kind in kinds_of_mails:
        runs_out = NOW + timedelta(hours=1) if kind == "reset_password" else None
        db.call(
            enqueue,
            kind,
            "maya@example.com",
            {"path": "/x"},
            kind,
            expires_at=runs_out,
        )
    deliver_due(db, RecordingMailer(*[refused] * len(kinds_of_mails)))


def shown(tab: Tab) -> undelivered.UndeliveredPage:
    tab.fire(OfficeNotificationsState.load)
    return tab.state(OfficeNotificationsState).mails


def test_every_kind_of_mail_has_words() -> None:
    assert set(kinds.KINDS) == messages.KINDS


def test_the_office_reads_why_and_sends_it_again(database: Database) -> None:
    tab = Tab("/office/notifications", OFFICE)
    with frozen(NOW):
        assert shown(tab).rows == []
        give_up(database, "booking_confirmed")
        (mail,) = shown(tab).rows
        assert (mail.recipient, mail.what, mail.reason, mail.answer, mail.expired) == (
            "maya@example.com",
            "Confirmation of a booking",
            "There is no such address.",
            "550 5.1.1 maya@example.com unknown",
            "",
        )
        overview = Tab("/office", OFFICE)
        overview.fire(OfficeOverviewState.load)
        assert overview.state(OfficeOverviewState).undelivered_mails == 1
        for _ in range(2):  # a second click changes nothing
            tab.fire(OfficeNotificationsState.send_again, mail.id)
            assert tab.state(OfficeNotificationsState).mails.rows == []
        postman = RecordingMailer()
        assert deliver_due(database, postman) == 1
        tab.fire(OfficeNotificationsState.send_again, mail.id)
        assert deliver_due(database, postman) == 0
    assert postman.ids == [mail.id]


def test_a_link_that_has_run_out_is_not_sent_again(database: Database) -> None:
    tab = Tab("/office/notifications", OFFICE)
    with frozen(NOW):
        give_up(database, "reset_password")
    with frozen(NOW + timedelta(hours=1)):
        (mail,) = shown(tab).rows
        assert mail.expired == (
            "The link in it has run out. They can ask for a new one by "
            "Forgot password? on the log-in page."
        )
        before = outbox_messages(database)
        tab.fire(OfficeNotificationsState.send_again, mail.id)
        assert deliver_due(database, RecordingMailer()) == 0
    assert outbox_messages(database) == before


def test_what_is_tried_again_by_itself_is_counted(database: Database) -> None:
    with frozen(NOW):
        database.call(enqueue, "new_device", "maya@example.com", {"path": "/"}, "one")
        deliver_due(database, RecordingMailer(DeliveryFailed("unreachable")))
        page = shown(Tab("/office/notifications", OFFICE))
    assert (page.rows, page.waiting, page.waiting_reason) == (
        [],
        1,
        "The mail server could not be reached, or hung up.",
    )


def test_pages_hold_fifty(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert undelivered.PAGE_SIZE == 50
    monkeypatch.setattr(undelivered, "PAGE_SIZE", 2)
    with frozen(NOW):
        give_up(database, "new_device", "ways_changed", "email_changed")
        first = shown(Tab("/office/notifications", OFFICE))
        tab = Tab("/office/notifications", OFFICE, page="2")
        second = shown(tab)
        after_the_last = shown(Tab("/office/notifications", OFFICE, page="3"))
        tab.fire(OfficeNotificationsState.send_again, second.rows[0].id)
        left = tab.state(OfficeNotificationsState).mails
    assert (len(first.rows), first.has_more) == (2, True)
    assert (len(second.rows), second.has_more, second.page) == (1, False, 2)
    assert after_the_last == second
    assert left == replace(first, has_more=False)


def test_only_the_office_reads_and_sends(database: Database) -> None:
    with frozen(NOW):
        give_up(database, "new_device")
    before = outbox_messages(database)
    customer = Actor(audience=Audience.CUSTOMER, account_id="x")
    for ask in (
        lambda tx: undelivered.read_page(tx, customer),
        lambda tx: undelivered.count(tx, customer),
        lambda tx: undelivered.send_again(tx, customer, before[0].id),
    ):
        with pytest.raises(NotAllowed):
            database.call(ask)
    assert outbox_messages(database) == before
