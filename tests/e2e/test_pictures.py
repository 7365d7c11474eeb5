"""Pictures: cut and kept as people want them, and nothing else gets in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlmodel import Session, col, select

from portal_app.domain.accounts.models import Account
from portal_app.domain.files.models import StoredFile
from portal_app.kernel.clock import utc_now
from portal_app.kernel.ids import new_id
from tests.e2e import steps
from tests.e2e.conftest import Watch
from tests.e2e.dependent_steps import dialog, own, press, row_of
from tests.e2e.held_requests import HeldRequests
from tests.e2e.input_methods import InputMethod, input_method_of
from tests.support.people import Person
from tests.support.pictures import (
    BLUE,
    HTML,
    PDF,
    RED,
    SVG,
    decode_picture,
    decompression_bomb,
    is_near_colour,
    picture,
    rotated_photo,
)
from tests.support.server import RunningPortal
from tests.support.snapshots import database_snapshot

TAKEN = "We cannot take this file. Please choose a JPEG, PNG, WebP or HEIC picture."
LARGE = "This file is larger than 10 MB. Please choose a smaller one."
PIXELS = "This picture has more than 65 million pixels. Please choose a smaller one."
EMPTY = "This file is empty. Please choose another one."
BROKEN = "This picture cannot be read; it may be damaged. Please choose another one."
ASKED_AGAIN = ("Connecting to 'blob:", "violation: connect-src blob")
"""The recorder of the trace asks again for a picture the browser could not show."""


@pytest.fixture
def hands(device: str, tab: Page) -> InputMethod:
    """What the customer does it with."""
    return input_method_of(device, tab)


def choose(page: Page, name: str, content: bytes | Path) -> None:
    """Choose a file in the dialog that is open."""
    chooser = page.locator("[data-picture-file]")
    if isinstance(content, Path):
        chooser.set_input_files(content)
    else:
        file = {"name": name, "mimeType": "image/jpeg", "buffer": content}
        chooser.set_input_files(file)


def stage(page: Page) -> Locator:
    """The frame in which the picture is cut."""
    return dialog(page).get_by_role("img", name=re.compile("in its frame"))


def handed_in(portal: RunningPortal, person: Person) -> list[StoredFile]:
    """The files of a person, in the order they came in."""

    def read(tx: Session) -> list[StoredFile]:
        mine = (
            select(StoredFile)
            .join(Account, col(Account.id) == StoredFile.account_id)
            .where(Account.email == person.email)
            .order_by(col(StoredFile.created_at), col(StoredFile.id))
        )
        return list(tx.exec(mine))

    return portal.database.query(read)


def on_disk(portal: RunningPortal) -> set[Path]:
    return {path for path in portal.files.rglob("*") if path.is_file()}


def copies(portal: RunningPortal, row: StoredFile) -> dict[str, bytes]:
    """Every copy of a file, as it is kept."""
    folder = portal.files / row.storage_key
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@dataclass(frozen=True)
class Kept:
    """What a refusal must not change."""

    tables: dict[str, list[dict[str, Any]]]
    files: set[Path]

    @classmethod
    def now(cls, portal: RunningPortal, person: Person) -> "Kept":
        everything = database_snapshot(portal.database)
        mine = {row.id for row in handed_in(portal, person)}
        files = [row for row in everything["stored_file"] if row["id"] in mine]
        others = ("customer_details", "dependent", "dependent_document", "field_value")
        tables = {name: everything[name] for name in others}
        return cls(tables | {"stored_file": files}, on_disk(portal))

    def unchanged(self, portal: RunningPortal, person: Person) -> None:
        after = Kept.now(portal, person)
        assert after.tables == self.tables
        # What others removed may be swept meanwhile; nothing came.
        assert after.files - self.files == set()


# --- As people want them ------------------------------------------------------------


def test_a_photo_is_turned_enlarged_moved_and_removed(
    tab: Page, portal: RunningPortal, customer: Person, biscuit: str
) -> None:
    steps.visit(tab, f"/dependents/{biscuit}")
    steps.button(tab, "Update photo").click()
    with tab.expect_file_chooser() as chooser:
        steps.button(tab, "Choose a picture").click()
    photo = picture(size=(600, 300))
    file = {"name": "Rex.jpg", "mimeType": "image/jpeg", "buffer": photo}
    chooser.value.set_files(file)
    expect(stage(tab)).to_be_focused()
    steps.button(tab, "Turn right").click()
    dialog(tab).get_by_role("button", name="Save", exact=True).click()
    expect(dialog(tab)).to_have_count(0)
    expect(steps.button(tab, "Update photo")).to_be_focused()
    toast = tab.locator("[data-toast]").filter(has_text="The new photo is saved.")
    toast.get_by_role("button", name="Dismiss").click()
    expect(toast).to_have_count(0)
    [row] = handed_in(portal, customer)
    assert row_of(portal, biscuit).picture_id == row.id
    assert row.attached_at is not None
    # Its left half was red: turned to the right, that is on top.
    for name, edge in (("full", 1024), ("512", 512), ("128", 128), ("64", 64)):
        square = decode_picture(copies(portal, row)[name])
        assert square.size == (edge, edge)
        assert is_near_colour(square.getpixel((edge // 2, edge // 8)), RED)
        assert is_near_colour(square.getpixel((edge // 2, edge * 7 // 8)), BLUE)

    steps.button(tab, "Update photo").click()
    choose(tab, "Rex.jpg", photo)
    _cut_by_keys(tab)
    rows = handed_in(portal, customer)
    assert [one.id for one in rows if one.removed_at is not None] == [row.id]
    [moved] = [one for one in rows if one.removed_at is None]
    square = decode_picture(copies(portal, moved)["128"])
    assert all(is_near_colour(square.getpixel((x, 64)), BLUE) for x in (2, 64, 125))

    steps.button(tab, "Update photo").click()
    steps.button(tab, "Remove picture").click()
    expect(tab.get_by_text("The photo is removed.")).to_be_visible()
    assert row_of(portal, biscuit).picture_id is None
    assert all(one.removed_at is not None for one in handed_in(portal, customer))


def _cut_by_keys(tab: Page) -> None:
    """Keys enlarge what is cut, and move it to its left edge; ends when it is saved."""
    expect(stage(tab)).to_be_focused()
    size = tab.get_by_label("Size", exact=True)
    for _ in range(3):
        tab.keyboard.press("+")
    expect(size).to_have_value("1.3")
    tab.keyboard.press("-")
    expect(size).to_have_value("1.2")
    for _ in range(30):  # as far as it goes, and no further
        tab.keyboard.press("ArrowLeft")
    press(tab, "Save")
    expect(dialog(tab)).to_have_count(0)
    expect(tab.get_by_text("The new photo is saved.")).to_be_visible()


def _enlarge_by_two_fingers(tab: Page) -> None:
    box = stage(tab).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = tab.context.new_cdp_session(tab)

    def touch(kind: str, apart: int) -> None:
        points = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
        session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [] if kind == "touchEnd" else points},
        )

    touch("touchStart", 30)
    for apart in (40, 50, 60):
        touch("touchMove", apart)
    touch("touchEnd", 0)
    expect(tab.get_by_label("Size", exact=True)).to_have_value("2")


@pytest.mark.parametrize("device", ["phone"], indirect=True)
def test_a_photo_goes_with_the_form_that_adds_one(
    tab: Page, hands: InputMethod, portal: RunningPortal, customer: Person
) -> None:
    steps.visit(tab, "/dependents/add?type=pet")
    hands.write(steps.field(tab, "Name"), "Rex")
    species = tab.get_by_label("Kind of animal", exact=True)
    choosing = tab.get_by_role("main").get_by_role("button", name="Choose a picture")
    saving = dialog(tab).get_by_role("button", name="Save", exact=True)
    hands.press(choosing)
    choose(tab, "rex.jpg", picture(size=(600, 300)))
    expect(stage(tab)).to_be_focused()
    _enlarge_by_two_fingers(tab)
    hands.press(saving)
    expect(tab.get_by_text("The picture is ready.")).to_be_visible()
    # It is taken back, and another is chosen.
    hands.press(steps.button(tab, "Change picture"))
    hands.press(steps.button(tab, "Remove picture"))
    expect(tab.get_by_text("The picture is ready.")).to_have_count(0)
    hands.press(choosing)
    choose(tab, "rex.jpg", rotated_photo())
    expect(stage(tab)).to_be_focused()
    hands.press(saving)
    expect(tab.get_by_text("The picture is ready.")).to_be_visible()
    hands.choose(species, "Dog", "dog")
    hands.press(tab.get_by_role("main").get_by_role("button", name="Save", exact=True))
    expect(steps.heading(tab, "Rex")).to_be_visible()
    [rex] = own(portal, customer)
    first, second = handed_in(portal, customer)
    assert (first.attached_at, rex.picture_id) == (None, second.id)
    _expect_nothing_of_the_camera(tab, portal, second)


def _expect_nothing_of_the_camera(
    tab: Page, portal: RunningPortal, row: StoredFile
) -> None:
    """Every copy is bare and upright, and served as it is kept."""
    assert (row.width, row.height) == (1024, 1024)
    found = copies(portal, row)
    assert sorted(found) == ["128", "512", "64", "full"]
    for content in found.values():
        assert b"Secret" not in content
        image = decode_picture(content)
        assert dict(image.getexif()) == {}
        assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)
        # Upright: its top half is red.
        middle = image.width // 2
        assert is_near_colour(image.getpixel((middle, image.height // 8)), RED)
    for size in ("", "?size=64", "?size=128", "?size=512"):
        served = tab.request.get(f"/api/files/{row.id}{size}")
        assert served.body() == found[size.removeprefix("?size=") or "full"]


# --- What does not get in -----------------------------------------------------------


@dataclass(frozen=True)
class Attack:
    """A file, and what is said about it in the dialog."""

    name: str
    content: bytes
    told: str


def _attacks() -> Iterator[Attack]:
    yield Attack("picture.jpg", SVG, TAKEN)
    yield Attack("page.jpg", HTML, TAKEN)
    yield Attack("large.jpg", picture() + bytes(50_000_000), LARGE)
    yield Attack("bomb.png", decompression_bomb(), PIXELS)
    yield Attack("half.jpg", picture(size=(900, 600))[:4000], BROKEN)
    yield Attack("half.heic", picture("HEIF")[:300], BROKEN)
    yield Attack("nothing.jpg", b"", EMPTY)
    yield Attack("moving.gif", picture("GIF"), TAKEN)
    yield Attack("moving.jpg", picture("GIF"), TAKEN)
    yield Attack("scan.tiff", picture("TIFF"), TAKEN)
    yield Attack("paper.pdf", PDF, TAKEN)


def test_the_dialog_prepares_refuses_and_keeps_the_picture(
    tab: Page, portal: RunningPortal, customer: Person, watch: Watch, tmp_path: Path
) -> None:
    # What only the server can tell is a refused upload in the console.
    watch.expected = ["status of 422", "status of 409", *ASKED_AGAIN]
    steps.visit(tab, "/account")
    opener = steps.button(tab, "Update Profile Picture")
    _use_what_the_browser_cannot_show(tab, opener)
    prepared, square = handed_in(portal, customer)
    # What was prepared is used by nothing and goes within a day.
    assert (prepared.attached_at, square.attached_at is None) == (None, False)
    shown = decode_picture(copies(portal, square)["128"])
    assert is_near_colour(shown.getpixel((64, 16)), BLUE)
    assert is_near_colour(shown.getpixel((64, 112)), RED)

    before = Kept.now(portal, customer)
    opener.click()
    for attack in _attacks():
        path = tmp_path / attack.name
        path.write_bytes(attack.content)
        choose(tab, attack.name, path)
        expect(dialog(tab).get_by_role("alert")).to_have_text(attack.told)
        expect(dialog(tab).get_by_role("status")).to_be_empty()
        expect(dialog(tab).get_by_role("img", name="The picture now")).to_be_visible()
        expect(dialog(tab).get_by_role("button", name="Save")).to_have_count(0)
    press(tab, "Close")
    before.unchanged(portal, customer)
    _claim(tab, opener, new_id())
    toast = tab.locator("[data-toast]").filter(has_text="We could not find that")
    expect(toast).to_be_visible()
    before.unchanged(portal, customer)
    _hand_in_too_much(tab, opener, portal, customer)


def _use_what_the_browser_cannot_show(tab: Page, opener: Locator) -> None:
    """The server prepares it meanwhile; ends when it is cut and saved."""
    upload = HeldRequests(tab, "**/api/uploads*")
    opener.click()
    choose(tab, "IMG_0042.HEIC", picture("HEIF", size=(600, 300)))
    words = "This browser cannot show this picture, so we prepare it for you."
    expect(dialog(tab).get_by_role("status")).to_have_text(words)
    expect(steps.button(tab, "Choose a picture")).to_be_disabled()
    upload.release()
    expect(stage(tab)).to_be_focused()
    press(tab, "Turn left")
    press(tab, "Save")
    expect(dialog(tab)).to_have_count(0)
    expect(tab.get_by_text(re.compile("(picture|photo) is saved"))).to_be_visible()


def _hand_in_too_much(
    tab: Page, opener: Locator, portal: RunningPortal, customer: Person
) -> None:
    mine = handed_in(portal, customer)[0]
    with portal.database.write() as tx:
        for _ in range(60):
            unused = mine.model_dump() | {"id": new_id(), "attached_at": None}
            tx.add(StoredFile(**unused | {"created_at": utc_now()}))
    before = Kept.now(portal, customer)
    opener.click()
    choose(tab, "another.jpg", picture())
    expect(stage(tab)).to_be_focused()
    press(tab, "Save")
    expect(dialog(tab).get_by_role("alert")).to_have_text(
        "You have handed in many files that are not used yet. "
        "Please save what you have begun, or try again later."
    )
    expect(dialog(tab).get_by_role("button", name="Save", exact=True)).to_be_focused()
    before.unchanged(portal, customer)


def _claim(page: Page, opener: Locator, file_id: str) -> None:
    """Hand a picture in, and let the answer say that it has this id."""

    def lie(route: Route) -> None:
        view = {"id": file_id, "url": "", "thumbnail_url": ""}
        route.fulfill(status=201, json=view)

    page.route("**/api/uploads*", lie, times=1)
    opener.click()
    choose(page, "me.jpg", picture())
    expect(stage(page)).to_be_focused()
    press(page, "Save")
    expect(dialog(page)).to_have_count(0)
