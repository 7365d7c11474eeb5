"""The kinds of things that can be imported and exported."""

from portal_app.domain.imports.customers import CUSTOMERS
from portal_app.domain.imports.kinds import Kind
from portal_app.domain.imports.services import SERVICES
from portal_app.domain.imports.team import TEAM
from portal_app.kernel.errors import NotFound

KINDS: dict[str, Kind] = {kind.key: kind for kind in (CUSTOMERS, SERVICES, TEAM)}


def kind_of(key: str) -> Kind:
    """A kind by its key.

    Raises:
        NotFound: If there is none.
    """
    kind = KINDS.get(key)
    if kind is None:
        raise NotFound
    return kind
