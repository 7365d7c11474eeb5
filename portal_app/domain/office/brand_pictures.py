"""The pictures of the business: drawn anew, and public while they are in use.

The logo stands in the place of the portal's mark, the other one at the top of the home
page.
"""

from sqlmodel import Session

from portal_app.domain.business import service as businesses
from portal_app.domain.business.service import PictureColumn
from portal_app.domain.files import attachments
from portal_app.domain.files import rules as file_rules
from portal_app.domain.files.attachments import ReadableFile
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import NotFound
from portal_app.kernel.ownership import require_office

_KINDS: dict[PictureColumn, str] = {
    "logo_path": file_rules.PICTURE,
    "hero_path": file_rules.PHOTO,
}
_FOLDER, _ENDING, _SMALL = "/api/brand/", ".webp", "-small"
_EDGES = {"logo_path": 512, "hero_path": 960}
_SMALL_EDGE = 480


def set_logo(tx: Session, actor: Actor, file_id: str) -> None:
    """Show this picture as the logo, or the portal's own mark for an empty id.

    Args:
        tx: The transaction.
        actor: The office.
        file_id: Of a picture that they handed in.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If the file is not there, or not theirs to use.
    """
    _set(tx, actor, "logo_path", file_id)


def set_hero(tx: Session, actor: Actor, file_id: str) -> None:
    """Show this photo at the top of the home page, or none for an empty id.

    Args and errors are those of ``set_logo``.
    """
    _set(tx, actor, "hero_path", file_id)


def brand_file(tx: Session, name: str) -> ReadableFile:
    """A picture of the business, for everybody.

    Args:
        tx: The transaction.
        name: The id of its file; with ``-small`` the smaller one is given.

    Raises:
        NotFound: If this file is none of them (any more).
    """
    file_id = name.removesuffix(_SMALL)
    business = businesses.current_business(tx)
    for column, edge in _EDGES.items():
        if file_id and _file_id(getattr(business, column)) == file_id:
            size = _SMALL_EDGE if name.endswith(_SMALL) else edge
            return attachments.attached_file(tx, file_id, size)
    raise NotFound


def _set(tx: Session, actor: Actor, column: PictureColumn, file_id: str) -> None:
    require_office(actor)
    businesses.lock_business(tx)
    before = _file_id(getattr(businesses.current_business(tx), column))
    if before == file_id:
        return
    if file_id:
        attachments.attach(tx, actor, file_id, {_KINDS[column]}, customer_id=None)
    path = f"{_FOLDER}{file_id}{_ENDING}" if file_id else ""
    businesses.set_picture_path(tx, actor, column, path)
    attachments.release(tx, before or None)


def _file_id(path: str) -> str:
    if not (path.startswith(_FOLDER) and path.endswith(_ENDING)):
        return ""
    return path.removeprefix(_FOLDER).removesuffix(_ENDING)
