"""The public pages of the catalogue, and prices."""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import Session, col, select

from portal_app.domain.business import policies
from portal_app.domain.business import service as business
from portal_app.domain.catalogue import rules, views
from portal_app.domain.catalogue.models import (
    Category,
    OptionChoice,
    Service,
    ServiceOption,
)
from portal_app.domain.catalogue.views import (
    CategoryServiceView,
    HomeCategoryView,
    HomePageView,
    ServicePageView,
)
from portal_app.kernel.errors import NotFound
from portal_app.kernel.formats import Formats, duration_text

_NOT_OFFERED = "We do not offer that service."


def catalogue_view(tx: Session) -> views.CatalogueView:
    """Everything that can be booked now, by category, in the business's order."""
    formats = business.formats(tx)
    rows = tx.exec(
        select(Category, Service)
        .join(Service, col(Service.category_id) == Category.id)
        .where(col(Service.active))
        .order_by(
            col(Category.position),
            col(Category.name),
            col(Service.position),
            col(Service.name),
        )
    ).all()
    options = _options_by_service(tx, [service.id for _, service in rows])
    categories: dict[str, views.CategoryView] = {}
    for category, service in rows:
        entry = categories.setdefault(
            category.id,
            views.CategoryView(category.slug, category.name, category.description, []),
        )
        offer = _offer(service, options[service.id])
        entry.services.append(_card_view(formats, category, service, offer))
    return views.CatalogueView(list(categories.values()))


def service_view(tx: Session, slug: str) -> views.ServiceView:
    """One service with all its details.

    Raises:
        NotFound: If there is none, or it is not offered any more.
    """
    formats = business.formats(tx)
    service = active_service(tx, slug)
    category = tx.get_one(Category, service.category_id)
    offer = offer_of(tx, service)
    card = _card_view(formats, category, service, offer)
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
        image_alt=card.image_alt,
        description=_paragraphs(service.description),
        included=_text_lines(service.included),
        needed=_text_lines(service.what_is_needed),
        options=[_option_view(formats, option) for option in offer.options],
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
    return list(
        tx.exec(
            select(Service)
            .join(Category, col(Service.category_id) == col(Category.id))
            .where(col(Service.active))
            .order_by(
                col(Category.position),
                col(Category.name),
                col(Service.position),
                col(Service.name),
            )
        )
    )


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
        select(Service).where(Service.slug == slug, col(Service.active))
    ).one_or_none()
    if service is None:
        raise NotFound(_NOT_OFFERED)
    return service


def offer_of(tx: Session, service: Service) -> rules.Offer:
    """A service with its options, ready to be priced."""
    return _offer(service, _options_by_service(tx, [service.id])[service.id])


def line_views(
    formats: Formats, lines: Iterable[rules.PriceLine]
) -> list[views.LineView]:
    """The lines of a price as people read them."""
    return [
        views.LineView(
            line_text(line.description, line.quantity), formats.money(line.total_minor)
        )
        for line in lines
    ]


def line_text(description: str, quantity: int) -> str:
    """The words of a line, with its quantity where that is not one."""
    return description if quantity == 1 else f"{description} × {quantity}"


def _options_by_service(
    tx: Session, service_ids: list[str]
) -> defaultdict[str, tuple[rules.PricedOption, ...]]:
    """The options of some services with their choices, in order, in one query."""
    rows = tx.exec(
        select(ServiceOption, OptionChoice)
        .join(OptionChoice, col(OptionChoice.option_id) == ServiceOption.id)
        .where(col(ServiceOption.service_id).in_(service_ids))
        .order_by(
            col(ServiceOption.position),
            col(ServiceOption.id),
            col(OptionChoice.position),
            col(OptionChoice.id),
        )
    ).all()
    options: dict[str, ServiceOption] = {}
    choices: defaultdict[str, list[rules.PricedChoice]] = defaultdict(list)
    for option, choice in rows:
        options[option.id] = option
        choices[option.id].append(
            rules.PricedChoice(
                choice.key, choice.name, choice.price_minor, choice.minutes
            )
        )
    found: defaultdict[str, tuple[rules.PricedOption, ...]] = defaultdict(tuple)
    for option in options.values():
        found[option.service_id] += (
            rules.PricedOption(
                key=option.key,
                name=option.name,
                kind=option.kind,  # type: ignore[arg-type]  # a check constraint
                choices=tuple(choices[option.id]),
                help=option.help,
                min_quantity=option.min_quantity,
                max_quantity=option.max_quantity,
            ),
        )
    return found


def _offer(service: Service, options: tuple[rules.PricedOption, ...]) -> rules.Offer:
    return rules.Offer(
        service.name, service.base_price_minor, service.duration_minutes, options
    )


def _card_view(
    formats: Formats, category: Category, service: Service, offer: rules.Offer
) -> views.ServiceCardView:
    least = rules.price(offer, rules.cheapest_answers(offer))
    return views.ServiceCardView(
        slug=service.slug,
        name=service.name,
        summary=service.summary,
        category=category.name,
        category_slug=category.slug,
        from_price=formats.money(least.total_minor),
        from_price_minor=least.total_minor,
        price_unit=service.price_unit,
        duration=duration_text(least.minutes),
        duration_minutes=least.minutes,
        image=service.image,
        image_alt=service.image_alt,
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
            from_price=min(
                category.services, key=lambda card: card.from_price_minor
            ).from_price,
            image=next((card.image for card in category.services if card.image), ""),
            offers=[
                CategoryServiceView(card.slug, card.name, card.from_price)
                for card in category.services[:_MAX_SERVICES_PER_CATEGORY]
            ],
            more=max(0, len(category.services) - _MAX_SERVICES_PER_CATEGORY),
        )
        for category in catalogue_view(tx).categories
    ]
    return HomePageView(categories, _paragraphs(business.current_business(tx).about))


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
