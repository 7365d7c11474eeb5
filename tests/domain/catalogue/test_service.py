from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import Session, select

from portal_app.domain.catalogue import definitions, service
from portal_app.domain.catalogue.definitions import CategoryDefinition
from portal_app.domain.catalogue.models import (
    Category,
    OptionChoice,
    Service,
    ServiceOption,
)
from portal_app.domain.catalogue.views import (
    CatalogueView,
    CategoryView,
    ChoiceView,
    LineView,
    OptionView,
    QuoteView,
    ServiceCardView,
    ServiceView,
)
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed, NotFound
from tests.support.sample_business import (
    ANSWERS,
    CLEANING,
    WALK,
    create_sample_business,
    new_customer,
)
from tests.support.statements import statements_of

pytestmark = pytest.mark.each_database


def _counts(tx: Session) -> list[int]:
    return [
        tx.exec(select(func.count()).select_from(table)).one()
        for table in (Category, Service, ServiceOption, OptionChoice)
    ]


def test_catalogue_lists_categories_in_order_with_starting_prices(
    db: Database,
) -> None:
    db.call(create_sample_business)
    db.call(
        definitions.define_category, SYSTEM, CategoryDefinition("empty", "Nothing yet")
    )
    db.call(
        definitions.define_service, SYSTEM, replace(WALK, slug="cat-sit", active=False)
    )

    assert db.query(service.catalogue_view) == CatalogueView(
        [
            CategoryView(
                "cleaning",
                "Cleaning",
                "",
                [
                    ServiceCardView(
                        slug="home-clean",
                        name="Home clean",
                        summary="A tidy home.",
                        category="Cleaning",
                        category_slug="cleaning",
                        from_price="$85",
                        from_price_minor=8500,
                        price_unit="per visit",
                        duration="1 h 30 min",
                        duration_minutes=90,
                        image="",
                        image_alt="",
                    )
                ],
            ),
            CategoryView(
                "pets",
                "Pet care",
                "",
                [
                    ServiceCardView(
                        slug="dog-walk",
                        name="Dog walk",
                        summary="",
                        category="Pet care",
                        category_slug="pets",
                        from_price="$25",
                        from_price_minor=2500,
                        price_unit="per visit",
                        duration="30 min",
                        duration_minutes=30,
                        image="",
                        image_alt="",
                    )
                ],
            ),
        ]
    )


def test_catalogue_makes_three_queries_whatever_its_size(
    sqlite_db: Database,
) -> None:
    def many(tx: Session) -> None:
        for index in range(30):
            definitions.define_service(
                tx, SYSTEM, replace(CLEANING, slug=f"clean-{index}")
            )

    sqlite_db.call(create_sample_business)
    sqlite_db.call(many)

    with statements_of(sqlite_db) as asked:
        shown = sqlite_db.query(service.catalogue_view)

    assert [len(shelf.services) for shelf in shown.categories] == [31, 1]
    assert len(asked) == 3


def test_a_service_is_shown_with_all_its_details(db: Database) -> None:
    db.call(create_sample_business)

    assert db.query(service.service_view, "home-clean") == ServiceView(
        slug="home-clean",
        name="Home clean",
        summary="A tidy home.",
        category="Cleaning",
        category_slug="cleaning",
        from_price="$85",
        from_price_minor=8500,
        price_unit="per visit",
        duration="1 h 30 min",
        duration_minutes=90,
        image="",
        image_alt="",
        description=["First paragraph, goes on.", "Second paragraph."],
        included=["Kitchen", "Bathroom"],
        needed=["A vacuum cleaner"],
        options=[
            OptionView(
                "bedrooms",
                "Bedrooms",
                "",
                "single",
                0,
                1,
                [
                    ChoiceView("one", "1 bedroom", "", ""),
                    ChoiceView("three", "3 bedrooms", "+$40", "+1 h"),
                ],
            ),
            OptionView(
                "extras",
                "Extras",
                "",
                "several",
                0,
                1,
                [
                    ChoiceView("oven", "Oven", "+$35.50", "+30 min"),
                    ChoiceView("fridge", "Fridge", "+$20", ""),
                ],
            ),
            OptionView(
                "windows",
                "Windows",
                "",
                "quantity",
                0,
                20,
                [ChoiceView("window", "Window", "+$3.99", "+5 min")],
            ),
        ],
    )


@pytest.mark.parametrize("slug", ["nothing", "retired"])
def test_a_service_that_is_missing_or_retired_is_not_found(
    db: Database, slug: str
) -> None:
    db.call(create_sample_business)
    db.call(
        definitions.define_service, SYSTEM, replace(WALK, slug="retired", active=False)
    )

    for ask in (service.service_view, service.active_service):
        with pytest.raises(NotFound):
            db.query(ask, slug)
    with pytest.raises(NotFound):
        db.query(service.quote, slug, {})


def test_a_quote_prices_the_answers(db: Database) -> None:
    db.call(create_sample_business)

    assert db.query(service.quote, "home-clean", ANSWERS) == QuoteView(
        lines=[
            LineView("Home clean", "$85"),
            LineView("Bedrooms: 3 bedrooms", "$40"),
            LineView("Extras: Oven", "$35.50"),
            LineView("Windows × 3", "$11.97"),
        ],
        total="$172.47",
        total_minor=17247,
        duration="3 h 15 min",
        minutes=195,
    )


def test_defining_the_same_twice_changes_nothing(db: Database) -> None:
    shop = db.call(create_sample_business)
    before = db.query(_counts)

    assert db.call(definitions.define_service, SYSTEM, CLEANING) == shop.cleaning
    db.call(definitions.define_category, SYSTEM, CategoryDefinition("pets", "Pet care"))

    assert db.query(_counts) == before == [2, 2, 3, 5]


def test_a_definition_replaces_options_and_choices_by_key(db: Database) -> None:
    shop = db.call(create_sample_business)
    bedrooms, extras, _ = CLEANING.options
    changed = replace(
        CLEANING,
        name="Spring clean",
        category_slug="pets",
        base_price_minor=9900,
        options=(
            replace(extras, choices=extras.choices[1:]),
            replace(bedrooms, name="Rooms"),
        ),
    )

    assert db.call(definitions.define_service, SYSTEM, changed) == shop.cleaning

    view = db.query(service.service_view, "home-clean")
    assert (view.name, view.category_slug, view.from_price) == (
        "Spring clean",
        "pets",
        "$99",
    )
    assert [(o.name, [c.key for c in o.choices]) for o in view.options] == [
        ("Extras", ["fridge"]),
        ("Rooms", ["one", "three"]),
    ]
    assert db.query(_counts) == [2, 2, 2, 3]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"category_slug": "none"}, "category_slug"),
        ({"base_price_minor": -1}, "base_price_minor"),
        ({"buffer_after_minutes": -1}, "buffer_after_minutes"),
    ],
)
def test_a_wrong_definition_changes_nothing(
    db: Database, change: dict[str, Any], field: str
) -> None:
    db.call(create_sample_business)
    before = db.query(service.service_view, "home-clean")

    with pytest.raises(InvalidInput) as refused:
        db.call(
            definitions.define_service, SYSTEM, replace(CLEANING, name="New", **change)
        )

    assert list(refused.value.fields) == [field]
    assert db.query(service.service_view, "home-clean") == before


def test_only_the_office_defines(db: Database) -> None:
    db.call(create_sample_business)
    customer = db.call(new_customer)
    before = db.query(_counts)

    with pytest.raises(NotAllowed):
        db.call(definitions.define_category, customer, CategoryDefinition("x", "X"))
    with pytest.raises(NotAllowed):
        db.call(definitions.define_service, customer, replace(WALK, slug="y"))

    assert db.query(_counts) == before
