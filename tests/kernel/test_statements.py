import pytest
from sqlalchemy import update
from sqlmodel import col, select

from portal_app.domain.catalogue.models import Category
from portal_app.kernel.db import Database
from portal_app.kernel.statements import affected, insert_once

pytestmark = pytest.mark.each_database


def test_a_duplicate_is_not_inserted(db: Database) -> None:
    first, twin = (Category(slug="pets", name=name) for name in ("First", "Twin"))
    assert db.call(insert_once, first, "slug") is True
    assert db.call(insert_once, twin, "slug") is False
    with db.read() as tx:
        assert [row.name for row in tx.exec(select(Category))] == ["First"]


def test_affected_counts_rows(db: Database) -> None:
    for slug in ("a", "b", "c"):
        db.call(insert_once, Category(slug=slug, name=slug), "slug")
    some = update(Category).where(col(Category.slug) != "a").values(position=7)
    none = update(Category).where(col(Category.slug) == "z").values(position=7)
    assert db.call(affected, some) == 2
    assert db.call(affected, none) == 0
