"""Composition root: the app, its pages, the gate, the routes, the jobs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import reflex as rx
from starlette.applications import Starlette
from starlette.types import ASGIApp

from portal_app.api.account_export import export_routes
from portal_app.api.branding import branding_routes
from portal_app.api.calendar import calendar_routes
from portal_app.api.changes_export import changes_export_routes
from portal_app.api.failures import failure_handlers
from portal_app.api.files import file_routes
from portal_app.api.former_addresses import FormerAddresses
from portal_app.api.guard import (
    Guard,
    content_security_policies,
    inline_script_hashes,
)
from portal_app.api.health import health_routes
from portal_app.api.oauth import oauth_routes
from portal_app.api.photos import photo_routes
from portal_app.api.public_pages import PageRenderers, public_page_routes
from portal_app.api.readiness import portal_readiness
from portal_app.api.sessions import session_routes
from portal_app.api.slow_clients import SlowClients
from portal_app.api.socket_limits import SocketLimits
from portal_app.api.stop_mails import stop_mails_routes
from portal_app.api.table_exports import table_export_routes
from portal_app.api.uploads import upload_routes
from portal_app.api.visitors import visitor_routes
from portal_app.backups.locks import in_use
from portal_app.backups.retention import backup_folder
from portal_app.components.layout.document import app_options, waiting_page
from portal_app.components.layout.first_html import until_hydrated
from portal_app.domain import listeners, wiring
from portal_app.domain.wiring import Wiring
from portal_app.integrations.geocoding import NominatimGeocoder
from portal_app.integrations.isolated_images import IsolatedImages
from portal_app.integrations.mail.mailer import build_mailer
from portal_app.integrations.oauth.registry import configured_providers
from portal_app.integrations.pubsub import ProcessPubSub, RedisPubSub
from portal_app.integrations.rate_limits import RedisLimitStore
from portal_app.integrations.storage import FsspecStorage
from portal_app.jobs.schedule import portal_schedule
from portal_app.kernel.db import Database
from portal_app.pages import (
    account,
    account_billing,
    account_places,
    account_security,
    book,
    booking,
    booking_reschedule,
    bookings,
    confirm_email,
    dependent,
    dependent_add,
    dependents,
    forgot_password,
    index,
    join,
    login,
    login_booking,
    login_code,
    login_connect,
    not_found,
    office,
    office_booking,
    office_booking_rules,
    office_bookings,
    office_business,
    office_changes,
    office_dependents,
    office_fields,
    office_import,
    office_new_booking,
    office_notifications,
    office_people,
    office_permissions,
    office_policies,
    office_quote,
    office_quotes,
    office_security,
    office_service,
    office_services,
    office_settings,
    office_setup,
    office_team,
    office_team_member,
    policies,
    quote,
    reset_password,
    service,
    services,
    signup,
    stop_mails,
    two_step,
    verify_contact,
    verify_email,
)
from portal_app.serving.build import BUILT_SITE
from portal_app.serving.logs import configure_logs, serving_logs
from portal_app.serving.trailing_slash import TrailingSlashRedirect
from portal_app.settings import settings
from portal_app.state.core import live, outages
from portal_app.state.core.access import declare_page
from portal_app.state.core.entrance import guard_entrance
from portal_app.state.core.error_handlers import answer_failed_event, log_browser_error
from portal_app.state.core.event_limits import EventLimits
from portal_app.state.core.gate import Gate
from portal_app.state.core.session_watch import SessionWatch

PAGES = (
    index.page,
    services.page,
    service.page,
    policies.page,
    signup.page,
    login.page,
    login_booking.page,
    login_code.page,
    login_connect.page,
    forgot_password.page,
    reset_password.page,
    join.page,
    verify_email.page,
    verify_contact.page,
    stop_mails.page,
    two_step.page,
    confirm_email.page,
    account.page,
    account_billing.page,
    account_places.page,
    account_security.page,
    dependents.page,
    dependent_add.page,
    dependent.page,
    book.page,
    bookings.page,
    booking.page,
    booking_reschedule.page,
    quote.page,
    office.page,
    office_bookings.page,
    office_new_booking.page,
    office_booking.page,
    office_booking_rules.page,
    office_business.page,
    office_changes.page,
    office_services.page,
    office_service.page,
    office_fields.page,
    office_import.page,
    office_dependents.page,
    office_notifications.page,
    office_people.page,
    office_permissions.page,
    office_policies.page,
    office_quotes.page,
    office_quote.page,
    office_security.page,
    office_settings.page,
    office_team.page,
    office_team_member.page,
    office_setup.page,
    not_found.page,
)
PAGE_RENDERERS = PageRenderers(
    home=index.first_html,
    services=services.first_html,
    service=service.first_html,
    no_such_service=service.missing_first_html,
    not_open=service.not_open_first_html,
    policies=policies.first_html,
)

# Nobody waits longer for an answer, and no thread is kept longer for one.
STATEMENT_SECONDS = 15

_settings = settings()
configure_logs(_settings)
_database = Database(_settings.database_url, statement_seconds=STATEMENT_SECONDS)
_readiness = portal_readiness(_database, _settings)
_storage = FsspecStorage(_settings.storage_url)
_images = IsolatedImages()
listeners.connect()
wiring.install(
    Wiring(
        database=_database,
        secret_key=_settings.secret_key.get_secret_value(),
        identity_providers=_settings.identity_providers,
        limit_store=RedisLimitStore.connect(_settings.redis_url)
        if _settings.redis_url
        else None,
        pubsub=RedisPubSub.connect(_settings.redis_url)
        if _settings.redis_url
        else ProcessPubSub(),
        geocoder=NominatimGeocoder(_settings.geocoder_url, _settings.base_url)
        if _settings.geocoder_url
        else None,
        storage=_storage,
        smtputf8=_settings.mail_smtputf8,
    )
)

_routes = Starlette(
    routes=[
        *health_routes(_readiness),
        *session_routes(_database, _settings),
        *visitor_routes(_settings),
        *oauth_routes(_database, _settings, configured_providers(_settings)),
        *branding_routes(_database, _storage),
        *calendar_routes(_database, _settings),
        *changes_export_routes(_database, _settings),
        *stop_mails_routes(_database),
        *upload_routes(_database, _settings, _storage, _images),
        *file_routes(_database, _settings, _storage),
        *photo_routes(_database, _settings, _storage),
        *export_routes(_database, _settings, _storage),
        *table_export_routes(_database, _settings),
        *public_page_routes(_database, BUILT_SITE, _settings, PAGE_RENDERERS),
    ],
    exception_handlers=failure_handlers(),
)


def _with_trailing_slash_redirect(portal: ASGIApp) -> ASGIApp:
    return TrailingSlashRedirect(portal, BUILT_SITE)


def _with_former_addresses(portal: ASGIApp) -> ASGIApp:
    return FormerAddresses(portal, _database)


def _with_guard(portal: ASGIApp) -> ASGIApp:
    policies = content_security_policies(_settings, inline_script_hashes(BUILT_SITE))
    bounded = SocketLimits(SlowClients(portal), _settings)
    return Guard(bounded, _settings, policies, _readiness.is_answering)


@asynccontextmanager
async def _jobs() -> AsyncIterator[None]:
    """Run the jobs, and keep the logs, for as long as the portal serves."""
    schedule = portal_schedule(
        _database, build_mailer(_settings), _storage, backup_folder(_settings)
    )
    live.start(app)
    async with serving_logs():
        with in_use(_database):
            schedule.start()
            try:
                yield
            finally:
                # It waits for what is running, such as a mail on its way.
                await asyncio.to_thread(schedule.stop)
                await asyncio.to_thread(_images.close)


app = rx.App(
    api_transformer=[
        _with_trailing_slash_redirect,
        _routes,
        _with_former_addresses,
        _with_guard,
    ],
    backend_exception_handler=answer_failed_event,
    frontend_exception_handler=log_browser_error,
    hydrate_fallback=until_hydrated(waiting_page()),
    **app_options(),
)
guard_entrance(app, EventLimits(_settings.event_allowance))
outages.watch(app, _readiness.is_answering_again)
_watch = SessionWatch(app)
app.add_middleware(Gate(_watch), index=0)
app.register_lifespan_task(_watch.run)
app.register_lifespan_task(_jobs)
for page in PAGES:
    if page.feature is not None:
        declare_page(page.route, page.feature)
    app.add_page(
        page.draw,
        route=page.route,
        title=page.title,
        description=page.description or None,
        on_load=list(page.on_load),
    )
