"""Photos of services, as browsers get them."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from portal_app.domain.catalogue.models import Service, ServicePhoto
from portal_app.domain.files import attachments
from portal_app.domain.files.attachments import ReadableFile
from portal_app.kernel.audiences import STAFF, Actor
from portal_app.kernel.errors import NotFound

LARGE, SMALL = 960, 480
"""Edges in pixels of the copies that pages show."""


@dataclass(frozen=True, slots=True)
class ReadablePhoto:
    """A photo that the actor may see; ``public`` if everybody may."""

    file: ReadableFile
    public: bool


def readable_photo(
    tx: Session, actor: Actor, photo_id: str, size: int
) -> ReadablePhoto:
    """A photo that was handed in.

    Everybody sees those of a published service, archived or not; of a draft, the
    office alone.

    Raises:
        NotFound: If there is none, or it is not theirs to see.
    """
    found = tx.exec(
        select(ServicePhoto, col(Service.active))
        .join(Service, col(Service.id) == col(ServicePhoto.service_id))
        .where(ServicePhoto.id == photo_id)
    ).first()
    if found is None:
        raise NotFound
    photo, published = found
    if photo.file_id is None or not (published or actor.audience in STAFF):
        raise NotFound
    file = attachments.attached_file(tx, photo.file_id, size)
    return ReadablePhoto(file, published)
