"""Photos of services, and former addresses, by HTTP."""

from pathlib import Path

import pytest
from sqlmodel import Session, select
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse

from portal_app.api.branding import branding_routes
from portal_app.api.former_addresses import FormerAddresses
from portal_app.api.photos import photo_routes
from portal_app.domain.accounts import service as accounts
from portal_app.domain.catalogue import rows
from portal_app.domain.catalogue.checks import Photo
from portal_app.domain.catalogue.models import FormerSlug, Service
from portal_app.domain.files.protocols import StorageUnavailable
from portal_app.integrations.storage import FsspecStorage
from portal_app.kernel.db import Database
from portal_app.settings import Settings
from tests.support.asgi import request
from tests.support.people import Person, actor_of, new_customer, session_cookie
from tests.support.pictures import decode_picture, picture
from tests.support.sample_business import create_sample_business
from tests.support.uploads import upload_file

PASSWORD = "demo-portal-1"


def test_photos_are_public_once_their_service_is(
    sqlite_db: Database, tmp_path: Path, hashing: object
) -> None:
    shop = sqlite_db.call(create_sample_business)
    storage = FsspecStorage(str(tmp_path))
    settings = Settings(_env_file=None, port=3000)
    app = Starlette(routes=photo_routes(sqlite_db, settings, storage))
    accounts.create_account(sqlite_db, "office@example.com", "office", PASSWORD)
    staff = Person("office@example.com", "Office", "", PASSWORD)
    cookie = session_cookie(sqlite_db, staff)
    actor = actor_of(sqlite_db, cookie)
    content = picture("JPEG", (1500, 1000))
    file = upload_file(sqlite_db, actor, "photo", content=content, shelf=storage)  # type: ignore[arg-type]

    def show(tx: Session, published: bool) -> str:
        row = tx.get_one(Service, shop.walk)
        row.active = published
        wanted = rows.definition_of(tx, row)
        photos = rows.photos_of(tx, row.id) or (Photo(file_id=file.id, alt="A dog"),)
        rows.store_service(tx, actor, row, wanted, photos)
        return rows.photos_of(tx, row.id)[0].address

    def status(path: str, who: str = "") -> int:
        return request(app, "GET", path, headers={"cookie": who}).status_code

    address = sqlite_db.call(show, True)
    small = address.replace(".webp", "-small.webp")
    answers = [request(app, "GET", one) for one in (address, small)]
    sizes = [decode_picture(answer.content).size for answer in answers]
    assert sizes == [(960, 640), (480, 320)]
    assert answers[0].headers["cache-control"] == "public, max-age=3600"
    assert answers[0].headers["x-content-type-options"] == "nosniff"
    etag = {"if-none-match": answers[0].headers["etag"]}
    assert request(app, "GET", address, headers=etag).status_code == 304

    sqlite_db.call(show, False)
    customer = session_cookie(sqlite_db, new_customer(sqlite_db))
    assert [status(address, who) for who in ("", customer, cookie)] == [404, 404, 200]
    private = request(app, "GET", address, headers={"cookie": cookie})
    assert private.headers["cache-control"] == "private, no-cache"
    # The file itself stays private, and neither its id nor another word is a photo.
    assert status(f"/api/photos/{file.id}.webp", cookie) == 404
    assert status("/api/photos/none.webp", cookie) == 404


def test_pictures_out_of_reach_say_when_to_come_back(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: object) -> None:
        raise StorageUnavailable

    for finder in ("domain.catalogue.photos.readable_photo", "api.branding.brand_file"):
        monkeypatch.setattr(f"portal_app.{finder}", away)
    storage = FsspecStorage("memory://")
    settings = Settings(_env_file=None, port=3000)
    app = Starlette(
        routes=[
            *photo_routes(sqlite_db, settings, storage),
            *branding_routes(sqlite_db, storage),
        ]
    )
    for path in ("/api/photos/some.webp", "/api/brand/some.webp"):
        answer = request(app, "GET", path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.text == StorageUnavailable().message


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/services/walkies", "/services/dog-walk"),
        ("/book/walkies?day=1", "/book/dog-walk?day=1"),
        ("/services/walkies/", "/services/dog-walk"),
        ("/services/dog-walk", ""),
        ("/services/nothing", ""),
        ("/account/walkies", ""),
    ],
)
def test_a_former_address_leads_on_for_good(
    sqlite_db: Database, path: str, target: str
) -> None:
    shop = sqlite_db.call(create_sample_business)
    former = FormerSlug(slug="walkies", service_id=shop.walk)
    sqlite_db.call(lambda tx: tx.add(former))
    answer = request(FormerAddresses(PlainTextResponse("here"), sqlite_db), "GET", path)
    assert (answer.status_code, answer.headers.get("location", "")) == (
        (308, target) if target else (200, "")
    )


def test_a_former_address_of_a_draft_leads_nowhere(sqlite_db: Database) -> None:
    shop = sqlite_db.call(create_sample_business)

    def hide(tx: Session) -> None:
        tx.add(FormerSlug(slug="walkies", service_id=shop.walk))
        tx.exec(select(Service).where(Service.id == shop.walk)).one().active = False

    sqlite_db.call(hide)
    pages = FormerAddresses(PlainTextResponse("here"), sqlite_db)
    assert request(pages, "GET", "/services/walkies").status_code == 200
