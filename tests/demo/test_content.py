"""What the demo business promises, read from its file."""

import pytest

from portal_app.demo import content
from portal_app.domain.business import rules as business_rules
from portal_app.domain.catalogue import rules as pricing
from portal_app.domain.catalogue.definitions import ServiceDefinition
from portal_app.settings import ROOT

CONTENT = content.read_content()
SLUGS = [
    "regular-house-clean",
    "deep-clean",
    "end-of-lease-clean",
    "window-cleaning",
    "lawn-mowing",
    "hedge-trimming",
    "garden-makeover",
    "pool-service",
    "pool-green-to-clean",
    "dog-walking",
    "dog-grooming",
    "cat-sitting",
    "car-wash-and-wax",
    "interior-detail",
    "babysitting",
    "after-school-care",
]

every_service = pytest.mark.parametrize(
    "service", CONTENT.services, ids=lambda service: service.slug
)


def test_the_business() -> None:
    business = CONTENT.business
    assert (business.name, business.timezone, business.currency, business.locale) == (
        "Brightside Home & Pet Care",
        "Australia/Sydney",
        "AUD",
        "en_AU",
    )
    assert business.demo is True
    business_rules.check_settings(business)


def test_its_colour_can_carry_white_text() -> None:
    accent = CONTENT.business.accent_color
    assert business_rules.ink_for(accent) == "#ffffff"
    assert 1.05 / (business_rules._luminance(accent) + 0.05) >= 4.5


def test_sixteen_services_in_six_categories() -> None:
    assert [service.slug for service in CONTENT.services] == SLUGS
    shelves = [category.slug for category in CONTENT.categories]
    assert shelves == [
        "home-cleaning",
        "garden",
        "pool-care",
        "pet-care",
        "car-detailing",
        "childcare",
    ]
    assert {service.category_slug for service in CONTENT.services} == set(shelves)


@every_service
def test_every_service_is_described_in_full(
    service: ServiceDefinition,
) -> None:
    assert service.name
    assert service.image_alt
    assert len(service.description.split("\n\n")) in (2, 3)
    assert len(service.included.splitlines()) >= 3
    assert len(service.what_is_needed.splitlines()) >= 2
    assert service.image == f"/services/{service.slug}.webp"


@every_service
def test_a_service_has_its_pictures(service: ServiceDefinition) -> None:
    picture = ROOT / "assets" / service.image.lstrip("/")
    assert picture.is_file()
    assert picture.with_name(f"{service.slug}-small.webp").is_file()


def test_options_of_all_kinds_change_price_and_duration() -> None:
    options = [option for service in CONTENT.services for option in service.options]
    for kind in ("single", "several", "quantity"):
        choices = [c for o in options if o.kind == kind for c in o.choices]
        assert any(choice.price_minor and choice.minutes for choice in choices)


@every_service
def test_somebody_has_time_for_the_longest_visit(service: ServiceDefinition) -> None:
    offer = pricing.Offer(
        service.name,
        service.base_price_minor,
        service.duration_minutes,
        service.options,
    )
    longest = pricing.price(offer, _longest_answers(service)).minutes
    stretches = [
        hours.ends - hours.starts
        for colleague in CONTENT.fieldworkers
        if service.slug in colleague.definition.skills
        for hours in colleague.definition.hours
    ]
    buffers = service.buffer_before_minutes + service.buffer_after_minutes
    assert longest + buffers <= max(stretches)


def test_six_fieldworkers_with_hours_of_their_own() -> None:
    definitions = [colleague.definition for colleague in CONTENT.fieldworkers]
    assert len(definitions) == 6
    assert len({definition.hours for definition in definitions}) == 6
    assert all(definition.bio and definition.skills for definition in definitions)
    away = {absence.fieldworker for absence in CONTENT.time_off} - {""}
    assert away <= {definition.name for definition in definitions}
    assert len(away) == 4


def test_a_price_that_is_no_whole_cent_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a whole number of cents"):
        content._cents(content.Decimal("0.005"))


def _longest_answers(service: ServiceDefinition) -> dict[str, object]:
    answers: dict[str, object] = {}
    for option in service.options:
        if option.kind == "single":
            longest = max(option.choices, key=lambda choice: choice.minutes)
            answers[option.key] = longest.key
        elif option.kind == "several":
            answers[option.key] = [choice.key for choice in option.choices]
        else:
            answers[option.key] = option.max_quantity
    return answers
