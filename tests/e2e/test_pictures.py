"""Pictures: cut and kept as people want them, and nothing else gets in."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect
from sqlmodel import Session, col, select

from portal_app.domain.accounts.models import Account
from portal_app.domain.files.models import StoredFile
from portal_app.kernel.clock import utc_now
from portal_app.kernel.ids import new_id
from tests.e2e import steps
from tests.e2e.conftest import Watch
from tests.e2e.dependent_steps import dialog, keep, own, press, row_of
from tests.e2e.hands import Hands, hands_of
from tests.support.contents import contents
from tests.support.people import Person, new_customer
from tests.support.pictures import (
    BLUE,
    HTML,
    PDF,
    RED,
    SVG,
    near,
    opened,
    photo_on_its_side,
    picture,
    png_bomb,
)
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
TAKEN = "We cannot take this file. Please choose a JPEG, PNG, WebP or HEIC picture."
LARGE = "This file is larger than 10 MB. Please choose a smaller one."
PIXELS = "This picture has more than 50 million pixels. Please choose a smaller one."
EMPTY = "This file is empty. Please choose another one."
BROKEN = "This picture cannot be read; it may be damaged. Please choose another one."
ASKED_AGAIN = ("Connecting to 'blob:", "violation: connect-src blob")
"""The recorder of the trace asks again for a picture the browser could not show."""

MISSING = "We could not find that file."
NOT_CHOSEN = "We could not find that picture. Please choose it again."


@pytest.fixture
def hands(device: str, tab: Page) -> Hands:
    """What the customer does it with."""
    return hands_of(device, tab)


@pytest.fixture
def biscuit(portal: RunningPortal, customer: Person) -> str:
    """The id of the customer's dog."""
    return keep(portal, customer, "pet", "Biscuit", species="dog")


@pytest.fixture(params=["profile", "dependent"])
def opener(request: pytest.FixtureRequest, tab: Page, biscuit: str) -> Locator:
    """The button of either dialog, on its page."""
    if request.param == "profile":
        steps.visit(tab, "/account")
        return steps.button(tab, "Update Profile Picture")
    steps.visit(tab, f"/dependents/{biscuit}")
    return steps.button(tab, "Update photo")


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


def use(page: Page, opener: Locator, content: bytes = b"") -> None:
    """Use an honest picture, as it is."""
    opener.click()
    choose(page, "me.jpg", content or picture())
    expect(stage(page)).to_be_focused()
    press(page, "Save")
    expect(dialog(page)).to_have_count(0)
    expect(page.get_by_text(re.compile("(picture|photo) is saved"))).to_be_visible()


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
        everything = contents(portal.database)
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


def test_a_photo_is_turned_enlarged_and_kept(
    tab: Page, hands: Hands, portal: RunningPortal, customer: Person, biscuit: str
) -> None:
    steps.visit(tab, f"/dependents/{biscuit}")
    hands.press(steps.button(tab, "Update photo"))
    with tab.expect_file_chooser() as chooser:
        hands.press(steps.button(tab, "Choose a picture"))
    photo = picture(size=(600, 300))
    file = {"name": "Rex.jpg", "mimeType": "image/jpeg", "buffer": photo}
    chooser.value.set_files(file)
    expect(stage(tab)).to_be_focused()
    hands.press(steps.button(tab, "Turn right"))
    hands.press(dialog(tab).get_by_role("button", name="Save", exact=True))
    expect(dialog(tab)).to_have_count(0)
    expect(steps.button(tab, "Update photo")).to_be_focused()
    expect(tab.get_by_text("The new photo is saved.")).to_be_visible()
    [row] = handed_in(portal, customer)
    assert row_of(portal, biscuit).picture_id == row.id
    assert row.attached_at is not None
    # Its left half was red: turned to the right, that is on top.
    for name, edge in (("full", 1024), ("512", 512), ("128", 128), ("64", 64)):
        square = opened(copies(portal, row)[name])
        assert square.size == (edge, edge)
        assert near(square.getpixel((edge // 2, edge // 8)), RED)
        assert near(square.getpixel((edge // 2, edge * 7 // 8)), BLUE)

    hands.press(steps.button(tab, "Update photo"))
    hands.press(steps.button(tab, "Remove picture"))
    expect(tab.get_by_text("The photo is removed.")).to_be_visible()
    assert row_of(portal, biscuit).picture_id is None
    [row] = handed_in(portal, customer)
    assert row.removed_at is not None


def test_keys_move_and_enlarge_what_is_cut(
    tab: Page, portal: RunningPortal, customer: Person, biscuit: str
) -> None:
    steps.visit(tab, f"/dependents/{biscuit}")
    steps.button(tab, "Update photo").click()
    choose(tab, "Rex.jpg", picture(size=(600, 300)))
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
    [row] = handed_in(portal, customer)
    square = opened(copies(portal, row)["128"])
    assert all(near(square.getpixel((x, 64)), BLUE) for x in (2, 64, 125))


@pytest.mark.parametrize("device", ["phone"], indirect=True)
def test_two_fingers_enlarge_it(
    device: str, tab: Page, portal: RunningPortal, biscuit: str
) -> None:
    steps.visit(tab, f"/dependents/{biscuit}")
    steps.button(tab, "Update photo").click()
    choose(tab, "Rex.jpg", picture(size=(600, 300)))
    expect(stage(tab)).to_be_focused()
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


def test_a_photo_the_browser_cannot_show_is_prepared_and_cut(
    tab: Page, opener: Locator, portal: RunningPortal, customer: Person, *, watch: Watch
) -> None:
    watch.expected = [*ASKED_AGAIN]
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    tab.route("**/api/uploads*", hold, times=1)
    opener.click()
    choose(tab, "IMG_0042.HEIC", picture("HEIF", size=(600, 300)))
    words = "This browser cannot show this picture, so we prepare it for you."
    expect(dialog(tab).get_by_role("status")).to_have_text(words)
    expect(steps.button(tab, "Choose a picture")).to_be_disabled()
    held[0].continue_()
    expect(stage(tab)).to_be_focused()
    press(tab, "Turn left")
    press(tab, "Save")
    expect(dialog(tab)).to_have_count(0)
    expect(tab.get_by_text(re.compile("(picture|photo) is saved"))).to_be_visible()
    prepared, square = handed_in(portal, customer)
    # What was prepared is used by nothing and goes within a day.
    assert (prepared.attached_at, square.attached_at is None) == (None, False)
    shown = opened(copies(portal, square)["128"])
    assert near(shown.getpixel((64, 16)), BLUE)
    assert near(shown.getpixel((64, 112)), RED)


def test_what_the_camera_wrote_down_is_nowhere(
    tab: Page, portal: RunningPortal, customer: Person, biscuit: str
) -> None:
    steps.visit(tab, f"/dependents/{biscuit}")
    use(tab, steps.button(tab, "Update photo"), photo_on_its_side())
    raw = _post(tab, portal, "as-it-is.jpg", photo_on_its_side())
    assert raw.status == 201
    rows = handed_in(portal, customer)
    assert [(row.width, row.height) for row in rows] == [(1024, 1024), (200, 300)]
    for row in rows:
        found = copies(portal, row)
        assert sorted(found) == ["128", "512", "64", "full"]
        for content in found.values():
            assert b"Secret" not in content
            image = opened(content)
            assert dict(image.getexif()) == {}
            assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)
            # Upright: its top half is red.
            middle = image.width // 2
            assert near(image.getpixel((middle, image.height // 8)), RED)
        for size in ("", "?size=64", "?size=128", "?size=512"):
            served = tab.request.get(f"/api/files/{row.id}{size}")
            assert served.body() == found[size.removeprefix("?size=") or "full"]


def test_a_photo_goes_with_the_form_that_adds_one(
    tab: Page, hands: Hands, portal: RunningPortal, customer: Person
) -> None:
    steps.visit(tab, "/dependents/add?type=pet")
    hands.write(steps.field(tab, "Name"), "Rex")
    species = tab.get_by_label("Kind of animal", exact=True)
    for _ in range(2):  # one is chosen, taken back, and another is chosen
        hands.press(
            tab.get_by_role("main").get_by_role("button", name="Choose a picture")
        )
        choose(tab, "rex.jpg", picture())
        expect(stage(tab)).to_be_focused()
        hands.press(dialog(tab).get_by_role("button", name="Save", exact=True))
        expect(tab.get_by_text("The picture is ready.")).to_be_visible()
        if len(handed_in(portal, customer)) == 1:
            hands.press(steps.button(tab, "Change picture"))
            hands.press(steps.button(tab, "Remove picture"))
            expect(tab.get_by_text("The picture is ready.")).to_have_count(0)
    hands.choose(species, "Dog", "dog")
    hands.press(tab.get_by_role("main").get_by_role("button", name="Save", exact=True))
    expect(steps.heading(tab, "Rex")).to_be_visible()
    [rex] = own(portal, customer)
    first, second = handed_in(portal, customer)
    assert (first.attached_at, rex.picture_id) == (None, second.id)


# --- What does not get in -----------------------------------------------------------


@dataclass(frozen=True)
class Attack:
    """A file, and what is said about it in the dialog and to a raw upload."""

    name: str
    content: bytes
    in_dialog: str
    raw: str
    status: int = 422


def _attacks() -> Iterator[Attack]:
    yield Attack("picture.jpg", SVG, TAKEN, TAKEN)
    yield Attack("page.jpg", HTML, TAKEN, TAKEN)
    yield Attack("large.jpg", picture() + bytes(50_000_000), LARGE, LARGE, 413)
    yield Attack("bomb.png", png_bomb(), PIXELS, PIXELS)
    yield Attack("half.jpg", picture(size=(900, 600))[:4000], BROKEN, BROKEN)
    yield Attack("half.heic", picture("HEIF")[:300], BROKEN, BROKEN)
    yield Attack("nothing.jpg", b"", EMPTY, EMPTY)
    yield Attack("moving.gif", picture("GIF"), TAKEN, TAKEN)
    yield Attack("moving.jpg", picture("GIF"), TAKEN, TAKEN)
    yield Attack("scan.tiff", picture("TIFF"), TAKEN, TAKEN)
    yield Attack("paper.pdf", PDF, TAKEN, TAKEN)


def test_the_dialog_refuses_in_words_and_keeps_the_picture(
    tab: Page,
    opener: Locator,
    portal: RunningPortal,
    customer: Person,
    *,
    watch: Watch,
    tmp_path: Path,
) -> None:
    # What only the server can tell is a refused upload in the console.
    watch.expected = ["status of 422", *ASKED_AGAIN]
    use(tab, opener)
    before = Kept.now(portal, customer)
    opener.click()
    for attack in _attacks():
        path = tmp_path / attack.name
        path.write_bytes(attack.content)
        choose(tab, attack.name, path)
        expect(dialog(tab).get_by_role("alert")).to_have_text(attack.in_dialog)
        expect(dialog(tab).get_by_role("status")).to_be_empty()
        expect(dialog(tab).get_by_role("img", name="The picture now")).to_be_visible()
        expect(dialog(tab).get_by_role("button", name="Save")).to_have_count(0)
    press(tab, "Close")
    before.unchanged(portal, customer)


def _post(page: Page, portal: RunningPortal, name: str, content: bytes) -> Any:
    return page.request.post(
        "/api/uploads?purpose=picture",
        headers={"origin": portal.url},
        multipart={"file": {"name": name, "mimeType": "image/jpeg", "buffer": content}},
    )


def test_a_raw_upload_is_refused_in_the_same_words(
    tab: Page, portal: RunningPortal, customer: Person
) -> None:
    steps.visit(tab, "/account")
    before = Kept.now(portal, customer)
    told = {}
    for attack in _attacks():
        answer = _post(tab, portal, attack.name, attack.content)
        told[attack.name] = (answer.status, answer.json())
    assert told == {
        attack.name: (attack.status, {"message": attack.raw}) for attack in _attacks()
    }
    # A picture whose name says that it is another one.
    liar = _post(tab, portal, "picture.png", picture("WEBP"))
    assert (liar.status, liar.json()["message"]) == (
        422,
        "The name of this file ends in .png, but it is a WebP file. "
        "Please save it again under the right name.",
    )
    before.unchanged(portal, customer)


def test_who_is_not_signed_in_or_comes_from_elsewhere_hands_nothing_in(
    page: Page, tab: Page, portal: RunningPortal, customer: Person
) -> None:
    before = (contents(portal.database)["stored_file"], on_disk(portal))
    stranger = _post(page, portal, "me.jpg", picture())
    assert (stranger.status, stranger.json()) == (
        401,
        {"message": "Please log in to hand in files."},
    )
    foreign = tab.request.post(
        "/api/uploads?purpose=picture",
        headers={"origin": "https://elsewhere.example"},
        multipart={
            "file": {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": picture()}
        },
    )
    assert foreign.status == 403
    assert contents(portal.database)["stored_file"] == before[0]
    assert on_disk(portal) - before[1] == set()


# --- What belongs to somebody else --------------------------------------------------


@pytest.fixture
def foreign(portal: RunningPortal, new_context: NewContext) -> str:
    """The id of a picture that somebody else handed in and does not use yet."""
    other = new_customer(portal.database, "Grace")
    page = steps.arrive_signed_in(new_context(), portal, other)
    return str(_post(page, portal, "grace.jpg", picture()).json()["id"])


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


def test_somebody_elses_picture_is_like_none(
    tab: Page, opener: Locator, portal: RunningPortal, customer: Person, *, foreign: str
) -> None:
    use(tab, opener)
    before = Kept.now(portal, customer)
    theirs = contents(portal.database)["stored_file"]
    told = []
    for file_id in (foreign, new_id(), "../../etc/passwd"):
        _claim(tab, opener, file_id)
        toast = tab.locator("[data-toast]").filter(has_text="We could not find that")
        expect(toast).to_be_visible()
        told.append(toast.inner_text())
        toast.get_by_role("button", name="Dismiss").click()
        expect(toast).to_have_count(0)
    assert told in ([MISSING] * 3, [NOT_CHOSEN] * 3)
    before.unchanged(portal, customer)
    assert contents(portal.database)["stored_file"] == theirs


def test_somebody_elses_file_in_a_form_is_like_none(
    tab: Page, portal: RunningPortal, customer: Person, foreign: str
) -> None:
    van = keep(portal, customer, "vehicle", "Van", plate="BRI 1", model="Transit")
    before = Kept.now(portal, customer)
    told = []
    for path, field in (
        (f"/dependents/{van}", "field.damage_photo"),
        ("/dependents/add?type=vehicle", "field.damage_photo"),
        ("/dependents/add?type=vehicle", "picture_id"),
        (f"/dependents/{van}", "file_id"),
    ):
        for file_id in (foreign, new_id()):
            steps.visit(tab, path)
            if field == "file_id":
                steps.button(tab, "Add document").click()
                tab.get_by_label("Expires on", exact=True).fill("2031-01-01")
            elif "add" not in path:
                steps.button(tab, "Edit").click()
                steps.field(tab, "Name").fill("Another")
            else:
                steps.field(tab, "Name").fill("Another")
                steps.field(tab, "Number plate").fill("BRI 2")
                steps.field(tab, "Make and model").fill("Transit")
            hidden = tab.locator(f'input[type=hidden][name="{field}"]')
            hidden.evaluate("(input, id) => { input.value = id; }", file_id)
            tab.get_by_role("button", name="Save", exact=True).click()
            error = tab.locator("form .field-error").filter(has_text="could not find")
            expect(error).to_be_visible()
            told.append((path, field, error.inner_text()))
            cancel = tab.get_by_role("main").get_by_role("link", name="Cancel")
            cancel.or_(steps.button(tab, "Cancel")).click()
            steps.button(tab, "Discard changes").click()
    assert told[::2] == told[1::2]
    before.unchanged(portal, customer)


def test_somebody_elses_private_file_is_not_there(
    tab: Page,
    page: Page,
    opener: Locator,
    portal: RunningPortal,
    customer: Person,
    *,
    new_context: NewContext,
) -> None:
    use(tab, opener)
    [mine] = handed_in(portal, customer)
    assert tab.request.get(f"/api/files/{mine.id}").status == 200
    grace = steps.arrive_signed_in(
        new_context(), portal, new_customer(portal.database, "Grace")
    )
    answers = {
        (answer.status, answer.text(), answer.headers["content-type"])
        for asking in (grace, page)
        for size in ("", "?size=64", "?size=512")
        for file_id in (mine.id, new_id())
        for answer in [asking.request.get(f"/api/files/{file_id}{size}")]
    }
    assert answers == {(404, MISSING, "text/plain; charset=utf-8")}


def test_who_handed_in_too_much_is_told_so(
    tab: Page, opener: Locator, portal: RunningPortal, customer: Person, *, watch: Watch
) -> None:
    watch.expected = ["status of 409"]
    use(tab, opener)
    [mine] = handed_in(portal, customer)
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
