"""The public pages of the catalogue, and prices."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, select

from portal_app.domain.business import booking_rules, permissions, policies
from portal_app.domain.business import service as business
from portal_app.domain.catalogue import rows as stored
from portal_app.domain.catalogue import rules, tax, views
from portal_app.domain.catalogue.checks import Photo, ServiceDefinition
from portal_app.domain.catalogue.models import Category, FormerSlug, Service
from portal_app.domain.catalogue.views import (
    CategoryServiceView,
    HomeCategoryView,
    HomePageView,
    ServicePageView,
)
from portal_app.kernel.errors import Conflict, NotFound
from portal_app.kernel.features import Feature
from portal_app.kernel.formats import Formats, duration_text

_NOT_OFFERED = "We do not offer that service."
ON_REQUEST_TEXT = "Price on request"


class OnRequest(Conflict):
    """A service that cannot be booked online, because its price is on request."""

    def __init__(self) -> None:
        super().__init__(
            "The price of this service is on request. Please call or write to us."
        )


def is_offered() -> ColumnElement[bool]:
    """Of a service: customers see it."""
    return and_(col(Service.active), col(Service.archived_at).is_(None))


def is_bookable(service: Service) -> bool:
    """Whether customers can book a service now, by themselves."""
    offered = service.active and service.archived_at is None
    return offered and service.price_kind != rules.ON_REQUEST


def are_bookable() -> ColumnElement[bool]:
    """As ``is_bookable``, for a query."""
    return and_(is_offered(), col(Service.price_kind) != rules.ON_REQUEST)


def bookable_names(tx: Session) -> list[list[str]]:
    """Pairs of slug and name of what can be booked now, in the business's order."""
    rows = tx.exec(
        select(Service.slug, Service.name)
        .join(Category, col(Category.id) == Service.category_id)
        .where(are_bookable())
        .order_by(*stored.IN_ORDER)
    )
    return [[slug, name] for slug, name in rows]


def catalogue_view(tx: Session) -> views.CatalogueView:
    """Everything that can be booked now, by category, in the business's order."""
    formats = business.formats(tx)
    rows = tx.exec(
        select(Category, Service)
        .join(Service, col(Service.category_id) == Category.id)
        .where(is_offered())
        .order_by(*stored.IN_ORDER)
    ).all()
    options = stored.options_by_service(tx, [service.id for _, service in rows])
    categories: dict[str, views.CategoryView] = {}
    for category, service in rows:
        entry = categories.setdefault(
            category.id,
            views.CategoryView(category.slug, category.name, category.description, []),
        )
        offer = _offer(tx, service, options[service.id])
        entry.services.append(
            _card_view(formats, category, service, offer, service.image)
        )
    return views.CatalogueView(list(categories.values()))


def service_view(tx: Session, slug: str) -> views.ServiceView:
    """One service with all its details.

    Raises:
        NotFound: If there is none, or it is not offered any more.
    """
    service = active_service(tx, slug)
    category = tx.get_one(Category, service.category_id)
    photos = stored.photos_of(tx, service.id)
    addresses = [(photo.address, photo.alt) for photo in photos]
    view = _service_view(
        business.formats(tx), category, service, offer_of(tx, service), addresses
    )
    return replace(
        view,
        request_text=_request_text(tx, service),
        by_quote=view.on_request and permissions.is_on(tx, Feature.QUOTES),
    )


def _service_view(
    formats: Formats,
    category: Category,
    service: Service | ServiceDefinition,
    offer: rules.Offer,
    photos: Sequence[tuple[str, str]],
) -> views.ServiceView:
    cover = photos[0][0] if photos else ""
    card = _card_view(formats, category, service, offer, cover)
    return views.ServiceView(
        slug=card.slug,
        name=card.name,
        summary=card.summary,
        category=card.category,
        category_slug=card.category_slug,
        from_price=card.from_price,
        from_price_minor=card.from_price_minor,
        price_unit=card.price_unit,
        duration=card.duration,
        duration_minutes=card.duration_minutes,
        image=card.image,
        image_alt=photos[0][1] if photos else "",
        description=_paragraphs(service.description),
        included=_text_lines(service.included),
        needed=_text_lines(service.what_is_needed),
        options=[_option_view(formats, option) for option in offer.options],
        is_from=card.is_from,
        on_request=card.on_request,
        tax_note=card.tax_note,
        photos=[views.PhotoView(*photo) for photo in photos[1:]],
    )


BY_OFFICE = "office"
"""The ``Service.confirmation`` of those whose bookings the office confirms."""


def _request_text(tx: Session, service: Service) -> str:
    """What becomes of a booking that the office confirms; else empty."""
    if service.confirmation != BY_OFFICE:
        return ""
    hours = booking_rules.current_rules(tx).answer_hours
    return (
        "We confirm this booking ourselves, within "
        f"{booking_rules.reminder_text(60 * hours)}. "
        "Until then the time is kept for you."
    )


def preview_page(
    tx: Session,
    definition: ServiceDefinition,
    category: Category,
    photos: Sequence[Photo],
) -> ServicePageView:
    """The page of a service as it would be, whether or not it is stored."""
    addresses = [
        (
            photo.address if photo.id or photo.path else f"/api/files/{photo.file_id}",
            photo.alt,
        )
        for photo in photos
    ]
    offer = _offer(tx, definition, definition.options)
    shown = _service_view(business.formats(tx), category, definition, offer, addresses)
    return ServicePageView(
        service=shown,
        cancellation_policy=policies.policy_paragraphs(tx, policies.CANCELLATION),
        others=[],
    )


def quote(tx: Session, slug: str, answers: rules.Answers) -> views.QuoteView:
    """What these answers would cost now.

    Raises:
        NotFound: If the service is not offered.
        InvalidInput: If the answers do not fit the options.
    """
    formats = business.formats(tx)
    priced = rules.price(offer_of(tx, active_service(tx, slug)), answers)
    return views.QuoteView(
        lines=line_views(formats, priced.lines),
        total=formats.money(priced.total_minor),
        total_minor=priced.total_minor,
        duration=duration_text(priced.minutes),
        minutes=priced.minutes,
    )


def active_services(tx: Session) -> list[Service]:
    """The rows of the services that can be booked, in the business's order."""
    return _services_in_order(tx, is_offered())


def services_in_use(tx: Session) -> list[Service]:
    """The rows of all services but archived ones, drafts too, in order."""
    return _services_in_order(tx, col(Service.archived_at).is_(None))


def _services_in_order(tx: Session, condition: ColumnElement[bool]) -> list[Service]:
    found = (
        select(Service)
        .join(Category, col(Service.category_id) == col(Category.id))
        .where(condition)
        .order_by(*stored.IN_ORDER)
    )
    return list(tx.exec(found))


def service_in_use(tx: Session, slug: str) -> Service:
    """The row of a service that is not archived, even of a draft; for the office.

    Raises:
        NotFound: If there is none.
    """
    query = select(Service).where(
        Service.slug == slug, col(Service.archived_at).is_(None)
    )
    service = tx.exec(query).one_or_none()
    if service is None:
        raise NotFound(_NOT_OFFERED)
    return service


def service_to_begin(tx: Session, slug: str) -> Service:
    """The row of a service that customers can book, or ask a price for.

    Raises:
        NotFound: If there is none, or it is not offered any more.
        OnRequest: If its price is on request, and quotes are switched off.
    """
    service = active_service(tx, slug)
    if not is_bookable(service) and not permissions.is_on(tx, Feature.QUOTES):
        raise OnRequest
    return service


def bookable_service(tx: Session, slug: str) -> Service:
    """The row of a service that customers can book by themselves.

    Raises:
        NotFound: If there is none, or it is not offered any more.
        OnRequest: If its price is on request.
    """
    service = active_service(tx, slug)
    if not is_bookable(service):
        raise OnRequest
    return service


def present_slug(tx: Session, former: str) -> str:
    """Where the page of a service is now that had this address, or an empty text."""
    found = tx.exec(
        select(col(Service.slug))
        .join(FormerSlug, col(FormerSlug.service_id) == col(Service.id))
        .where(col(FormerSlug.slug) == former, is_offered())
    ).first()
    return found or ""


def service_name(tx: Session, slug: str) -> str:
    """What a service is called.

    Raises:
        NotFound: If there is none, or it is not offered any more.
    """
    return active_service(tx, slug).name


def active_service(tx: Session, slug: str) -> Service:
    """The row of a service that is offered.

    Raises:
        NotFound: If there is none, or it is not offered any more.
    """
    service = tx.exec(
        select(Service).where(Service.slug == slug, is_offered())
    ).one_or_none()
    if service is None:
        raise NotFound(_NOT_OFFERED)
    return service


def offer_of(tx: Session, service: Service) -> rules.Offer:
    """A service with its options, ready to be priced."""
    return _offer(tx, service, stored.options_by_service(tx, [service.id])[service.id])


def line_views(
    formats: Formats, lines: Iterable[rules.PriceLine]
) -> list[views.LineView]:
    """The lines of a price as people read them."""
    return [
        views.LineView(
            line_text(line.description, line.quantity),
            formats.line_amount(line.total_minor),
        )
        for line in lines
    ]


def line_text(description: str, quantity: int) -> str:
    """The words of a line, with its quantity where that is not one."""
    return description if quantity == 1 else f"{description} × {quantity}"


def _offer(
    tx: Session,
    service: Service | ServiceDefinition,
    options: tuple[rules.PricedOption, ...],
) -> rules.Offer:
    return rules.Offer(
        service.name,
        service.base_price_minor,
        service.duration_minutes,
        options,
        service.price_kind,  # type: ignore[arg-type]  # checked when it was stored
        tax.tax_of(tx, service.tax_basis_points),
        service.dependent_price_minor,
        service.dependent_minutes,
    )


def _card_view(
    formats: Formats,
    category: Category,
    service: Service | ServiceDefinition,
    offer: rules.Offer,
    image: str,
) -> views.ServiceCardView:
    on_request = offer.price_kind == rules.ON_REQUEST
    # What is added at the end is said beside the price, not in it.
    plain = replace(offer, tax=rules.NO_TAX)
    if on_request:
        plain = replace(plain, price_kind=rules.FROM, base_price_minor=0)
    least = rules.price(plain, rules.cheapest_answers(plain))
    hourly = offer.price_kind == rules.PER_HOUR
    minor = offer.base_price_minor if hourly else least.total_minor
    return views.ServiceCardView(
        slug=service.slug,
        name=service.name,
        summary=service.summary,
        category=category.name,
        category_slug=category.slug,
        from_price=ON_REQUEST_TEXT if on_request else formats.money(minor),
        from_price_minor=0 if on_request else minor,
        price_unit="" if on_request else "per hour" if hourly else service.price_unit,
        duration=duration_text(least.minutes),
        duration_minutes=least.minutes,
        image=image,
        image_alt=service.image_alt,
        is_from=offer.price_kind == rules.FROM,
        on_request=on_request,
        tax_note="" if on_request else offer.tax.note,
    )


def _option_view(formats: Formats, option: rules.PricedOption) -> views.OptionView:
    return views.OptionView(
        key=option.key,
        name=option.name,
        help=option.help,
        kind=option.kind,
        min_quantity=option.min_quantity,
        max_quantity=option.max_quantity,
        choices=[
            views.ChoiceView(
                key=choice.key,
                name=choice.name,
                price=f"+{formats.money(choice.price_minor)}"
                if choice.price_minor
                else "",
                minutes=f"+{duration_text(choice.minutes)}" if choice.minutes else "",
            )
            for choice in option.choices
        ],
    )


def _paragraphs(text: str) -> list[str]:
    parts = (" ".join(part.split()) for part in text.split("\n\n"))
    return [part for part in parts if part]


def _text_lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


_MAX_OTHER_SERVICES = 3
_MAX_SERVICES_PER_CATEGORY = 4


def home_page(tx: Session) -> HomePageView:
    """The home page: what is on offer, from how much, and who offers it."""
    categories = [
        HomeCategoryView(
            slug=category.slug,
            name=category.name,
            description=category.description,
            from_price=_lowest_price(category.services),
            image=next((card.image for card in category.services if card.image), ""),
            offers=[
                CategoryServiceView(card.slug, card.name, card.from_price, card.is_from)
                for card in category.services[:_MAX_SERVICES_PER_CATEGORY]
            ],
            more=max(0, len(category.services) - _MAX_SERVICES_PER_CATEGORY),
        )
        for category in catalogue_view(tx).categories
    ]
    return HomePageView(categories, _paragraphs(business.current_business(tx).about))


def _lowest_price(cards: Iterable[views.ServiceCardView]) -> str:
    priced = [card for card in cards if not card.on_request]
    if not priced:
        return ""
    return min(priced, key=lambda card: card.from_price_minor).from_price


def service_page(tx: Session, slug: str) -> ServicePageView:
    """Everything on the page of one service.

    Raises:
        NotFound: If there is none, or it is not offered any more.
    """
    service = service_view(tx, slug)
    everything = [
        card
        for category in catalogue_view(tx).categories
        for card in category.services
        if card.slug != slug
    ]
    everything.sort(key=lambda card: card.category_slug != service.category_slug)
    return ServicePageView(
        service=service,
        cancellation_policy=policies.policy_paragraphs(tx, policies.CANCELLATION),
        others=everything[:_MAX_OTHER_SERVICES],
    )
