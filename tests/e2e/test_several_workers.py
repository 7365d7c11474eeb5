"""The same portal on PostgreSQL and Redis with two workers."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from portal_app.backups import locks
from portal_app.backups.creation import create_backup
from portal_app.backups.restoration import restore_backup
from portal_app.domain.accounts import service as accounts
from portal_app.domain.bookings.models import Booking
from portal_app.domain.customers.models import Customer
from portal_app.integrations.storage import FsspecStorage
from portal_app.kernel.db import Database
from portal_app.serving import build as frontend
from tests.e2e import steps
from tests.e2e.test_holds import (
    NewContext,
    choosing_a_time,
    see_a_time_vanish_and_come_back,
)
from tests.support.databases import postgresql_available, postgresql_database
from tests.support.mailbox import Mailbox, text_of
from tests.support.people import Person, actor_of, session_cookie
from tests.support.redis_server import redis_available, redis_database
from tests.support.server import RunningPortal, running_portal
from tests.support.services import create_all_day_service
from tests.support.sockets import raw_tab

pytestmark = pytest.mark.skipif(
    not (postgresql_available() and redis_available()),
    reason="PostgreSQL and Redis do not answer on this machine",
)
READ_PAGE = "on_load_internal_state.on_load_internal"
LOAD = "reflex___state____state.portal_app___state___core___viewer____viewer_state.load"


@pytest.fixture(scope="module")
def portal(
    tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox
) -> Iterator[RunningPortal]:
    """The running product as on a fleet."""
    if not frontend.is_current():
        frontend.build()
    folder = tmp_path_factory.mktemp("fleet")
    with (
        postgresql_database() as database,
        redis_database() as redis_url,
        running_portal(
            folder,
            mailbox,
            PORTAL_DATABASE_URL=database.url,
            PORTAL_REDIS_URL=redis_url,
            PORTAL_WORKERS="2",
        ) as running,
    ):
        yield running


def test_a_customer_books_whichever_worker_answers(
    portal: RunningPortal, page: Page, customer: Person
) -> None:
    steps.log_in(page, customer)
    chosen = steps.walk_to_overview(page)
    number = steps.confirm(page)
    with portal.database.read() as tx:
        bookings = tx.exec(
            select(Booking).where(Booking.contact_email == customer.email)
        ).all()
    assert [booking.number for booking in bookings] == [number]
    mail = text_of(portal.mailbox.wait_for(customer.email, f"Booking {number}"))
    assert chosen.day in steps.plain(mail)
    steps.visit(page, "/bookings")
    expect(page.get_by_text(number)).to_be_visible()


def test_a_chosen_time_vanishes_on_every_worker(
    portal: RunningPortal, new_context: NewContext
) -> None:
    """Tabs are spread over the workers: two are on another one than the first."""
    offer = create_all_day_service(portal.database)
    first, *others = (
        choosing_a_time(portal, new_context(), offer, name)
        for name in ("Olga", "Pete", "Quinn")
    )
    for other in others:
        see_a_time_vanish_and_come_back(first, other)


def test_what_one_person_sees_stays_with_their_session(
    portal: RunningPortal, customer: Person
) -> None:
    cookie = session_cookie(portal.database, customer)
    with raw_tab(portal.url, cookie) as own:
        own.fire(LOAD)
        own.round_trip()
        assert customer.name in repr(own.frames)
        token = own.token
    # Sockets are spread over the workers; each must refuse.
    for _ in range(6):
        with raw_tab(portal.url, token=token) as stranger:
            stranger.fire(LOAD)
            stranger.round_trip()
            assert customer.last_name not in repr(stranger.frames)


def test_whoever_is_signed_out_is_led_away_from_every_worker(
    portal: RunningPortal, customer: Person
) -> None:
    cookie, other = (session_cookie(portal.database, customer) for _ in range(2))
    with ExitStack() as open_tabs:
        tabs = [open_tabs.enter_context(raw_tab(portal.url, cookie)) for _ in range(6)]
        stays = open_tabs.enter_context(raw_tab(portal.url, other))
        for tab in (*tabs, stays):
            tab.fire(LOAD)
            tab.round_trip()
        portal.database.call(accounts.sign_out, actor_of(portal.database, cookie))
        for tab in tabs:
            tab.wait_for(READ_PAGE)
        assert READ_PAGE not in repr(stays.frames)


def test_no_restore_while_the_workers_serve(
    portal: RunningPortal, tmp_path: Path
) -> None:
    archive, storage = tmp_path / "kept.backup", FsspecStorage(str(portal.files))
    create_backup(portal.database, storage, archive)
    files, customers = set(storage.list_keys()), _customers(portal.database)
    with pytest.raises(locks.InUse) as refused:
        restore_backup(portal.database, storage, archive, lambda: "")
    assert str(refused.value) == locks.SERVING
    assert set(storage.list_keys()) == files
    assert _customers(portal.database) == customers


def _customers(database: Database) -> set[str]:
    with database.read() as tx:
        return set(tx.exec(select(Customer.id)).all())
