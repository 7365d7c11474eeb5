"""Quotes as customers and the office read them: lists, and one of them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from portal_app.domain.bookings import requests as drafts
from portal_app.domain.business import features as f
from portal_app.domain.business import permissions
from portal_app.domain.business import service as business
from portal_app.domain.catalogue import amounts, tax
from portal_app.domain.quotes import answers, history, rules, templates, versions
from portal_app.domain.quotes.access import office_quote, open_quote
from portal_app.domain.quotes.models import Quote, QuoteVersion
from portal_app.domain.quotes.views import (
    AnswerFormView,
    LineFormView,
    OfficeQuoteView,
    QuotePage,
    QuoteRowView,
    QuoteVersionView,
    QuoteView,
)
from portal_app.domain.scheduling import service as scheduling
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.features import BookingState, Feature
from portal_app.kernel.ids import normalise_number
from portal_app.kernel.ownership import customer_of, require_staff

_EMPTY_LINE = LineFormView("", "1", "")


def my_quotes(tx: Session, actor: Actor, page: int = 1) -> QuotePage:
    """One page of the customer's quotes, what changed last first.

    Raises:
        NotAllowed: If nobody is signed in as a customer.
    """
    own = col(Quote.customer_id) == customer_of(actor)
    return _page(tx, own, page, rules.STATUS_TEXTS)


def open_quote_count(tx: Session, actor: Actor) -> int:
    """How many quotes wait for the customer's decision.

    Raises:
        NotAllowed: If nobody is signed in as a customer.
    """
    return tx.exec(
        select(func.count())
        .select_from(Quote)
        .where(
            col(Quote.customer_id) == customer_of(actor),
            Quote.status == rules.SENT,
            col(Quote.expires_at) > utc_now(),
        )
    ).one()


def office_quotes(
    tx: Session, actor: Actor, which: str = rules.OPEN, search: str = "", page: int = 1
) -> QuotePage:
    """One page of everybody's quotes, what changed last first.

    Args:
        tx: The transaction.
        actor: Somebody of the office.
        which: One of ``rules.LISTS``.
        search: A part of a customer's or a service's name, or a number.
        page: Counted from 1.

    Raises:
        NotAllowed: If the actor is not of the office.
        InvalidInput: If there is no such list.
    """
    require_staff(actor)
    condition = _list_condition(which)
    words = search.strip()[:100]
    if words:
        like = f"%{words.lower()}%"
        condition = and_(
            condition,
            or_(
                func.lower(col(Quote.contact_name)).like(like),
                func.lower(col(Quote.service_name)).like(like),
                col(Quote.number) == normalise_number(words),
            ),
        )
    return _page(tx, condition, page, rules.OFFICE_STATUS_TEXTS)


def _list_condition(which: str) -> ColumnElement[bool]:
    now = utc_now()
    waiting = and_(col(Quote.status) == rules.SENT, col(Quote.expires_at) > now)
    for_the_office = col(Quote.status).in_(rules.FOR_THE_OFFICE)
    lists = {
        rules.OPEN: or_(for_the_office, waiting),
        rules.SOON: and_(waiting, col(Quote.expires_at) <= now + rules.WARNED_BEFORE),
        rules.CLOSED: ~or_(for_the_office, waiting),
        rules.ALL: col(Quote.id).is_not(None),
    }
    if which not in lists:
        raise InvalidInput({"which": "There is no such list."})
    return lists[which]


def _page(
    tx: Session, condition: ColumnElement[bool], page: int, texts: dict[str, str]
) -> QuotePage:
    page = max(1, page)
    total = tx.exec(select(func.count()).select_from(Quote).where(condition)).one()
    rows = tx.exec(
        select(Quote)
        .where(condition)
        .order_by(col(Quote.updated_at).desc(), col(Quote.id).desc())
        .offset((page - 1) * rules.PAGE_SIZE)
        .limit(rules.PAGE_SIZE)
    ).all()
    return QuotePage(
        rows=_row_views(tx, rows, texts),
        page=page,
        has_more=page * rules.PAGE_SIZE < total,
        total=total,
    )


def _row_views(
    tx: Session, rows: Sequence[Quote], texts: dict[str, str]
) -> list[QuoteRowView]:
    formats = business.formats(tx)
    now = utc_now()
    totals = _totals(tx, [row.id for row in rows])
    booked = drafts.numbers_of_drafts(tx, [row.draft_id for row in rows])
    found = []
    for row in rows:
        status = _status(row)
        version = totals.get((row.id, row.sent_number))
        waits = status == rules.SENT and row.expires_at is not None
        found.append(
            QuoteRowView(
                number=row.number,
                status=status,
                status_text=texts[status],
                service_name=row.service_name,
                contact_name=row.contact_name,
                total=replace(formats, currency=version.currency).money(
                    version.total_minor
                )
                if version
                else "",
                expires=formats.short_day(row.expires_at - timedelta(seconds=1))
                if waits and row.expires_at
                else "",
                expires_soon=rules.expires_soon(status, row.expires_at, now),
                changed=formats.short_day(row.updated_at),
                booking=booked.get(row.draft_id, ""),
            )
        )
    return found


def _totals(
    tx: Session, quote_ids: Collection[str]
) -> dict[tuple[str, int], QuoteVersion]:
    if not quote_ids:
        return {}
    sent = tx.exec(
        select(QuoteVersion)
        .join(Quote, col(Quote.id) == col(QuoteVersion.quote_id))
        .where(
            col(QuoteVersion.quote_id).in_(quote_ids),
            col(QuoteVersion.number) == col(Quote.sent_number),
        )
    )
    return {(one.quote_id, one.number): one for one in sent}


def _status(quote: Quote) -> str:
    """What a quote is by the clock, whether or not a job has said so yet."""
    over = (
        quote.status == rules.SENT
        and quote.expires_at is not None
        and quote.expires_at <= utc_now()
    )
    return rules.EXPIRED if over else quote.status


def get_quote(tx: Session, actor: Actor, number: str, secret: str = "") -> QuoteView:
    """One quote as its customer sees it.

    Args:
        tx: The transaction.
        actor: The customer, or anybody with the link.
        number: As a person may type it.
        secret: Of the link, or empty.

    Raises:
        NotFound: If it is missing, somebody else's, or the link does not open it.
    """
    opened = open_quote(tx, actor, number, secret)
    quote = opened.quote
    features = permissions.current_features(tx)
    f.require_on(Feature.QUOTES, features)
    status = _status(quote)
    files = versions.files_by_version(tx, quote.id)
    sent = [one for one in versions.versions_of(tx, quote.id) if one.sent_at]
    views = versions.version_views(
        tx, quote, sent, files, with_signature=not opened.by_link
    )
    booking = drafts.numbers_of_drafts(tx, [quote.draft_id]).get(quote.draft_id, "")
    audience = Audience.PUBLIC if opened.by_link else Audience.CUSTOMER
    asked = drafts.request_view(tx, audience, quote.draft_id)
    problem = (
        rules.problem_of_deciding(
            status, quote.expires_at, quote.sent_number, quote.sent_number, utc_now()
        )
        if status == rules.EXPIRED
        else ""
    )
    may = f.may(Feature.QUOTES, BookingState.REQUESTED, features)
    # All else is said already: from the time it goes on to the overview.
    choosing = urlencode(
        {"step": "time", "return": "overview", "draft": quote.draft_id}
    )
    waits_for_time = status == rules.ACCEPTED and not booking
    return QuoteView(
        number=quote.number,
        status=status,
        status_text=rules.STATUS_TEXTS[status],
        request=asked,
        preferred_times=quote.preferred_times,
        request_files=files.get(None, []),
        shown=views[0] if views else QuoteVersionView(),
        earlier=views[1:],
        history=history.event_views(tx, quote, for_office=False),
        can_decide=status == rules.SENT and may,
        problem=problem,
        expires_soon=rules.expires_soon(status, quote.expires_at, utc_now()),
        draft=f"/book/{asked.service_slug}?{choosing}" if waits_for_time else "",
        booking=booking,
        name=quote.contact_name,
        signed_in=not opened.by_link,
    )


def get_office_quote(tx: Session, actor: Actor, number: str) -> OfficeQuoteView:
    """One quote as the office works on it.

    Raises:
        NotAllowed: If the actor is not of the office.
        NotFound: If there is none.
    """
    quote = office_quote(tx, actor, number)
    status = _status(quote)
    files = versions.files_by_version(tx, quote.id)
    rows = versions.versions_of(tx, quote.id)
    views = {
        one.number: one
        for one in versions.version_views(tx, quote, rows, files, with_signature=True)
    }
    unsent = next((one for one in rows if one.sent_at is None), None)
    answerable = status in rules.ANSWERABLE
    asked = drafts.request_view(tx, Audience.OFFICE, quote.draft_id)
    form, preview = AnswerFormView(), QuoteVersionView()
    if answerable:
        form = _answer_form(tx, quote, rows, asked.minutes, views)
        preview = views[unsent.number] if unsent else preview
    return OfficeQuoteView(
        number=quote.number,
        status=status,
        status_text=rules.OFFICE_STATUS_TEXTS[status],
        expires_soon=rules.expires_soon(status, quote.expires_at, utc_now()),
        request=asked,
        preferred_times=quote.preferred_times,
        request_files=files.get(None, []),
        versions=[views[one.number] for one in rows if one.sent_at],
        history=history.event_views(tx, quote, for_office=True),
        booking=drafts.numbers_of_drafts(tx, [quote.draft_id]).get(quote.draft_id, ""),
        answerable=answerable,
        can_turn_down=answerable,
        form=form,
        preview=preview,
        fieldworkers=[
            (one.id, one.name)
            for one in scheduling.fieldworkers_for(tx, quote.service_id)
        ],
        templates=templates.template_choices(tx, actor),
    )


def _answer_form(
    tx: Session,
    quote: Quote,
    rows: Sequence[QuoteVersion],
    minutes: int,
    views: dict[int, QuoteVersionView],
) -> AnswerFormView:
    """The form of the next version: as kept, or as the one before was."""
    formats = business.formats(tx)
    settings = business.current_business(tx)
    taxed = tax.tax_of_service(tx, quote.service_id)
    where = "in the amounts" if taxed.included else "added to the amounts"
    words = f"{taxed.percent}, {where}" if taxed.basis_points else "No tax"
    shared: dict[str, Any] = {"tax": words, "currency": formats.currency}
    if not rows:
        return AnswerFormView(
            lines=[replace(_EMPTY_LINE, description=quote.service_name)],
            hours=amounts.hours_text(minutes, formats),
            valid_days=str(settings.quote_valid_days),
            **shared,
        )
    latest = rows[0]
    is_kept = latest.sent_at is None
    content = answers.content_of(tx, latest)
    starts = content.starts_at.astimezone(formats.zone) if content.starts_at else None
    return AnswerFormView(
        number=latest.number if is_kept else latest.number + 1,
        version=latest.version if is_kept else 0,
        lines=[
            LineFormView(
                line.description,
                str(line.quantity),
                amounts.amount_text(line.unit_minor, formats),
            )
            for line in content.lines
        ],
        hours=amounts.hours_text(content.minutes, formats),
        valid_days=str(content.valid_days),
        notes=content.notes,
        starts_day=starts.date().isoformat() if starts else "",
        starts_time=f"{starts:%H:%M}" if starts else "",
        fieldworker_id=content.fieldworker_id or "",
        files=list(views[latest.number].files),
        **shared,
    )
