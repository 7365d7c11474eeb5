"""The logo of the business: drawn anew, public, in the place of the portal's mark."""

from sqlmodel import Session

from portal_app.domain.business import service as businesses
from portal_app.domain.files import attachments
from portal_app.domain.files import rules as file_rules
from portal_app.domain.files.attachments import ReadableFile
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import NotFound
from portal_app.kernel.ownership import require_office

_FOLDER, _ENDING = "/api/brand/", ".webp"


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
    require_office(actor)
    businesses.lock_business(tx)
    before = _file_id(businesses.current_business(tx).logo_path)
    if before == file_id:
        return
    if file_id:
        kinds = {file_rules.PICTURE}
        attachments.attach(tx, actor, file_id, kinds, customer_id=None)
    path = f"{_FOLDER}{file_id}{_ENDING}" if file_id else ""
    businesses.set_logo_path(tx, actor, path)
    attachments.release(tx, before or None)


def logo_file(tx: Session, file_id: str) -> ReadableFile:
    """The logo, for everybody.

    Raises:
        NotFound: If this file is not the logo (any more).
    """
    if not file_id or _file_id(businesses.current_business(tx).logo_path) != file_id:
        raise NotFound
    return attachments.attached_file(tx, file_id, 512)


def _file_id(logo_path: str) -> str:
    if not (logo_path.startswith(_FOLDER) and logo_path.endswith(_ENDING)):
        return ""
    return logo_path.removeprefix(_FOLDER).removesuffix(_ENDING)
